"""Inline expressions: where they are found, and where backticks only show code."""

import pytest


@pytest.mark.parametrize(
    ("text", "expressions"),
    [
        ("A value `{python} x + 1` here.", ["x + 1"]),
        ("`{python} a` and `{python} b`", ["a", "b"]),
        ("`{python}\tx`", ["x"]),
        ("| a | `{python} x` |\n|---|---|\n| 1 | 2 |", ["x"]),
        ("## Heading with `{python} x`", ["x"]),
        ("Showing `{{python}} x`", []),
        ("`python x` and `{python}x`", []),
        ("<!-- `{python} x` -->", []),
    ],
)
def test_expressions_are_found_where_quarto_finds_them(read, text, expressions):
    found = read(text)
    assert found.expressions == expressions
    assert not found.problems


@pytest.mark.parametrize("text", ["`` `{python} x` ``", "\\`{python} x`", "```\n`{python} x`\n```"])
def test_expressions_that_quarto_would_run_inside_code_are_refused(read, text):
    assert any("would run in Quarto" in problem for problem in read(text).problems)


def test_escaped_expressions_are_shown_without_their_escape(read):
    found = read("Write `{{python}} x` for it.")
    assert "Write `{python} x` for it." in found.markdown
    assert not found.problems


def test_expression_that_is_no_python_is_a_problem_at_its_line(read):
    assert read("Fine.\n\nValue `{python} 1 +` here.").problems == [
        "report/one.qmd:5: inline `{python} 1 +` is not a Python expression: invalid syntax"
    ]


def test_expression_over_several_lines_is_refused_as_quarto_shows_it_as_it_stands(read):
    assert read("Fine.\n\nA sum: `{python} f(1,\n2)`.").problems == [
        "report/one.qmd:5: an inline expression over several lines is not run by Quarto; write it on one line"
    ]


def test_other_languages_are_refused(read):
    assert read("`{r} x`").problems == [
        "report/one.qmd:3: inline '{r}' is not supported by the embedded renderer; supported: `{python} expression`"
    ]


def test_expressions_in_a_chapter_without_a_cell_need_the_engine_named(read, write_book):
    from report.press.source.chapter import examine_book
    from report.rendering.project import load_project

    for front, count in (("", 1), ("---\nengine: jupyter\n---\n\n", 0)):
        root = write_book({"report/one.qmd": f"{front}# One\n\n`{{python}} 1`\n"})
        _, problems = examine_book(load_project(root))
        assert len(problems) == count
