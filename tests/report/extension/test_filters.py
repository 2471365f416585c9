"""The filters that the house style puts before and between Quarto's own, for the PDF: run by Pandoc alone."""

import subprocess

import lxml.html
import pypandoc
import pytest
import typst

from tests.report.press.pdf.conftest import REPOSITORY

# What Quarto makes, as the last, of a layout without a label, each block of the div in a cell; and of a wide column.
LAYOUT = """
function wide(el) for _, name in ipairs(el.classes) do if name:match("^column") then return true end end end
function Image(image) if wide(image) then return pandoc.RawInline("typst", "#wideblock[]") end end
function Div(div)
  if wide(div) then return { pandoc.RawBlock("typst", "#wideblock["), div, pandoc.RawBlock("typst", "]") } end
  if not div.attributes["layout-ncol"] then return nil end
  local cells = pandoc.Blocks({ pandoc.RawBlock("typst", "#grid(columns: (50%, 50%),") })
  for _, block in ipairs(div.content) do
    cells:insert(pandoc.RawBlock("typst", "  rect(stroke: none, width: 100%)["))
    cells:extend(block.t == "Div" and block.content or { block })
    cells:insert(pandoc.RawBlock("typst", "],"))
  end
  cells:insert(pandoc.RawBlock("typst", ")"))
  return cells
end
"""
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9"/></svg>'


@pytest.fixture
def to_typst(tmp_path):
    """Markdown as the Typst that Quarto would write with the house style, in a file beside `a.svg`."""
    (tmp_path / "layout.lua").write_text(LAYOUT)
    (tmp_path / "a.svg").write_text(PICTURE)
    house = REPOSITORY / "_extensions" / "colophon"
    filters = [house / "before.lua", house / "print.lua", tmp_path / "layout.lua"]

    def write(markdown: str) -> str:
        given = [word for path in filters for word in ("--lua-filter", str(path))]
        command = [pypandoc.get_pandoc_path(), "--from", "markdown", "--to", "typst", *given]
        done = subprocess.run(command, input=markdown, capture_output=True, text=True, encoding="utf-8", check=True)
        (tmp_path / "book.typ").write_text(done.stdout, "utf-8")
        return done.stdout

    return write


@pytest.mark.parametrize("around", ["{layout-ncol=2}", "{.plain}"])
def test_captioned_images_without_a_label_stay_in_one_piece(to_typst, tmp_path, around):
    text = to_typst(f"::: {around}\n![One](a.svg)\n\n![Two *b*](a.svg)\n:::\n")
    assert typst.compile(tmp_path / "book.typ")
    assert text.count("numbering: none") == 2
    assert text.count("rect(stroke: none") == (2 if "layout" in around else 0)


def test_parts_of_a_labelled_figure_are_left_to_quarto(to_typst):
    assert "numbering: none" not in to_typst("::: {#fig-x}\n![One](a.svg)\n\nBoth.\n:::\n")


@pytest.mark.parametrize("column", ["page", "page-inset", "body-outset", "screen-right"])
def test_no_column_reaches_into_the_margins_of_the_pdf(to_typst, tmp_path, column):
    text = to_typst(f"::: {{.cell .column-{column}}}\nWide.\n\n![](a.svg){{.column-{column}}}\n:::\n")
    assert typst.compile(tmp_path / "book.typ")
    assert "Wide." in text


def test_a_table_without_a_label_keeps_its_caption(to_typst, tmp_path):
    text = to_typst("| a |\n|---|\n| 1 |\n\n: What it *shows*\n\n| b |\n|---|\n| 2 |\n")
    assert typst.compile(tmp_path / "book.typ")
    assert text.count("What it #emph[shows]") == text.count("numbering: none") == 1


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("p<b", "p<b"), ("x < y", "x < y"), ("<0.05", "<0.05"), ('<b title="a>b">c</b>', "c"), ("<!-- a<b -->d", "d")],
)
def test_a_sign_in_a_table_of_a_cell_that_begins_no_tag_is_text(cell, shown):
    """As a Styler of pandas writes it: readers of HTML lost the rest of the table."""
    rows = f"<tr><th>{cell}</th><th>last</th></tr><tr><td>1</td><td>2</td></tr>"
    table = f"<style>a > b {{}}</style><table>{rows}</table>"
    given = f"::: cell-output-display\n```{{=html}}\n{table}\n```\n:::\n"
    house = REPOSITORY / "_extensions" / "colophon" / "markup.lua"
    command = [pypandoc.get_pandoc_path(), "--from", "markdown", "--to", "html", "--lua-filter", str(house)]
    page = subprocess.run(command, input=given, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    cells = [" ".join(cell.text_content().split()) for cell in lxml.html.fromstring(page).iter("th", "td")]
    assert cells == [shown, "last", "1", "2"]
    assert "a > b {}" in page
