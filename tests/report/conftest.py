"""A book of three chapters that were just run: one reads counts, one reads scores, one has no cells."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from report.press.project import Project, load_project

CONFIG = """
project: {type: book, output-dir: _site}
metadata-files: [_ledger/version.yml]
book: {title: Book, chapters: [index.qmd, report/counting.qmd, report/prose.qmd]}
"""
INDEX = """# Welcome {.unnumbered}

```{python}
from analysis.facts import open_chapter
page = open_chapter("index")
scores = page.table("published/scores")
```

`{python} page.show(scores.rows[0]["score"])`

{{< include report/_part.qmd >}}
"""
COUNTING = """# Counting

```{python}
from analysis.facts import open_chapter
from analysis.figures.stacked import stacked_shares
page = open_chapter("counting")
counts = page.table("counting/counts")
drawn = stacked_shares(counts, bars="model", parts="part", amount="parameters", whole="parameters")
```

`{python} page.show(counts.highest("parameters")["parameters"])`

```{python}
#| output: asis
print(page.figure(drawn, label="fig-parts", caption="Parts."))
```
"""


def run_chapter(root: Path, text: str) -> str:
    """Run a chapter's cells and inline expressions in a fresh interpreter, as an engine does; what they print."""
    cells = [cell.split("```")[0] for cell in text.split("```{python}\n")[1:]]
    inline = [f"print({part.split('`')[0]})" for part in text.split("`{python} ")[1:]]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COLOPHON_")}
    command = [sys.executable, "-c", "\n".join([*cells, *inline])]
    return subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, text=True).stdout


def write_counts(write_table, root: Path, phi: int = 3) -> None:
    columns = {"model": "string", "part": "string", "parameters": "integer"}
    rows = [{"model": "llama", "part": "mlp", "parameters": 2}, {"model": "phi", "part": "mlp", "parameters": phi}]
    write_table(root / "experiments" / "frozen", "counting/counts", "computed", ["model", "part"], columns, rows)


@pytest.fixture(scope="session")
def executed(tmp_path_factory, write_table) -> Path:
    """The root of the book after its chapters ran, with what each printed in `printed/`. Tests get copies of it."""
    root = tmp_path_factory.mktemp("executed")
    for folder in ("report", "lockfiles", "_ledger", "printed"):
        (root / folder).mkdir()
    (root / "_quarto.yml").write_text(CONFIG)
    (root / "lockfiles" / "report.txt").write_text("numpy==2.4.6\n")
    (root / "index.qmd").write_text(INDEX)
    (root / "report" / "counting.qmd").write_text(COUNTING)
    (root / "report" / "prose.qmd").write_text("# Prose\n\nNothing is read here.\n")
    (root / "report" / "_part.qmd").write_text("Included.\n")
    (root / "_ledger" / "version.yml").write_text('{"version": "1"}')
    write_counts(write_table, root)
    write_table(
        root / "experiments" / "frozen",
        "published/scores",
        "reported",
        ["figure"],
        {"figure": "string", "score": "number"},
        [{"figure": "a", "score": 0.5}],
    )
    for chapter, text in {"index": INDEX, "counting": COUNTING, "prose": ""}.items():
        (root / "printed" / chapter).write_text(run_chapter(root, text) if text else "Nothing.")
    return root


@pytest.fixture
def project(executed: Path, tmp_path: Path, monkeypatch) -> Project:
    shutil.copytree(executed, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLOPHON_ENGINE", raising=False)
    monkeypatch.delenv("COLOPHON_FROZEN", raising=False)
    return load_project(tmp_path)


@pytest.fixture
def rewrite_counts(write_table, project):
    """A function that freezes the table of counts again, with another cell."""
    return lambda phi: write_counts(write_table, project.root, phi)
