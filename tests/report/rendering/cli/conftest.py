"""A small report with a frozen table, and the command run in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from report.rendering.cli import main
from report.rendering.stamp import PACKAGES

READS_A_TABLE = """\
# Reading {#sec-reading}

```{python}
#| label: open
from analysis.facts import open_chapter

page = open_chapter("reading")
row = page.table("study/sizes").at(name="a")
```

The size is `{python} page.show(row["size"])`; see @sec-plain.
"""

PLAIN = """\
# Plain {#sec-plain}

```{python}
print("forty-two")
```

See @sec-reading.
"""


class Report:
    """A project to render; `run` is the command, and gives exit code, standard output and standard error."""

    def __init__(self, root: Path, freeze: Callable[[int], None], run: Callable[..., tuple[int, str, str]]) -> None:
        self.root = root
        self.site = root / "_site"
        self.freeze = freeze
        self.run = run

    def page(self, name: str) -> str:
        return (self.site / "report" / f"{name}.html").read_text(encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        path = self.root / "report" / f"{name}.qmd"
        path.write_text(path.read_text().replace(old, new))


@pytest.fixture
def report(write_book, write_table, monkeypatch, capsys) -> Report:
    """Chapters `reading` (reads the table study/sizes, where a has size 1) and `plain`, without Quarto on the PATH."""
    root = write_book({"report/reading.qmd": READS_A_TABLE, "report/plain.qmd": PLAIN})
    (root / "_extensions").symlink_to(PACKAGES / "_extensions")
    monkeypatch.chdir(root)
    monkeypatch.setenv("QUARTO_PATH", str(root / "no-quarto"))

    def freeze(size: int) -> None:
        columns = {"name": "string", "size": "integer"}
        rows = [{"name": "a", "size": size}]
        write_table(root / "experiments" / "frozen", "study/sizes", "computed", ["name"], columns, rows)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        return (code, *capsys.readouterr())

    freeze(1)
    return Report(root, freeze, run)
