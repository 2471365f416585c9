"""Books printed in one call."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from report.press.book import build, parse_chapter
from report.press.pdf import write_pdf
from report.press.woven import Woven
from report.rendering.project import load_project

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[3]

SAMPLE = {
    **{path.name: path.read_text(encoding="utf-8") for path in sorted((HERE / "sample").glob("*.qmd"))},
    "references.bib": "@article{hu2022lora, title={Low-Rank Adaptation}, author={Hu, Edward}, year={2022}}",
}
SETTINGS = {
    "book": {
        "title": 'The "sample" #1',
        "subtitle": "With one of everything",
        "author": ["A. Author", "B. Other"],
        "date": "2026-11-20",
        "output-file": "report",
        "chapters": ["index.qmd", "a-counts.qmd", "b-published.qmd"],
        "appendices": ["z-colophon.qmd"],
    },
    "version": "0.1.0 · 1234567",
    "build": {"tables": "0123456789ab"},
    "bibliography": "references.bib",
}

Print = Callable[..., PdfReader]


def text_of(pdf: PdfReader, page: int | None = None) -> str:
    """The text of a page (from 0) or of all, its spaces all alike."""
    pages = pdf.pages if page is None else [pdf.pages[page]]
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\xa0", " ").split())


def alternatives(pdf: PdfReader) -> Iterator[str]:
    """The alternative texts in the tags of a PDF."""
    waiting = [pdf.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop()
        element = element.get_object() if isinstance(element, IndirectObject) else element
        if isinstance(element, ArrayObject):
            waiting.extend(element)
        elif isinstance(element, DictionaryObject):
            waiting.append(element.get("/K"))
            if "/Alt" in element:
                yield str(element["/Alt"])


@pytest.fixture
def print_book(write_book: Callable[..., Path]) -> Print:
    """A function that prints chapters without cells: `print_book({"a.qmd": "# A"}, version="1")` gives the PDF.

    It lies at `report.pdf` in the project; the picture `bars.svg` lies beside every chapter.
    """

    def printed(files: dict[str, str], **settings: object) -> PdfReader:
        bars = (HERE / "bars.svg").read_text(encoding="utf-8")
        pictures = {str(Path(name).parent / "bars.svg"): bars for name in files}
        root = write_book({**pictures, **files}, **settings)
        house = root / "_extensions"
        if not house.exists():
            house.symlink_to(REPOSITORY / "_extensions")
        project = load_project(root)
        woven = [Woven(chapter, {}, chapter.path.read_text(encoding="utf-8")) for chapter in project.chapters]
        write_pdf(project, build(project, [parse_chapter(one) for one in woven], "typst"), root / "report.pdf")
        return PdfReader(root / "report.pdf")

    return printed


@pytest.fixture
def sample(print_book: Print) -> PdfReader:
    """The book in the folder `sample`, printed."""
    return print_book(SAMPLE, **SETTINGS)
