"""A book with one of everything, on paper."""

import re
from collections.abc import Iterator

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from tests.report.press.pdf.conftest import SAMPLE, SETTINGS, Print, alternatives, text_of


def test_title_page_shows_what_the_report_is_and_its_version(sample: PdfReader) -> None:
    page = text_of(sample, 0)
    for shown in ("The “sample” #1", "With one of everything", "A. Author", "B. Other", "Version 0.1.0 · 1234567"):
        assert shown in page
    assert "20 November 2026" in page


def test_every_page_and_the_metadata_name_the_version_and_the_tables(sample: PdfReader) -> None:
    assert "Frozen tables 0123456789ab" in text_of(sample, 0)
    line = "Version 0.1.0 · 1234567 · Frozen tables 0123456789ab"
    assert sample.metadata.subject == line
    assert all(text_of(sample, page).endswith(line) for page in range(1, len(sample.pages)))


def test_a_report_without_version_date_and_authors_still_has_a_title_page(print_book: Print) -> None:
    pdf = print_book({"a.qmd": "# A"}, book={"title": "Bare", "chapters": ["index.qmd", "a.qmd"]})
    assert text_of(pdf, 0) == "Bare"
    assert pdf.metadata.author is None


def test_metadata_names_title_authors_language_and_date(sample: PdfReader) -> None:
    assert sample.metadata.title == 'The "sample" #1'
    assert "A. Author" in sample.metadata.author
    assert sample.trailer["/Root"]["/Lang"] == "en"
    assert sample.metadata.creation_date.date().isoformat() == "2026-11-20"
    assert sample.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_outline_has_chapters_and_sections_but_no_tabs(sample: PdfReader) -> None:
    def titles(entries: list) -> list:
        return [titles(entry) if isinstance(entry, list) else entry.title for entry in entries]

    assert titles(sample.outline) == [
        "Preface",
        ["A section of the preface"],
        "1 Counts",
        ["1.1 LoRA arithmetic", ["1.1.1 Details"], "Aside", "1.2 Layers"],
        "2 Published",
        "A Colophon",
        "References",
    ]


def test_contents_number_chapters_and_letter_appendices(sample: PdfReader) -> None:
    contents = re.sub(r"[ .\u2060]+", " ", text_of(sample, 1))
    numbered = "1 Counts 4", "1 1 LoRA arithmetic 4", "Aside 4", "1 2 Layers 5", "2 Published 6", "A Colophon 7"
    for line in ("Preface 3", "A section of the preface 3", *numbered, "References 8"):
        assert line in contents


def test_numbers_are_those_of_the_html(sample: PdfReader) -> None:
    text = text_of(sample)
    for caption in (
        "Figure 1: In an unnumbered chapter.",
        "Figure 1.1: Composition.",
        "Table 1.1: Counts.",
        "Figure 2.1: Another. See Figure 1.1.",
        "Table A.1: Versions.",
    ):
        assert caption in text
    assert "see Figure 1.1, Table 1.1, Section 1.1, Equation 1.1 and Table A.1." in text
    assert "(1.1)" in text
    assert re.search(r"(?<!: )A picture without a label", text)
    assert "1.1 LoRA arithmetic" in text
    assert "1.1.1 Details" in text
    assert not re.search(r"\d A section of the preface(?! )", text_of(sample, 2))


def test_running_head_names_the_chapter_on_its_later_pages(sample: PdfReader) -> None:
    assert text_of(sample, 3).startswith("4 Chapter 1 Counts")
    assert text_of(sample, 4).startswith("1 Counts 5")
    assert text_of(sample, 6).startswith("7 Appendix A Colophon")


def test_kinds_provenance_callouts_and_tabs_are_there(sample: PdfReader) -> None:
    text = text_of(sample)
    assert "5,636,096r" in text
    assert "Frozen tables a/b (computed), c/d (reported)." in text
    assert "Mind the head It is counted twice." in text
    assert re.search(r"First tab One\. Second tab Two\.", text, re.IGNORECASE)
    assert "A note at the foot." in text
    assert "(Hu, 2022)" in text or "(Hu 2022)" in text


def test_references_are_links_to_their_targets(sample: PdfReader) -> None:
    page_of = {page.indirect_reference.idnum: number for number, page in enumerate(sample.pages)}
    targets = [(number, page_of[destination.idnum]) for number, destination in _jumps(sample)]
    from_preface = [target for number, target in targets if number == 2]
    assert from_preface == [3, 3, 3, 3, 6], "figure, table, section and equation in chapter 1, table in the appendix"
    assert (3, 7) in targets, "the citation leads to the references"
    assert "https://example.org/a?b=c&d=e#f" in set(_addresses(sample))


def _jumps(pdf: PdfReader) -> Iterator[tuple[int, IndirectObject]]:
    """Page of a link and the page that it leads to."""
    for number, page in enumerate(pdf.pages):
        for annotation in page.get("/Annots", []):
            link = annotation.get_object()
            destination = link.get("/Dest", None)
            if isinstance(destination, str):
                destination = pdf.named_destinations[destination].dest_array
            if destination is not None:
                yield number, destination[0]


def _addresses(pdf: PdfReader) -> Iterator[str]:
    for page in pdf.pages:
        for annotation in page.get("/Annots", []):
            action = annotation.get_object().get("/A", {})
            if "/URI" in action:
                yield action["/URI"]


def test_pictures_and_formulas_have_words(sample: PdfReader) -> None:
    spoken = set(alternatives(sample))
    assert "Two bars, the first longer" in spoken
    assert any("N = V d + L" in words for words in spoken)


def test_all_fonts_are_embedded_and_come_with_typst(sample: PdfReader) -> None:
    names = set()
    for page in sample.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"])
            names.add(re.sub(r"^/\w+\+|-.*$", "", inner["/BaseFont"]))
    assert names <= {"LibertinusSerif", "NewCMMath", "DejaVuSansMono"}


def test_no_page_is_blank(sample: PdfReader) -> None:
    for number in range(len(sample.pages)):
        assert len(text_of(sample, number)) > 40, f"page {number + 1}"


@pytest.mark.parametrize("epoch", ["0", "1700000000", None])
def test_bytes_do_not_depend_on_the_clock(
    print_book: Print, monkeypatch: pytest.MonkeyPatch, epoch: str | None
) -> None:
    if epoch is None:
        monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    else:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    first = print_book(SAMPLE, **SETTINGS)
    assert print_book(SAMPLE, **SETTINGS).stream.getvalue() == first.stream.getvalue()
    assert f"{first.metadata.creation_date:%Y-%m-%d}" == SETTINGS["book"]["date"]
    undated = {**SETTINGS, "book": {name: said for name, said in SETTINGS["book"].items() if name != "date"}}
    made = print_book(SAMPLE, **undated).metadata.creation_date
    assert made.timestamp() == int(epoch or 0)


def test_an_apostrophe_after_a_digit_is_no_prime(print_book: Print) -> None:
    pdf = print_book({"a.qmd": "# A\n\nWhat S4's table says, and [S1]{.mark}'s -- don't...\n"})
    text = text_of(pdf, len(pdf.pages) - 1)
    assert all(shown in text for shown in ("S4’s table", "S1’s", "don’t"))
    assert "\N{PRIME}" not in text
