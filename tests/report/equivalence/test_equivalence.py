"""Both engines make the same book of the same chapters: the report's own, and a sample that uses the whole subset."""

import re

import pytest
from pypdf import PdfReader

from report.ledger.model import VersionFile
from report.ledger.site_facts import VERSION, read_facts
from report.press.source import subset
from tests.report.equivalence.books import BOOKS, HERE, Rendered, chapters_of
from tests.report.equivalence.reading import Page, read_press, read_quarto
from tests.report.press.pdf.conftest import alternatives

PAGES = [(book, href) for book, root in BOOKS.items() for href in chapters_of(root)]


def pair(by_quarto: dict[str, Rendered], by_press: dict[str, Rendered], book: str, href: str) -> tuple[Page, Page]:
    return read_quarto(by_quarto[book].site, href), read_press(by_press[book].site, href)


@pytest.mark.parametrize(("book", "href"), PAGES)
def test_pages_read_the_same(by_quarto, by_press, book, href):
    """Headings, numbers, captions, values, references, citations, notes, titles, alternative texts: every block."""
    theirs, ours = pair(by_quarto, by_press, book, href)
    assert ours.body == theirs.body
    assert len(ours.body) > 3


@pytest.mark.parametrize(("book", "href"), PAGES)
def test_ways_through_the_book_are_the_same(by_quarto, by_press, book, href):
    theirs, ours = pair(by_quarto, by_press, book, href)
    assert ours.chapters == theirs.chapters
    assert ours.contents == theirs.contents
    assert ours.neighbours == theirs.neighbours
    assert len(ours.chapters) == len(chapters_of(BOOKS[book]))


@pytest.mark.parametrize("book", BOOKS)
def test_printed_books_read_the_same_page_by_page(by_quarto, by_press, book):
    theirs, ours = (PdfReader(one[book].site / "report.pdf") for one in (by_quarto, by_press))
    assert pages(ours) == pages(theirs)
    assert len(pages(ours)) > 10
    assert outline(ours.outline) == outline(theirs.outline)
    assert sorted(alternatives(ours)) == sorted(alternatives(theirs))
    for key in ("title", "author"):
        assert getattr(ours.metadata, key) == getattr(theirs.metadata, key)


def pages(pdf: PdfReader) -> list[str]:
    """The text of each page; between the cells of a row the reader of the PDF guesses whether there is a space."""
    return ["".join(page.extract_text().split()) for page in pdf.pages]


def outline(entries: list) -> list:
    return [outline(entry) if isinstance(entry, list) else entry.title for entry in entries]


def test_the_same_facts_are_listed(by_quarto, by_press):
    theirs, ours = (read_facts(one["report"].site) for one in (by_quarto, by_press))
    assert (theirs.engine, ours.engine) == ("quarto", "press")
    assert ours.model_copy(update={"engine": "quarto"}) == theirs
    assert len(ours.facts) > 100


def test_the_same_version_stands_everywhere(by_quarto, by_press):
    """In version.json, in the head and at the foot of each page, and in the PDF."""
    theirs, ours = by_quarto["report"].site, by_press["report"].site
    said = [VersionFile.model_validate_json((site / VERSION).read_bytes()) for site in (theirs, ours)]
    assert said[0].model_copy(update={"engine": "press"}) == said[1]
    tables = said[1].build.tables
    for href in chapters_of(BOOKS["report"]):
        for site in (theirs, ours):
            page = (site / href).read_text("utf-8")
            assert f'<meta name="tables-digest" content="{tables}">' in page
            assert f"{tables}</code>" in page.partition("colophon-line")[2]
    subjects = {PdfReader(site / "report.pdf").metadata.subject for site in (theirs, ours)}
    assert subjects == {f"Version {said[1].build.shown} · Frozen tables {tables}"}


@pytest.mark.parametrize("book", BOOKS)
def test_nobody_warns(by_quarto, by_press, book):
    for said in (by_quarto[book].said, by_press[book].said):
        # Not ours: what the kernel notes about its transport (`report render` keeps it quiet), a port of its that
        # another program took first (Quarto starts it again), a kernel that flushes what it said once its sockets are
        # closed, as happens on a machine under load, and a missing validator.
        complaints = [line for line in said.splitlines() if re.search(r"warn|error", line, re.IGNORECASE)]
        # No table is behind the numbers and words of the sample, which says so as a preview would.
        untraced = r"no table is behind|rests on no tested|stands in the PDF alone" if book == "sample" else r"(?!)"
        closing = r"ZMQStream callback|zmqstream\.py|ZMQError: Socket operation on non-socket"
        others = rf"IPKernelApp|ZMQError: Address already in use|{closing}|verapdf|{untraced}"
        assert [line for line in complaints if not re.search(others, line)] == []


# ---- The sample is worth its name ----


# Both engines take these and place things each in its own way: tests/report/press tries them there.
PLACING = re.compile(r"(fig|tbl)-(subcap|width|height|align|colwidths)|layout-n(col|row)|column|code-line-numbers")


def test_the_sample_uses_the_whole_subset():
    text = "\n".join(path.read_text("utf-8") for path in sorted((HERE / "sample").rglob("*.qmd")))
    for name, option in subset.CELL_OPTIONS.items():
        if PLACING.fullmatch(name) or option.values is subset.ANY:  # any value: it does nothing
            continue
        for value in option.values if isinstance(option.values, tuple) else ("",):
            spelled = str(value).lower() if isinstance(value, bool) else value
            assert re.search(rf"^#\| {name}: .*{spelled}", text, re.MULTILINE), f"no cell has {name}: {spelled}"
    wanted = [
        *(f"{{{{< {name} " for name in subset.SHORTCODES),
        *(f"@{kind}-" for kind in subset.REFERENCE_TYPES),
        *(f".callout-{kind}" for kind in subset.CALLOUTS),
        *(f"{{={name}}}" for name in subset.RAW_FORMATS),
        *(f'{condition}="' for condition in subset.CONDITIONS),
        *(f'-format="{name}"' for name in subset.CONDITION_FORMATS),
        *(".content-visible", ".content-hidden", ".panel-tabset", ".unnumbered", "[^one]", "{python} None"),
    ]
    assert [construct for construct in wanted if construct not in text] == []
