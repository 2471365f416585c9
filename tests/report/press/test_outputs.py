"""What cells and inline expressions show, as markdown; expected is what Quarto 1.9 makes of the same outputs."""

from pathlib import Path

import pytest
from nbformat.v4 import new_output

from report.press.backend import weave_book
from report.press.outputs import Look, Resources, as_is, inline_result, shown_outputs, visible
from report.press.source.problems import SourceError
from report.rendering.project import load_project
from report.rendering.request import Request


def result(**data: str):
    names = {"plain": "text/plain", "markdown": "text/markdown", "html": "text/html", "png": "image/png"}
    return new_output("execute_result", {names[name]: text for name, text in data.items()}, execution_count=1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (42, "42"),
        (1 / 3, "0.3333333333333333"),
        (1e22, "1e+22"),
        ([1, "two"], "[1, 'two']"),
        ("*a* [b]", r"\*a\* \[b\]"),
        ("it's", "it's"),
        ("$x$ ~y~ @z", "$x$ ~y~ @z"),
        ("a\nb", r"a\\\\nb"),
    ],
)
def test_inline_value_is_its_python_form_and_a_string_is_escaped(value, text):
    assert inline_result([result(plain=repr(value))]) == text


def test_inline_object_shows_its_markdown_and_html_in_html_alone():
    assert inline_result([]) == "None"
    assert inline_result([result(plain="x", markdown="**m**")]) == "**m**"
    shown = inline_result([result(plain="'x'", html="<b>`h`</b>")])
    assert shown == '``<b>`h`</b>``{=html}[x]{.content-hidden when-format="html"}'


@pytest.fixture
def resources(tmp_path: Path) -> Resources:
    return Resources(tmp_path, "one_files")


def test_asis_takes_what_is_printed_as_markdown_and_shows_the_rest_in_its_place(resources):
    outputs = [
        new_output("stream", name="stdout", text="one\n"),
        result(plain="x", markdown="**two**"),
        new_output("stream", name="stderr", text="three\n"),
        result(plain="x", png="iVBORw0KGgo="),
    ]
    shown = as_is(visible(outputs, warnings=True), Look("cell-1", alts=("A dot",)), resources)
    assert shown == 'one\n**two**\n```\nthree\n```\n\n![](one_files/cell-1-1.png){fig-alt="A dot"}\n'


def test_only_the_first_picture_and_table_have_the_captions(resources):
    outputs = [result(plain="x", png="iVBORw0KGgo="), result(plain="x", png="iVBORw0KGgo=")]
    first, second = shown_outputs(outputs, Look("c", captions=("Once.",), alts=("Dot",)), resources)
    assert '![Once.](one_files/c-1.png){fig-alt="Dot"}' in first
    assert "![](one_files/c-2.png)\n" in second
    (table,) = shown_outputs(
        [result(plain="x", markdown="| a |\n|--|\n")], Look("c", table_captions=("T.",)), resources
    )
    assert "| a |\n|--|\n\n\n: T.\n" in table


def test_table_in_html_is_a_table_on_paper_too(resources):
    html = "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    (shown,) = shown_outputs([result(plain="   a\n0  1", html=html)], Look("c"), resources)
    assert f"```{{=html}}\n{html}\n```" in shown
    hidden = shown.partition('::: {.content-hidden when-format="html"}')[2]
    assert html in hidden
    assert "0  1" not in hidden


def test_a_sign_in_a_table_that_begins_no_tag_is_text(resources):
    html = '<style>a > b {{}}</style><table><tr><th>{}</th><td><b title="a>b">c</b></td></tr></table>'
    (shown,) = shown_outputs([result(html=html.format("p<b, x < <!-- y<z -->1"))], Look("c"), resources)
    assert html.format("p&lt;b, x &lt; <!-- y<z -->1") in shown


def test_handles_of_drawings_are_left_out():
    picture, handle = result(plain="x", png="iVBORw0KGgo="), result(plain="(0.0, 1.0)")
    assert visible([picture, handle], warnings=False) == [picture]
    assert visible([handle], warnings=False) == [handle]
    assert visible([result(plain="[<matplotlib.lines.Line2D at 0x1>]")], warnings=False) == []


SHOW = "from IPython.display import SVG, display\nbar = SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            f"```{{python}}\n#| label: fig-two\n#| fig-subcap: [A, B, C]\n{SHOW}display(bar, bar)\n```\n",
            "report/one.qmd:3: cell 'fig-two' has 3 sub-captions, and shows 2 pictures; give as many as it shows",
        ),
        (
            "```{python}\n```\n\nEmpty `{python} ''`.\n",
            "report/one.qmd:6: inline `{python} ''` gives an empty text, for which Quarto would show the expression; "
            "give it something to show",
        ),
    ],
)
def test_what_quarto_would_show_otherwise_is_refused(write_book, text, problem):
    project = load_project(write_book({"report/one.qmd": f"# One\n\n{text}"}))
    with pytest.raises(SourceError) as refused:
        weave_book(project, Request())
    assert str(refused.value) == problem


def test_what_a_figures_cell_prints_stands_above_the_figure(write_book):
    text = f"```{{python}}\n#| label: fig-one\n#| fig-cap: One.\n{SHOW}print('first')\ndisplay(bar)\n```\n"
    project = load_project(write_book({"report/one.qmd": f"# One\n\n{text}"}))
    woven = weave_book(project, Request())[1]
    before, _, inside = woven.markdown.partition("::: {#fig-one}")
    assert "first" in before
    assert "first" not in inside
    assert "One.\n:::" in inside
