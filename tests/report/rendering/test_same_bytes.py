"""The same commit gives the same bytes, pages and PDF: in another folder, time zone and locale."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from report.rendering.stamp import PACKAGES
from tests.files import files
from tests.report.publishing.conftest import git
from tests.report.quarto import prepare_for_quarto

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on the PATH")

# What could carry a clock, a folder, an address in memory or the order of a set into the report.
CHAPTER = """# Reading {#sec-reading}

```{python}
#| label: open
import matplotlib.pyplot as plt
import pandas as pd
from analysis.facts import open_chapter

page = open_chapter("reading")
row = page.table("study/sizes").at(name="a")
```

The size is `{python} page.show(row["size"])` of `{python} ", ".join({"one", "two", "three", "four"})`.

::: {.unchecked reason="drawn by hand, to see that its bytes stay"}

```{python}
#| label: fig-drawn
#| fig-cap: "Drawn."
import time
figure, axes = plt.subplots(figsize=(2, 1))
axes.plot([1, 2], label=time.strftime("%H %Z", time.localtime(1_700_000_000)))
axes.legend()
plt.show()
```

```{python}
pd.DataFrame({"a": [1]}).style
```

:::
"""


def command(*arguments: str, root: Path, **surroundings: str) -> None:
    start = [sys.executable, "-c", "from report.rendering.cli import main; raise SystemExit(main())"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COLOPHON_", "SOURCE_"))}
    environment = {**kept, "PYTHONPATH": str(PACKAGES), **surroundings}
    done = subprocess.run([*start, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def render(root: Path, engine: str, **surroundings: str) -> dict[str, bytes]:
    command("render", "--engine", engine, root=root, **surroundings)
    return files(root / "_site")


QUARTO = pytest.mark.skipif(shutil.which("quarto") is None, reason="Quarto is not on the PATH")


@pytest.mark.parametrize("engine", ["press", pytest.param("quarto", marks=QUARTO)])
def test_the_same_commit_gives_the_same_bytes_elsewhere_and_its_archive_the_same_tables(
    write_book, write_table, tmp_path: Path, engine: str
):
    root = write_book({"report/reading.qmd": CHAPTER})
    prepare_for_quarto(root)
    columns, rows = {"name": "string", "size": "integer"}, [{"name": "a", "size": 1}]
    write_table(root / "experiments" / "frozen", "study/sizes", "computed", ["name"], columns, rows)
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "all", "--date", "2024-02-29T12:00:00Z")
    elsewhere = tmp_path / "an other" / "Ordner ü"
    git(tmp_path, "clone", "--quiet", str(root), str(elsewhere))
    here = render(root, engine, TZ="Asia/Kolkata", LC_ALL="C.UTF-8", PYTHONHASHSEED="1")
    there = render(
        elsewhere, engine, TZ="America/Los_Angeles", LC_ALL="C", LANG="C", PYTHONHASHSEED="2", HOME=str(tmp_path)
    )
    assert {name for name in here.keys() | there.keys() if here.get(name) != there.get(name)} == set()
    assert {"index.html", "report/reading.html", "report.pdf", "version.json"} <= set(here)
    assert b'"modified": false' in here["version.json"]

    command("archive", "--to", str(tmp_path / "archive.zip"), root=elsewhere)
    with zipfile.ZipFile(tmp_path / "archive.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    shutil.rmtree(unpacked / "_site")
    again = render(unpacked, engine)
    builds = [json.loads(found["version.json"])["build"] for found in (here, again)]
    assert builds[0]["tables"] == builds[1]["tables"]
    assert again.keys() == here.keys()
