"""The format extension under Quarto: the PDF is the press's, and the pages ask no other host."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from report.press.book import build, parse_chapter
from report.press.pdf import write_pdf
from report.press.woven import Woven
from report.rendering.project import load_project
from tests.hardening.pdf_rules import CHECKS
from tests.report.press.pdf.conftest import alternatives, text_of


@pytest.fixture(scope="session")
def printed(quarto_book: Path) -> PdfReader:
    return PdfReader(quarto_book / "_site" / "report.pdf")


@pytest.fixture(scope="session")
def pressed(quarto_book: Path) -> PdfReader:
    """The same project, printed by the press."""
    project = load_project(quarto_book)
    woven = [Woven(chapter, {}, chapter.path.read_text(encoding="utf-8")) for chapter in project.chapters]
    write_pdf(project, build(project, [parse_chapter(one) for one in woven], "typst"), quarto_book / "pressed.pdf")
    return PdfReader(quarto_book / "pressed.pdf")


def test_the_first_render_already_has_version_and_date(printed: PdfReader) -> None:
    page = text_of(printed, 0)
    assert "Version 0.1.0 · 1234567" in page
    assert "20 November 2026" in page


def test_both_engines_print_the_same_words_on_the_same_pages(printed: PdfReader, pressed: PdfReader) -> None:
    assert len(printed.pages) == len(pressed.pages)
    for number in range(len(printed.pages)):
        assert text_of(printed, number) == text_of(pressed, number), f"page {number + 1}"


def test_both_engines_give_the_same_outline_and_metadata(printed: PdfReader, pressed: PdfReader) -> None:
    def titles(entries: list) -> list:
        return [titles(entry) if isinstance(entry, list) else entry.title for entry in entries]

    assert titles(printed.outline) == titles(pressed.outline)
    assert printed.metadata.title == pressed.metadata.title
    assert printed.metadata.author == pressed.metadata.author
    assert printed.trailer["/Root"]["/Lang"] == pressed.trailer["/Root"]["/Lang"]


def test_both_engines_set_the_same_type(printed: PdfReader, pressed: PdfReader) -> None:
    """Where each piece of text begins, and how large it is."""

    def layout(pdf: PdfReader) -> list[tuple[str, int, int, int]]:
        found = []
        for page in pdf.pages:

            def visit(text: str, place: list[float], _matrix: object, _font: object, size: float) -> None:
                if text.strip():
                    found.append((text.strip(), round(place[4]), round(place[5]), round(size)))

            page.extract_text(visitor_text=visit)
        return found

    mine, theirs = layout(pressed), layout(printed)
    assert [piece[0] for piece in mine] == [piece[0] for piece in theirs]
    numbers = [[number for piece in pieces for number in piece[1:]] for pieces in (mine, theirs)]
    assert numbers[0] == pytest.approx(numbers[1], abs=2)


def test_pictures_have_words_under_quarto_too(printed: PdfReader) -> None:
    assert "Two bars, the first longer" in set(alternatives(printed))


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_the_pdf_of_quarto_keeps_the_rules_too(printed: PdfReader, check: Callable) -> None:
    results = list(check(printed))
    assert results
    assert [result for result in results if result] == []


def test_pages_ask_no_other_host(quarto_book: Path) -> None:
    pages = list((quarto_book / "_site").rglob("*.html"))
    assert len(pages) == 4
    for page in pages:
        soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
        sources = [tag.get("src") for tag in soup.select("[src]")]
        sources += [tag.get("href") for tag in soup.select("link[href]")]
        assert sources
        assert not [source for source in sources if re.match(r"(?:https?:)?//", source)]
    for style in (quarto_book / "_site").rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", style.read_text("utf-8")), style.name


def test_pages_have_both_papers_and_the_house_style(quarto_book: Path) -> None:
    soup = BeautifulSoup((quarto_book / "_site" / "a-counts.html").read_text("utf-8"), "html.parser")
    styles = [link["href"] for link in soup.select('link[rel~="stylesheet"]')]
    assert any(style.endswith("colophon.css") for style in styles)
    papers = [path.read_text("utf-8") for path in quarto_book.glob("_site/site_libs/bootstrap/*.min.css")]
    assert sorted("#14181f" in paper for paper in papers) == [False, True]
    assert all("Charter" in paper for paper in papers)
    assert soup.select("math"), "formulas are MathML"
    assert not soup.select(".date"), "only the title page is dated"


def test_numbers_of_the_pages_are_those_of_the_pdf(quarto_book: Path, printed: PdfReader) -> None:
    text = text_of(printed)
    captions = 0
    for page in (quarto_book / "_site").rglob("*.html"):
        for caption in BeautifulSoup(page.read_text("utf-8"), "html.parser").select("figcaption"):
            assert " ".join(caption.get_text().split()) in text
            captions += 1
    assert captions == 6
