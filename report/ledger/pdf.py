"""The PDF beside the facts that are listed for it: each is found in its text, where it belongs.

A number counts where it stands alone on a page of its chapter; a name counts where its words stand, whatever line
breaks and narrow columns do to them.
"""

import json
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from experiments.tables.digest import sha256_file
from experiments.tables.errors import UserError
from experiments.tables.files import replace_json
from report.ledger.model import Fact
from report.ledger.placing import missing

PRINTED = Path("_ledger") / "printed.txt"
"""Where `_extensions/colophon/print.lua` lists, under Quarto, the ids of the facts in the PDF, in its order."""
KEPT = Path(".press") / "printed.json"
"""Where the text of the last PDF is kept, below the project's root."""
UNPRINTED = ("point", "alt")
_HYPHEN = "\x02"
"""What PDFium gives for a hyphen at which a word is broken over two lines."""


class UnreadablePDF(UserError):
    """A file that is no PDF, or a damaged one."""


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
    except UnreadablePDF as error:
        return [str(error)]
    return [f"{path.name}: {problem}" for problem in missing(pages, starts, facts)]


def pdf_text(path: Path, kept: Path | None = None) -> list[str]:
    """The text of each page, without its running head and foot.

    It is kept in the file `kept`, and taken from there as long as the PDF is the same one.

    Raises UnreadablePDF.
    """
    if kept is None:
        return _pages(path)
    try:
        digest = sha256_file(path)
    except OSError as error:
        raise UnreadablePDF(f"{path.name}: cannot be read: {error.strerror or error}") from None
    with suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads(kept.read_bytes())
        if known["digest"] == digest:
            return list(known["pages"])
    pages = _pages(path)
    with suppress(OSError):
        replace_json(kept, {"digest": digest, "pages": pages})
    return pages


def chapter_starts(path: Path) -> list[int]:
    """The pages, counted from 0, to which the first level of the outline leads: where chapters begin.

    Raises UnreadablePDF.
    """
    with _opened(path) as document:
        entries = [entry.get_dest() for entry in document.get_toc() if entry.level == 0]
        places = [None if entry is None else entry.get_index() for entry in entries]
    return [place for place in places if place is not None]


def _pages(path: Path) -> list[str]:
    with _opened(path) as document:
        return [_text(page) for page in document]


@contextmanager
def _opened(path: Path) -> Iterator[pdfium.PdfDocument]:
    try:
        with pdfium.PdfDocument(path) as document:
            yield document
    except (pdfium.PdfiumError, OSError) as error:
        raise UnreadablePDF(f"{path.name}: cannot be read: {str(error).rstrip('.')}; render it again") from None


def _text(page: pdfium.PdfPage) -> str:
    """The text of a page without its running head and foot."""
    number = pdfium_c.FPDFPage_CountObjects(page)
    for each in [pdfium_c.FPDFPage_GetObject(page, place) for place in range(number)]:
        if pdfium_c.FPDFPageObj_GetType(each) == pdfium_c.FPDF_PAGEOBJ_TEXT and _repeats(each):
            pdfium_c.FPDFPage_RemoveObject(page, each)
            pdfium_c.FPDFPageObj_Destroy(each)
    text = page.get_textpage().get_text_bounded().replace("\r\n", "\n").replace(_HYPHEN, "\u00ad\n")
    return unicodedata.normalize("NFKC", text)


def _repeats(shape: pdfium_c.FPDF_PAGEOBJECT) -> bool:
    """Whether it is of a running head or foot, which repeats numbers of page, chapter and version.

    These are artefacts that are attached to a side of the page, and nothing else is (ISO 32000-2, 14.8.2.2.2).
    """
    marks = (pdfium_c.FPDFPageObj_GetMark(shape, place) for place in range(pdfium_c.FPDFPageObj_CountMarks(shape)))
    return any(_has_attached(mark) for mark in marks)


def _has_attached(mark: pdfium_c.FPDF_PAGEOBJECTMARK) -> bool:
    return pdfium_c.FPDFPageObjMark_GetParamValueType(mark, b"Attached") != pdfium_c.FPDF_OBJECT_UNKNOWN
