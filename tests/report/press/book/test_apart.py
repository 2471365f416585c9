"""A chapter whose tables are read apart is the chapter that Pandoc reads as a whole."""

import pytest

from report.press.book.apart import read_apart
from report.press.book.pandoc import COLUMNS, MARKDOWN, run


def table(
    mark: str, cell: str = '`code` *word* <span class="fact" title="n &#91;a&#93;">1</span>', rows: int = 120
) -> str:
    lines = [f"| {mark} | number |", "|:---|---:|", *(f"| row {row} | {cell} |" for row in range(rows))]
    return "\n".join(lines) + "\n"


def read(markdown: str) -> str:
    return run(markdown, "--from", MARKDOWN, "--to", "json", COLUMNS)[0]


AROUND = {
    "alone": "TABLE",
    "between paragraphs": "Before.\n\nTABLE\nAfter.\n",
    "in a float": "::: {#tbl-x}\n::: {.cell-output}\n\nTABLE\n\n:::\n\nCaption.\n:::\n",
    "close to a fence": "::: {.cell}\nTABLE:::\n",
    "twice": "TABLE\nand\n\nTABLE\n",
    "behind a list": "- one\n\n- two\n\nTABLE\n- three\n",
    "behind a definition": "Term\n\n: what it is\n\nTABLE\nAfter.\n",
    "with a caption": "Before.\n\nTABLE\n: The caption. {#tbl-x}\n",
    "with a caption above": "Table: The caption\nof two lines.\n\nTABLE\nAfter.\n",
    "a definition behind": "TABLE\n\n:   a caption\n\n    and more\n",
    "in code": "````\n\nTABLE\n````\n",
    "in a comment": "<!--\n\nTABLE\n--> ' \" ` > </script> </span>\n",
    "in HTML": "<div>\n\nTABLE\n</div>\n\n<table><tr><td>\n\nTABLE\n</td></tr></table>\n",
    "in a quotation": "> quoted\n\nTABLE\n> again\n",
    "behind a note": "Word[^1].\n\n[^1]: The note.\n\nTABLE\n    not of the note\n",
    "in TeX": "\\begin{quote}\n\nTABLE\n\\end{quote}\n",
}
CELLS = {
    "a reference": "[shown]",
    "a note": "word[^1]",
    "a citation": "@somebody",
    "a formula": "$\\half$",
    "an unclosed comment": "<!-- not closed",
    "an unclosed element": "<div>",
    "an unclosed tag": "<span title='",
    "an unclosed script": "<script>",
    "an unclosed span": '<span class="fact">',
    "unclosed code": "`open",
    "an unclosed quotation": "\"open 'too",
    "an end": "</div></td></table>",
    "an open attribute": "word {.a",
    "math of two characters": "x^2 and H~2~O^",
}
DEFINED = "\n\n[shown]: https://example.org\n\n[^1]: A note.\n\nSee @first. $\\half$ --> ' \" ` > </script> </span>\n"


@pytest.mark.parametrize("around", AROUND)
def test_wherever_a_table_stands(around):
    markdown = f"# Title\n\n{AROUND[around].replace('TABLE', table(around))}\nThe end.\n"
    assert read_apart(markdown, read) == read(markdown)
    assert read_apart(markdown, read) == read(markdown)


@pytest.mark.parametrize("cell", CELLS)
def test_whatever_stands_in_it(cell):
    macro = "\\newcommand{\\half}{\\frac{1}{2}}"
    markdown = f"# Title\n\n{macro}\n\nSee @second.\n\n{table(cell, CELLS[cell])}{DEFINED}"
    assert read_apart(markdown, read) == read(markdown)


def test_a_table_that_was_read_is_not_read_again():
    asked: list[str] = []

    def heard(markdown: str) -> str:
        asked.append(markdown)
        return read(markdown)

    tables = [table(f"known {number}") for number in range(3)]
    for words in ("One.", "Another."):
        asked.clear()
        markdown = "\n\n".join(["# Title", words, *tables, "End.\n"])
        assert read_apart(markdown, heard) == read(markdown)
    assert len(asked) == 1
    assert len(asked[0]) < len(tables[0])
