"""Plain text and Markdown as blocks: headings, paragraphs, list items, rows of tables with bars or tabs."""

import re
from collections.abc import Iterator

from experiments.tables.documents.blocks import BOLD, LABEL, Block, Blocks, heading_level, with_table_titles

_HASHES = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_ITEM = re.compile(r"(\s*)(?:[-*+]|\d{1,3}[.)])\s+(?=\S)")
_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}$")
_TABLE_RULE = re.compile(r"[\s|:+\-]*-[\s|:+\-]*")
_BOLD = re.compile(r"\s*(?:\*\*|__)(.+?)(?:\*\*|__)\s*:?\s*$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_TAG = re.compile(r"</?[A-Za-z][^>]*>")


def read_text(text: str) -> Blocks:
    """The blocks of a text file. HTML that stands in Markdown is passed over."""
    return tuple(with_table_titles(_blocks(text.splitlines())))


def _blocks(lines: list[str]) -> Iterator[Block]:
    waiting: list[str] = []
    began, depth = 0, None
    fenced = False
    for number, line in enumerate([*lines, ""], start=1):
        line = line.rstrip()
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
            line = ""
        own = None if fenced and "\t" not in line else _own_block(line, lines, number)
        item = None if fenced or own else _ITEM.match(line)
        if waiting and (own or item or not line.strip()):
            yield _text("\n".join(waiting), began, depth)
            waiting = []
        if own:
            yield own
        elif line.strip() and not _RULE.match(line):
            if not waiting:
                began, depth = number, len(item[1].expandtabs(4)) if item else None
            waiting.append(_inline(line[item.end() :] if item else line))
        if not fenced and depth is None and len(waiting) == 1 and (level := heading_level(waiting[0])):
            after = lines[number].strip() if number < len(lines) else ""
            if not after or level != LABEL or waiting[0].rstrip().endswith(":"):
                yield Block("heading", waiting.pop(), f"line {number}", level)


def _text(text: str, line: int, depth: int | None) -> Block:
    return Block("text" if depth is None else "item", text, f"line {line}", depth or 0)


def _own_block(line: str, lines: list[str], number: int) -> Block | None:
    """A heading, or a row of a table, that stands on a line of its own."""
    where = f"line {number}"
    if found := _HASHES.match(line):
        return Block("heading", _inline(found[2]), where, len(found[1]))
    if line.strip() and number < len(lines) and re.fullmatch(r"(=+|-{3,})\s*", lines[number]) and "|" not in line:
        return Block("heading", _inline(line), where, 1 if lines[number][0] == "=" else 2)
    if found := _BOLD.match(line):
        return Block("heading", _inline(found[1]), where, BOLD)
    if _TABLE_RULE.fullmatch(line) and ("|" in line or "\t" in line):
        return Block("row", "", where)
    by = "|" if line.strip().startswith("|") or line.count("|") > 1 else "\t"
    if by in line.strip():
        cells = line.strip().strip("|").split("|") if by == "|" else line.split("\t")
        return Block("row", _inline(line), where, cells=tuple(_inline(cell).strip() for cell in cells))
    return None


def _inline(text: str) -> str:
    """Text without the marks of links, emphasis and code."""
    return re.sub(
        r"[*`]|\\(?=[%_#&$*])|(?<![\w])_{1,2}(?=\w)|(?<=\w)_{1,2}(?!\w)", "", _TAG.sub(" ", _LINK.sub(r"\1", text))
    )
