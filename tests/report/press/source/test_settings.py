"""What `_quarto.yml` asks for that the press would leave undone is refused, at its line."""

import pytest

from report.press.source import subset
from report.press.source.chapter import examine_book
from report.press.source.settings import settings_problems
from report.rendering.project import load_project
from report.rendering.stamp import PACKAGES


@pytest.fixture
def problems(write_book):
    """`problems(settings)`: what is wrong with a book whose `_quarto.yml` goes on with these lines."""

    def find(settings: str = "", old: str = "", new: str = "") -> list[str]:
        root = write_book({"report/one.qmd": "# One\n"})
        path = root / "_quarto.yml"
        text = path.read_text()
        assert old in text
        path.write_text("# The book\n" + text.replace(old, new) + settings)
        return [str(problem) for problem in examine_book(load_project(root))[1]]

    return find


@pytest.mark.parametrize("key", sorted(subset.REFUSED_SETTINGS))
def test_keys_that_only_quarto_heeds(problems, key):
    (problem,) = problems(f"{key}: true\n")
    line, _, what = problem.partition(": ")
    assert int(line.removeprefix("_quarto.yml:")) > 10
    assert what == f"'{key}' is not supported by the embedded renderer; only Quarto would heed it"


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ("format: {docx: default}", "'format: docx' is not supported by the embedded renderer; it writes HTML"),
        ("format: docx", "'format: docx' is not supported by the embedded renderer; it writes HTML"),
        (
            "format:\n  colophon-html:\n    theme: cosmo",
            "'format: colophon-html: theme' is not supported by the embedded renderer",
        ),
        ("lang: de", "lang: 'de' is not supported by the embedded renderer; it names figures in English"),
        ("lang: [en]", "is not supported by the embedded renderer; it names figures in English"),
        ("format: {colophon-html: default, typst: default}", None),
        ("lang: en-GB", None),
        ("own: {key: value}", None),
    ],
)
def test_formats_and_language(problems, settings, what):
    found = problems(settings + "\n")
    assert len(found) == (what is not None)
    assert what is None or what in found[0]


def test_the_line_is_that_of_the_key(problems):
    (problem,) = problems(old="  output-dir:", new="  render: [a.qmd]\n  output-dir:")
    path, line, _ = problem.split(":", 2)
    assert (path, "'project: render' is not supported by the embedded renderer") == (
        "_quarto.yml",
        problem.split(": ", 1)[1].split(";")[0],
    )
    (moved,) = problems("more: 1\n", old="  output-dir:", new="\n\n  render: [a.qmd]\n  output-dir:")
    assert int(moved.split(":")[1]) == int(line) + 2


def test_a_script_that_the_press_would_not_run(problems):
    (problem,) = problems(old="  output-dir:", new="  pre-render: mine.py\n  output-dir:")
    assert "'project: pre-render' is not supported by the embedded renderer; it runs no script" in problem
    assert problems(old="  output-dir:", new="  pre-render: report/hooks/pre_render.py\n  output-dir:") == []


def test_an_option_that_no_cell_has(problems):
    assert problems(old="  echo: false", new="  echo: false\n  freeze: auto") == []
    (problem,) = problems(old="  echo: false", new="  echo: false\n  results: hide")
    assert "execute option 'results' is not supported by the embedded renderer" in problem


def test_the_report_of_this_repository_asks_for_nothing_more():
    assert settings_problems(load_project(PACKAGES)) == []


@pytest.mark.parametrize(
    ("entry", "count"),
    [("part: P\n    chapters: [notes.md]", 1), ("notes.md", 1), ("note.ipynb", 1), ("sub/one.qmd", 2)],
)
def test_chapters_that_only_quarto_takes(problems, tmp_path, entry, count):
    (tmp_path / "book" / "sub").mkdir(parents=True)
    for name in ("notes.md", "sub/one.qmd"):
        (tmp_path / "book" / name).write_text("# Other\n")
    (tmp_path / "book" / "note.ipynb").write_text('{"cells": []}')
    found = problems(old="  - index.qmd\n", new=f"  - index.qmd\n  - {entry}\n")
    assert len(found) == count
    assert all("the embedded renderer" in problem for problem in found)
