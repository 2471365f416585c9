"""Nothing runs off the page, however wide the table or long the word."""

import pytest
from pypdf import PdfReader

from tests.report.press.pdf.conftest import Print, text_of

LEFT, RIGHT = 68, 527
"""Of the text block, in points."""


def runs_off(pdf: PdfReader) -> list[str]:
    """Pieces of text that begin or end outside of the text block. Widths are at least 0.4 em a character."""
    found = []
    for page in pdf.pages:

        def visit(text: str, place: list[float], _matrix: object, _font: object, size: float) -> None:
            piece = text.strip().replace("\u200b", "")
            if piece and not (place[4] >= LEFT - 1 and place[4] + 0.4 * size * len(piece) <= RIGHT + 1):
                found.append(piece)

        page.extract_text(visitor_text=visit)
    return found


def table(columns: int, rows: int, cell: str) -> str:
    lines = [f"Column {number}" for number in range(columns)], ["--:"] * columns, *[[cell] * columns] * rows
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


NUMBER = "1,235,814,400"


@pytest.mark.parametrize(
    ("columns", "cell"), [(3, NUMBER), (8, NUMBER), (12, NUMBER), (24, NUMBER), (4, "configuration_" * 6)]
)
def test_wide_tables_fit(print_book: Print, columns: int, cell: str) -> None:
    pdf = print_book({"a.qmd": f"# A\n\n::: {{#tbl-a}}\n\n{table(columns, 3, cell)}\n\nWide.\n:::\n"})
    assert text_of(pdf).replace("\u200b", "").replace(" ", "").count(cell) == 3 * columns
    assert not runs_off(pdf)


def test_a_table_of_prose_and_numbers_keeps_its_numbers_whole(print_book: Print) -> None:
    prose = "logical base 2,648,568,320 less 1,258,291,200 hidden by NF4 packing, plus 18,350,080 of LoRA " * 2
    row = f"| `s2-total-parameters` | 1,408,634,880 | 1,408,634,880 | explained | {prose} |\n"
    head = "| Figure | Printed | Recomputed | Verdict | What explains it |\n|:--|--:|--:|:--|:--|\n"
    pdf = print_book({"a.qmd": f"# A\n\n::: {{#tbl-a}}\n\n{head}{row * 3}\nMixed.\n:::\n"})
    assert not runs_off(pdf)
    assert text_of(pdf).count("1,408,634,880") == 6


def test_a_long_table_repeats_its_head_on_each_page(print_book: Print) -> None:
    pdf = print_book({"a.qmd": f"# A\n\n::: {{#tbl-a}}\n\n{table(3, 150, '7')}\n\nLong.\n:::\n"})
    pages = [text_of(pdf, number) for number in range(3, len(pdf.pages))]
    assert len(pages) > 2
    assert all("Column 0 Column 1 Column 2" in page for page in pages)


@pytest.mark.parametrize("lines", range(6, 40, 4))
def test_a_short_table_is_not_torn(print_book: Print, lines: int) -> None:
    before = "A line of its own.\n\n" * lines
    pdf = print_book({"a.qmd": f"# A\n\n{before}::: {{#tbl-a}}\n\n{table(3, 12, '7')}\n\nShort.\n:::\n"})
    pages = [text_of(pdf, number) for number in range(len(pdf.pages))]
    assert sum("Column 0 Column 1 Column 2" in page for page in pages) == 1


@pytest.mark.parametrize("form", ["{}", "`{}`", "```\n{}\n```", "- {}", "> {}", "[^1]\n\n[^1]: {}"])
def test_long_words_break(print_book: Print, form: str) -> None:
    pdf = print_book({"a.qmd": "# A\n\nText " + "\n\n" + form.format("0123456789abcdef" * 20) + "\n"})
    assert not runs_off(pdf)
