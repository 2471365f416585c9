"""A small book with a table of each kind."""

from pathlib import Path

import pytest

from analysis.facts import View
from experiments.tables.read import read_table

COUNTS = [
    {"model": "llama", "part": "embedding", "parameters": 262_668_288},
    {"model": "llama", "part": "mlp", "parameters": 805_306_368},
    {"model": "phi", "part": "embedding", "parameters": 131_072_000},
    {"model": "phi", "part": "mlp", "parameters": 1_677_721_600},
]
SCORES = [
    {"figure": "before", "score": 0.33, "low": 0.325, "high": 0.335},
    {"figure": "after", "score": 0.85, "low": 0.845, "high": 0.855},
    {"figure": "absent", "score": None, "low": None, "high": None},
]


@pytest.fixture
def book(tmp_path: Path, write_table, monkeypatch) -> Path:
    """The root of a project with the chapter `report/story.qmd`; the current folder of the test."""
    (tmp_path / "_quarto.yml").write_text("project:\n  type: book\n")
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "story.qmd").write_text(
        "# Story\n\n```{python}\nfrom analysis.facts import open_chapter\n```\n\n{{< include _part.qmd >}}\n"
    )
    (tmp_path / "report" / "_part.qmd").write_text("Included.\n")
    frozen = tmp_path / "experiments" / "frozen"
    parameters = {"type": "integer", "unit": "parameter"}
    columns = {"model": "string", "part": "string", "parameters": parameters}
    write_table(frozen, "counting/counts", "computed", ["model", "part"], columns, COUNTS)
    number = {"type": "number", "nullable": True, "decimals": 3}
    columns = {"figure": "string", "score": number, "low": number, "high": number}
    write_table(frozen, "published/scores", "reported", ["figure"], columns, SCORES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLOPHON_FROZEN", raising=False)
    monkeypatch.delenv("COLOPHON_ENGINE", raising=False)
    return tmp_path


@pytest.fixture
def counts(book: Path) -> View:
    return View(read_table("counting/counts"))


@pytest.fixture
def scores(book: Path) -> View:
    return View(read_table("published/scores"))
