"""With Quarto itself: only chapters that read what changed run again, and nothing runs when nothing changed."""

import json
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


def render(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QUARTO_PYTHON": sys.executable}
    return quarto_render(root, *options, environment=environment)


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


DRAFT = """
project: {output-dir: _draft}
book:
  chapters:
    - part: Drafts
      chapters: [drafts/costs.qmd, {file: drafts/notes.md}]
    - part: drafts/shares.ipynb
  appendices: [drafts/counting.qmd]
"""


def chapter(name: str, title: str) -> str:
    return f"""# {title}

```{{python}}
from analysis.facts import open_chapter
page = open_chapter("{name}")
counts = page.table("counting/counts")
```

`{{python}} page.show(counts.highest("parameters")["parameters"])`
"""


def notebook(name: str) -> str:
    cells = [
        {
            "cell_type": "raw",
            "metadata": {},
            "source": ["---\n", "title: Shares\n", "execute: {enabled: true}\n", "---"],
        },
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": [
                "#| output: asis\n",
                "from analysis.facts import open_chapter\n",
                f'page = open_chapter("{name}")\n',
                'print(page.say("{n}", n=page.table("counting/counts").highest("parameters")["parameters"]))',
            ],
        },
    ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def test_what_a_profile_adds_is_tracked_and_checked_wherever_the_pages_go(fresh, rewrite_counts):
    root = fresh.root
    (root / "_quarto-draft.yml").write_text(DRAFT)
    (root / "drafts").mkdir()
    (root / "drafts" / "costs.qmd").write_text(chapter("drafts/costs", "Costs"))
    (root / "drafts" / "counting.qmd").write_text(chapter("drafts/counting", "Counting again"))
    (root / "drafts" / "notes.md").write_text("# Notes\n\nNothing is counted here.\n")
    (root / "drafts" / "shares.ipynb").write_text(notebook("drafts/shares"))
    first = render(root, "--profile", "draft")
    assert first.returncode == 0, first.stderr
    listed = json.loads((root / "_draft" / "facts.json").read_text())
    assert set(listed["chapters"]) == {"index", "counting", "drafts/costs", "drafts/counting", "drafts/shares"}
    assert not (root / "_site").exists()

    rewrite_counts(4_000)
    again = render(root, "--profile", "draft", "--output-dir", "elsewhere")
    assert again.returncode == 0, again.stderr
    for page in ("report/counting", "drafts/costs", "drafts/shares", "drafts/counting"):
        assert "4000" in (root / "elsewhere" / f"{page}.html").read_text().replace(",", ""), page
    assert (root / "elsewhere" / "facts.json").is_file()

    # The same chapters without the profile: what they left behind does not stand in the way.
    plain = render(root)
    assert plain.returncode == 0, plain.stderr
    assert not (root / "_site" / "drafts").exists()


def test_a_chapter_that_opens_another_one_is_refused_with_its_line(fresh):
    root = fresh.root
    (root / "drafts").mkdir()
    (root / "drafts" / "counting.qmd").write_text(chapter("counting", "Counting again"))
    (root / "_quarto-draft.yml").write_text("book: {chapters: [drafts/counting.qmd]}\n")
    done = render(root, "--profile", "draft")
    assert done.returncode == 1
    assert 'error: drafts/counting.qmd:5: open_chapter("counting") opens another chapter' in done.stderr
    assert 'write open_chapter("drafts/counting")' in done.stderr


def test_a_page_made_with_another_value_than_its_log_is_refused(fresh):
    """A stored output that Quarto does not run, from another day."""
    root = fresh.root
    stale = notebook("report/shares").replace('"outputs": []', OLD).replace("enabled: true", "enabled: false")
    (root / "report" / "shares.ipynb").write_text(stale)
    (root / "_quarto-draft.yml").write_text("book: {chapters: [report/shares.ipynb]}\n")
    done = render(root, "--profile", "draft")
    assert done.returncode == 1
    assert "report/shares.html: shows '2' as fact report/shares-1, which no log lists" in done.stderr


OLD = '"outputs": [{"name": "stdout", "output_type": "stream", "text": ["[2]{.fact data-fact=\\"report/shares-1\\"}"]}]'


def test_a_value_that_is_no_value_is_named_with_file_and_line(fresh):
    root = fresh.root
    page = root / "report" / "counting.qmd"
    page.write_text(page.read_text() + "\nThere are `{python} page.show(3)` of them.\n")
    done = render(root)
    assert done.returncode != 0
    line = len(page.read_text().splitlines())
    assert f"report/counting.qmd:{line}: `{{python}} page.show(3)`: 3 comes from no frozen table" in done.stderr
