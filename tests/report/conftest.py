"""Small books to read and render, and one of three chapters that were just run: of counts, of scores, of prose."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

from report.rendering.project import Project, load_project

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
def executed(tmp_path_factory, worker_id, write_table) -> Path:
    """The root of the book after its chapters ran, with what each printed in `printed/`. Tests get copies of it.

    It is made once for all workers: the first one that needs it runs the chapters, the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    root = (base if worker_id == "master" else base.parent) / "executed"
    with FileLock(root.with_suffix(".lock")):
        if not (root / "printed").is_dir():
            _write_executed(root, write_table)
            printed = {chapter: run_chapter(root, text) for chapter, text in (("index", INDEX), ("counting", COUNTING))}
            (root / "printed").mkdir()
            for chapter, text in {**printed, "prose": "Nothing."}.items():
                (root / "printed" / chapter).write_text(text)
    return root


def _write_executed(root: Path, write_table) -> None:
    for folder in ("report", "lockfiles", "_ledger"):
        (root / folder).mkdir(parents=True, exist_ok=True)
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


@pytest.fixture
def write_book(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a project and returns its root: `write_book({"report/a.qmd": "# A"}, lang="en")`.

    Every .qmd is a chapter, but for those with a name or folder like `_this`; other files are written as they are.
    Keywords are top-level keys of `_quarto.yml`. There is an unnumbered `index.qmd` unless the files have one.
    """

    def write(files: dict[str, str], **settings: object) -> Path:
        root = tmp_path / "book"
        files = {"index.qmd": "# Preface {.unnumbered}\n\nHello.\n", **files}
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        chapters = [
            name
            for name in files
            if name.endswith(".qmd") and not any(part.startswith("_") for part in Path(name).parts)
        ]
        config = {
            "project": {"type": "book", "output-dir": "_site", "execute-dir": "project"},
            "book": {"title": "A trial", "author": "A. Author", "output-file": "report", "chapters": chapters},
            "execute": {"echo": False},
            **settings,
        }
        (root / "_quarto.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        (root / "experiments" / "frozen").mkdir(parents=True, exist_ok=True)
        return root

    return write
