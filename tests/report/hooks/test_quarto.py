"""With Quarto itself: only chapters that read what changed run again, and nothing runs when nothing changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import report.hooks
from report.rendering.project import Project
from tests.report.quarto import quarto_render

pytestmark = pytest.mark.skipif(shutil.which("quarto") is None, reason="quarto is not on the PATH")

CONFIG = """
project:
  type: book
  output-dir: _site
  execute-dir: project
  pre-render: report/hooks/pre_render.py
  post-render: report/hooks/post_render.py
metadata-files: [_ledger/version.yml]
book: {title: Book, chapters: [index.qmd, report/counting.qmd, report/prose.qmd]}
execute: {freeze: auto, echo: false}
format: {html: {theme: none}}
"""


@pytest.fixture
def fresh(project) -> Project:
    """The book as a clone has it: never run, never rendered, with the hooks."""
    for folder in ("_ledger", "printed", "report/figures"):
        shutil.rmtree(project.root / folder)
    hooks = Path(report.hooks.__file__).parent
    (project.root / "report" / "hooks").mkdir()
    for name in ("pre_render.py", "post_render.py"):
        shutil.copy(hooks / name, project.root / "report" / "hooks" / name)
    (project.root / "_quarto.yml").write_text(CONFIG)
    return project


def render(root: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QUARTO_PYTHON": sys.executable}
    return quarto_render(root, environment=environment)


def runs(root: Path) -> dict[str, int]:
    """When each chapter's cells ran last, as a number that grows."""
    return {path.stem: path.stat().st_mtime_ns for path in (root / "_ledger" / "quarto").iterdir()}


def test_quarto_runs_what_changed_and_nothing_else(fresh, rewrite_counts):
    root = fresh.root
    first = render(root)
    assert first.returncode == 0, first.stderr
    page = root / "_site" / "report" / "counting.html"
    assert ">3</span>" in page.read_text()
    assert (root / "_site" / "facts.json").is_file()
    after_first = runs(root)
    assert set(after_first) == {"index", "counting"}

    again = render(root)
    assert again.returncode == 0, again.stderr
    assert runs(root) == after_first

    rewrite_counts(4_000)
    changed = render(root)
    assert changed.returncode == 0, changed.stderr
    assert "counting runs again: table counting/counts changed" in changed.stdout + changed.stderr
    assert runs(root)["index"] == after_first["index"]
    assert runs(root)["counting"] > after_first["counting"]
    assert ">4,000<" in page.read_text()

    after_changed = runs(root)
    (root / "report" / "_part.qmd").write_text("Included, and now another text.\n")
    included = render(root)
    assert included.returncode == 0, included.stderr
    assert "index runs again: include report/_part.qmd changed" in included.stdout + included.stderr
    assert runs(root)["index"] > after_changed["index"]
    assert runs(root)["counting"] == after_changed["counting"]
    assert "and now another text" in (root / "_site" / "index.html").read_text()

    table = root / "experiments" / "frozen" / "counting" / "counts.csv"
    table.write_text(table.read_text().replace("4000", "5000"))
    tampered = render(root)
    assert tampered.returncode == 1
    assert "row model=phi, part=mlp, column parameters" in tampered.stdout + tampered.stderr
