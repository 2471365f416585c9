"""What a document is to somebody who looks for a figure: its blocks in order, each with its kind and its line."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["heading", "text", "item", "row"]

HEADINGS = 6
BOLD, NUMBERED, LABEL, CAPTION = 7, 8, 9, 10
"""Levels below those of headings proper: a line in bold, "Part 2: …", a line that ends in a colon, the title of a
table."""


@dataclass(frozen=True)
class Block:
    """A heading (with its level), a paragraph, a list item (with its depth) or a row of a table (with its cells).

    `text` is what it says, lines kept apart. `where` is its place as a message names it: "line 12", "page 3".
    """

    kind: Kind
    text: str
    where: str
    level: int = 0
    cells: tuple[str, ...] = ()
    page: int | None = None


Blocks = tuple[Block, ...]

_KEYWORD = re.compile(
    r"(?:part|task|section|chapter|question|exercise|appendix|step|experiment|problem)\s+(?:\d+|[A-Z])\b", re.I
)
_TABLE = re.compile(r"(?:table|figure|fig\.|listing)\s+\d+", re.I)
_CHAPTER = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+[^\W\d]")
_MOST_WORDS = 12


def heading_level(line: str) -> int | None:
    """The level of a line of plain text that is to be taken for a heading, None for any other line."""
    text = line.strip()
    words = len(text.split())
    if not text or words > 2 * _MOST_WORDS:
        return None
    if _TABLE.match(text):
        return CAPTION
    if _KEYWORD.match(text):
        return NUMBERED
    if words > _MOST_WORDS:
        return None
    if re.match(r"[^\W\d][^.:?!]*[:?]($|\s)", text) and (text[-1] in ":?" or words <= 8):
        return LABEL
    return None


def numbered_heading(line: str) -> bool:
    """Whether a line of a PDF reads "3.1 Results"."""
    text = line.strip()
    return bool(_CHAPTER.match(text)) and len(text.split()) <= _MOST_WORDS and text[-1] not in ".,;"


def with_table_titles(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, with a short paragraph right above a table taken for its title."""
    known = list(blocks)
    for block, after in zip(known, [*known[1:], None], strict=True):
        short = block.kind == "text" or (block.kind == "heading" and block.level == LABEL)
        short = short and "\n" not in block.text.strip() and len(block.text.split()) <= _MOST_WORDS
        if short and after is not None and after.kind == "row":
            yield Block("heading", block.text, block.where, CAPTION, page=block.page)
        else:
            yield block
