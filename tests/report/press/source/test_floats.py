"""Cells labelled as figure or table that can show none are told by their line before anything runs."""

import pytest

from report.press.backend import problems
from report.rendering.project import load_project


@pytest.fixture
def told(write_book):
    """A function that gives what is wrong with a book whose only cell has this label and code."""

    def told_of(label, code, options=""):
        text = f"# One\n\n```{{python}}\n#| label: {label}\n{options}{code}\n```\n"
        return problems(load_project(write_book({"report/one.qmd": text})))

    return told_of


@pytest.mark.parametrize("label", ["fig-a", "tbl-a"])
@pytest.mark.parametrize(
    ("code", "shows"),
    [
        ("3", "none"),
        ("n = len([1, 2])\nn", "none"),
        ("import math\n'no ' + str(3)", "none"),
        ("print('text')", "none"),
        ("f'{1}'", "none"),
        ("import pandas as pd\nd = pd.DataFrame({'a': [1]})\nd.to_html()", "none"),
        ("n = 3", "nothing"),
        ("None", "nothing"),
    ],
)
def test_a_number_or_a_text_is_no_figure_and_no_table(told, label, code, shows):
    [line] = told(label, code)
    noun = {"fig-a": "figure", "tbl-a": "table"}[label]
    assert line.startswith(f"report/one.qmd:3: cell '{label}' is to be a numbered {noun}, and shows {shows}; end it ")


@pytest.mark.parametrize(
    "code",
    [
        "frame",
        "frame.head()",
        "import pandas as pd\nd = pd.DataFrame({'a': [1]})\nd",
        "print(draw())",
        "n = 3\nif True:\n    n = frame\nn",
        "draw()\n3",
        "with figure:\n    pass",
        "%matplotlib inline",
        "frame + 1",
    ],
)
def test_what_only_the_run_can_tell_is_left_to_it(told, code):
    assert told("tbl-a", code) == []


@pytest.mark.parametrize("option", ["eval: false", "include: false", "output: asis", "output: false"])
def test_a_cell_whose_output_is_not_shown_as_it_is_needs_no_figure(told, option):
    assert not any("is to be a numbered" in line for line in told("fig-a", "3", f"#| {option}\n"))


def test_a_cell_without_such_a_label_may_end_in_a_number(told):
    assert told("numbers", "3") == []
