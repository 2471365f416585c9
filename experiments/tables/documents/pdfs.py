"""PDFs as blocks: lines in the order in which the file draws them, which of two columns is one after the other."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from experiments.tables.documents.blocks import (
    CAPTION,
    LABEL,
    NUMBERED,
    Block,
    Blocks,
    heading_level,
    numbered_heading,
    with_table_titles,
)
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import shown_path

_ITEM = re.compile(r"\s*(?:[•‣–◦▪*-]|\d{1,2}[.)]|\([a-z0-9]\))\s+(?=\S)")
_NUMBERED_ITEM = re.compile(r"\s*\d{1,2}[.)]\s")
_NUMBER = re.compile(r"[+\-−]?\d[\d.,]*\s?%?")


def read_pdf(path: Path) -> Blocks:
    """The blocks of a PDF. Raises UserError for a file that is none, is encrypted, or has no text (a scan)."""
    import logging

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        pages = [page.extract_text() for page in PdfReader(path).pages]
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, NotImplementedError, RecursionError) as error:
        raise UserError(f"{shown_path(path)}: cannot be read as a PDF: {printable(str(error), 120)}") from None
    if not any(page.strip() for page in pages):
        raise UserError(f"{shown_path(path)}: a PDF without text, such as a scan; nothing can be looked up in it")
    blocks = [block for number, page in enumerate(pages, 1) for block in _page(page, number)]
    return tuple(with_table_titles(_with_heads(blocks)))


def _page(text: str, number: int) -> Iterator[Block]:
    waiting: list[str] = []
    where, depth = f"page {number}", None
    marks: list[str] = []  # the marks of list items, from the outermost, since the last block that is none

    def closed() -> Iterator[Block]:
        if waiting:
            kind = "text" if depth is None else "item"
            yield Block(kind, "\n".join(waiting), where, depth or 0, page=number)
            waiting.clear()

    lines = text.splitlines()
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        item = None if numbered_heading(line) and not _NUMBERED_ITEM.match(after) else _ITEM.match(line)
        cells, level = _cells(line), None if item else _level(line)
        if cells or level or item or not line.strip():
            yield from closed()
            if item:
                mark = re.sub(r"\w+", "1", item[0].strip())
                marks = marks[: marks.index(mark) + 1] if mark in marks else [*marks, mark]
                depth = len(marks) - 1
            else:
                marks, depth = [], None
        if cells:
            yield Block("row", line, where, cells=cells, page=number)
        elif level:
            yield Block("heading", line, where, level, page=number)
        elif line.strip():
            waiting.append(line[item.end() :] if item else line)
    yield from closed()


def _with_heads(blocks: list[Block]) -> Iterator[Block]:
    """The blocks with the line above the rows of a table taken for its head, and the one above that for its title."""
    at = 0
    while at < len(blocks):
        run = next((n for n in range(at, len(blocks)) if blocks[n].kind != "row"), len(blocks))
        if run > at:
            yield from blocks[at:run]
            at = run
            continue
        end = next((n for n in range(at + 1, len(blocks)) if blocks[n].kind != "row"), len(blocks))
        block, rows = blocks[at], blocks[at + 1 : end]
        names = block.text.split()
        short = block.kind in ("heading", "text") and block.level in (0, LABEL) and "\n" not in block.text
        if not rows or not short or not all(len(row.cells) - len(names) in (0, 1) for row in rows):
            yield block
            at += 1
            continue
        yield replace(block, kind="row", level=0, cells=tuple(names))
        for row in rows:
            first, second, *others = row.cells
            cells = row.cells if len(row.cells) == len(names) else (f"{first} {second}", *others)
            yield replace(row, cells=cells)
        at = end


def _level(line: str) -> int | None:
    if numbered_heading(line):
        return NUMBERED
    found = heading_level(line)
    if found is None and re.fullmatch(r"[A-Z][\w-]*(?: [\w-]+){0,5}", line.strip()) and not line.endswith(" "):
        return LABEL  # a short line that ends before its column does
    return CAPTION if found == CAPTION and re.match(r"(?i)table", line.strip()) else found


def _cells(line: str) -> tuple[str, ...]:
    """The cells of a line that can only be a row: a name, perhaps, and then numbers alone. Empty for any other line."""
    words = line.split()
    name = []
    while words and not _NUMBER.fullmatch(words[0]):
        name.append(words.pop(0))
    if len(name) > 4 or len(words) < 2 or not all(_NUMBER.fullmatch(word) or word in ("%", "-", "–") for word in words):
        return ()
    return (" ".join(name), *words)
