"""The PDF beside the facts that are listed for it: each is found in its text, where it belongs.

A number counts where it stands alone on a page of its chapter; a name counts where its words stand, whatever line
breaks and narrow columns do to them.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DecodedStreamObject, NameObject

from experiments.tables.digest import sha256_file
from experiments.tables.files import replace_json
from report.ledger.model import Fact
from report.ledger.placing import missing
from report.rendering.beside import beside

PRINTED = Path("_ledger") / "printed.txt"
"""Where `_extensions/colophon/print.lua` lists, under Quarto, the ids of the facts in the PDF, in its order."""
KEPT = Path(".press") / "printed.json"
"""Where the text of the last PDF is kept, below the project's root."""
WORTH_TWO = 40
"""Pages from which two processes share the reading; a page takes about 25 ms."""
UNPRINTED = ("point", "alt")
# Running heads and feet, which repeat numbers of page, chapter and version.
_PAGINATION = re.compile(rb"/Artifact\s*<<[^>]*/Pagination[^>]*>>\s*BDC.*?\bEMC", re.DOTALL)
# A group of operators without text and other groups in it (Typst writes text as strings in parentheses), and in what is
# left, moves, lines and curves.
_GROUP = re.compile(rb"\bq [^()qQ]*\bQ\s")
_LINES = re.compile(rb"(?:-?[\d.]+ ){2,6}(?:[mlc]|re)\s")


def pdf_problems(path: Path, facts: Iterable[Fact], kept: Path | None = None) -> list[str]:
    """The facts that the PDF does not show, a line each.

    `facts` are those that are printed, in the order of the document and as often as they stand in it; points of figures
    are drawn, and alternative texts are for those who do not see them. `kept` is as for `pdf_text`.
    """
    facts = [fact for fact in facts if fact.form not in UNPRINTED]
    if not facts:
        return []
    try:
        pages, starts = pdf_text(path, kept), chapter_starts(path)
    except (PyPdfError, OSError) as error:
        return [f"{path.name}: cannot be read back: {error}"]
    return [f"{path.name}: {problem}" for problem in missing(pages, starts, facts)]


def pdf_text(path: Path, kept: Path | None = None) -> list[str]:
    """The text of each page, without its running head and foot.

    It is kept in the file `kept`, and taken from there as long as the PDF is the same one.

    Raises PyPdfError or OSError for what cannot be read.
    """
    if kept is None:
        return _pages(path)
    digest = sha256_file(path)
    with suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads(kept.read_bytes())
        if known["digest"] == digest:
            return list(known["pages"])
    pages = _pages(path)
    with suppress(OSError):
        replace_json(kept, {"digest": digest, "pages": pages})
    return pages


def chapter_starts(path: Path) -> list[int]:
    """The pages, counted from 0, to which the first level of the outline leads: where chapters begin."""
    reader = PdfReader(path)
    entries = [entry for entry in reader.outline if not isinstance(entry, list)]
    places = [reader.get_destination_page_number(entry) for entry in entries]
    return [place for place in places if place is not None]


def _pages(path: Path) -> list[str]:
    count = len(PdfReader(path).pages)
    if count < WORTH_TWO:
        return _read(path, range(count))
    with beside(partial(_read, path, range(count // 2, count))) as rest:
        return [*_read(path, range(count // 2)), *rest()]


def _read(path: Path, numbers: range) -> list[str]:
    reader = PdfReader(path)
    return [unicodedata.normalize("NFKC", _text(reader.pages[number])) for number in numbers]


def _text(page: PageObject) -> str:
    """The text of a page without its running head and foot.

    It is read without the lines of its figures, which would take most of the time.
    """
    content = page.get_contents()
    if content is None:
        return ""
    text_alone = DecodedStreamObject()
    body = _PAGINATION.sub(b"", content.get_data())
    lettered = _GROUP.sub(lambda group: group[0] if b"Do" in group[0] else b"", body)
    text_alone.set_data(_LINES.sub(b"", lettered))
    page[NameObject("/Contents")] = text_alone
    return page.extract_text()
