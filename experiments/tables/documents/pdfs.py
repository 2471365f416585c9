"""PDFs as blocks: lines in the order in which the file draws them, which of two columns is one after the other."""

import re
from collections.abc import Iterator
from pathlib import Path

from experiments.tables.documents.blocks import (
    CAPTION,
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
    return tuple(with_table_titles(block for number, page in enumerate(pages, 1) for block in _page(page, number)))


def _page(text: str, number: int) -> Iterator[Block]:
    waiting: list[str] = []
    where, kind = f"page {number}", "text"

    def closed() -> Iterator[Block]:
        if waiting:
            yield Block(kind, "\n".join(waiting), where, page=number)
            waiting.clear()

    for line in text.splitlines():
        cells, level = _cells(line), _level(line)
        item = _ITEM.match(line)
        if cells or level or item or not line.strip():
            yield from closed()
            kind = "item" if item else "text"
        if cells:
            yield Block("row", line, where, cells=cells, page=number)
        elif level:
            yield Block("heading", line, where, level, page=number)
        elif line.strip():
            waiting.append(line[item.end() :] if item else line)
    yield from closed()


def _level(line: str) -> int | None:
    if numbered_heading(line):
        return NUMBERED
    found = heading_level(line)
    if found is None and re.fullmatch(r"[A-Z][\w-]*(?: [\w-]+){0,5}", line.strip()) and not line.endswith(" "):
        return NUMBERED + 1  # a short line that ends before its column does
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
