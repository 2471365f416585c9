"""Options of cells: in each form that Quarto reads, and only where they are options."""

import pytest

FORMS = ("#| ", "# | ", "#|", "#   |   ")


@pytest.mark.parametrize("mark", FORMS)
def test_options_are_read_however_a_formatter_writes_them(read, mark):
    found = read(
        f"```{{python}}\n{mark}label: fig-a\n{mark}eval: false\n{mark}fig-cap:\n{mark}  A caption.\n1\n```\n\n@fig-a"
    )
    assert found.problems == []
    (cell, _) = found.chapter.cells
    assert cell.options == {"label": "fig-a", "eval": False, "fig-cap": "A caption."}
    assert cell.code == "1"
    assert "fig-a" in found.chapter.targets


def test_a_comment_with_a_bar_is_none(read):
    found = read("```{python}\nx = 1\n# | a | b |\n# |---|---|\n```")
    assert found.problems == []
    assert found.chapter.cells[0].code.endswith("# | a | b |\n# |---|---|")


def test_common_options_pass(read):
    options = [
        "label: fig-x",
        "fig-cap: Loss.",
        "fig-subcap: [A, B]",
        "fig-alt: [One, Two]",
        "fig-width: 6",
        "fig-height: 3.5",
        "fig-align: center",
        "layout-ncol: 2",
        "code-line-numbers: true",
        "column: page",
        "cache: true",
    ]
    body = "\n".join(f"#| {option}" for option in options)
    table = "#| label: tbl-x\n#| tbl-cap: T\n#| tbl-subcap: true\n#| tbl-colwidths: [60, 40.5]"
    found = read(f"```{{python}}\n{body}\n1\n```\n\n```{{python}}\n{table}\n1\n```\n\nSee @fig-x-2 and @tbl-x-1.")
    assert found.problems == []


def test_the_front_matter_of_many_chapters_passes(read):
    front = (
        "---\nauthor: A\ndate: today\njupyter: python3\nfig-width: 6\nfig-align: left\ncode-line-numbers: true\n---\n\n"
    )
    assert read("Text.", front=front).problems == []


KERNEL = "jupyter:\n  jupytext:\n    formats: qmd\n  kernelspec:\n    display_name: Some\n    name: {}\n"


def test_the_front_matter_of_a_converted_notebook_passes_with_the_kernel_of_the_book(read):
    front = "---\n" + KERNEL + "execute:\n  cache: true\n---\n\n"
    assert read("Text.", front=front.format("python3")).problems == []
    (problem,) = read("Text.", front=front.format("ir")).problems
    assert ":2: jupyter" in problem


@pytest.mark.parametrize("option", ["fig-dpi: 300", "fig-format: png", "fig-asp: 0.6", "message: false", "tags: [x]"])
def test_options_of_other_engines_do_nothing(read, option):
    assert read(f"```{{python}}\n#| {option}\n1\n```").problems == []


@pytest.mark.parametrize(
    ("options", "name", "value"),
    [
        ("tags: [remove-cell]", "include", False),
        ("tags: [x, hide-cell]", "include", False),
        ("tags: [hide-code, hide-warnings]", "echo", False),
        ("tags: [hide-output]", "output", False),
        ("tags: [hide-output]\n#| output: asis", "output", "asis"),
        ("tags: [x, 3, {a: b}]", "include", None),
        ("tags: remove-cell", "include", None),
    ],
)
@pytest.mark.parametrize("mark", ["#| ", "# | ", "#|"])
def test_tags_of_a_notebook_are_the_options_that_quarto_takes_them_for(read, mark, options, name, value):
    found = read(f"```{{python}}\n#| {options}\n1\n```".replace("#| ", mark))
    assert found.problems == []
    assert found.chapter.cells[0].options.get(name) == value
