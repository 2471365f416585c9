"""What is listed for the PDF is found in its text, as often as it is listed."""

from pathlib import Path

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from report.ledger.model import Fact
from report.ledger.pdf import pdf_problems
from report.ledger.placing import missing


@pytest.fixture
def pdf(tmp_path):
    """`pdf(markup)` sets Typst markup on narrow pages; returns the file."""

    def compile_pdf(markup: str) -> Path:
        path = tmp_path / "report.pdf"
        source = "#set page(width: 6cm, height: 4cm)\n#set text(hyphenate: true)\n#set par(justify: true)\n" + markup
        path.write_bytes(typst.compile(source.encode()))
        return path

    return compile_pdf


def fact(text: str, value: object = None, form: str = "inline") -> Fact:
    value = text if value is None else value
    return Fact(
        id="a-1",
        chapter="a",
        form=form,
        label=None,
        text=text,
        value=value,
        unit=None,
        kind="measured",
        how="x",
        origins=(),
    )


FROM_THE_RIGHT = "#set page(width: 20cm)\n#table(columns: 2, [שלום שלום שלום שלום],"
SHOWN = [
    ("66.7#super[m] and 1,408,634,880", [fact("66.7", 66.7), fact("1,408,634,880", 1408634880)]),
    ("−0.5%", [fact("−0.5%", -0.005)]),
    ("0.51 to 0.72", [fact("0.51 to 0.72", 0.6)]),
    (
        "characteristically incomprehensible internationalisation of fine-tuned",
        [fact("internationalisation fine-tuned")],
    ),
    ("123 \\ 456 \\ 789", [fact("123456789", 123456789)]),
    ("a #pagebreak() 7", [fact("7", 7)]),
    ("drawn", [fact("3", 3, "point")]),
    (f"{FROM_THE_RIGHT} [gpt2x])", [fact("שלום gpt2x")]),
    (f"{FROM_THE_RIGHT} [−1e−7])", [fact("−1e−7", -1e-7)]),
]


@pytest.mark.parametrize(("markup", "facts"), SHOWN)
def test_what_is_printed_is_found(pdf, markup, facts):
    assert pdf_problems(pdf(markup), facts) == []


MISSING = [
    ("66.8", [fact("66.7", 66.7)], "66.7 is not where it belongs"),
    ("66.75 and 166.7", [fact("66.7", 66.7)], "66.7 is not where"),
    ("66.7", [fact("66.7", 66.7), fact("66.7", 66.7)], "66.7 is not where"),
    (f"{FROM_THE_RIGHT} [66.7])", [fact("66.7", 66.7), fact("66.7", 66.7)], "66.7 is not where"),
    ("five words of plain text", [fact("phi-2")], "phi, 2: not there"),
]


@pytest.mark.parametrize(("markup", "facts", "problem"), MISSING)
def test_what_is_not_printed_is_named(pdf, markup, facts, problem):
    (found,) = pdf_problems(pdf(markup), facts)
    assert problem in found
    assert "chapter a: fact a-1" in found


def test_a_file_that_is_no_pdf_is_one_line(tmp_path):
    (tmp_path / "report.pdf").write_text("no PDF")
    assert len(pdf_problems(tmp_path / "report.pdf", [fact("1", 1)])) == 1


def test_what_stands_in_the_foot_of_a_page_is_not_taken_for_a_value(pdf):
    assert len(pdf_problems(pdf("#set page(footer: [Version 12.5]) \n Text."), [fact("12.5", 12.5)])) == 1


BOOK = "= First\n66.7 #pagebreak()\n= Empty\n#pagebreak()\n= Second\n88.8 #pagebreak() table of it: 99.9"


def of(chapter: str, text: str) -> Fact:
    return fact(text, float(text)).model_copy(update={"chapter": chapter})


def test_each_chapter_has_its_own_numbers(pdf):
    path = pdf(BOOK)
    assert pdf_problems(path, [of("a", "66.7"), of("b", "99.9"), of("b", "88.8")]) == []
    (found,) = pdf_problems(path, [of("a", "66.7"), of("a", "99.9"), of("b", "88.8")])
    assert "99.9" in found
    assert "chapter a" in found


@given(
    st.lists(st.lists(st.integers(10, 9999).map(str), min_size=1, max_size=6), min_size=1, max_size=5),
    st.lists(st.integers(0, 5), max_size=3),
    st.data(),
)
def test_whatever_order_a_chapter_has_its_numbers_are_found(chapters, empty, data):
    facts = [of(f"c{k}", number) for k, own in enumerate(chapters) for number in own]
    pages = [" ".join(data.draw(st.permutations(own))) for own in chapters]
    for place in empty:
        pages.insert(min(place, len(pages)), "no value stands here")
    assert list(missing(pages, range(len(pages)), facts)) == []
    assert len(list(missing(pages, range(len(pages)), [*facts, of("c0", "12345")]))) >= 1


def test_a_word_that_runs_over_pages_is_found_beside_other_cells(pdf):
    word = "unbroken" * 300
    path = pdf(f"#table(columns: (2.5cm, 2cm), [{word}], [beside])")
    assert pdf_problems(path, [fact(word)]) == []
    assert len(pdf_problems(path, [fact("x" + word)])) == 1


def test_a_chapter_is_known_by_its_words_where_it_has_few_numbers():
    pages = ["Contents", "The accuracy is 12 and 13.", "entailment, contradiction", "The cost is 14."]
    facts = [
        fact("12", 12).model_copy(update={"chapter": "first"}),
        fact("entailment, contradiction").model_copy(update={"chapter": "second"}),
        fact("14", 14).model_copy(update={"chapter": "third"}),
    ]
    assert list(missing(pages, [1, 2, 3], facts)) == []
    assert list(missing([*pages[:2], "neutral", pages[3]], [1, 2, 3], facts)) != []
