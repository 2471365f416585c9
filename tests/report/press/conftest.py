"""Small books to read and render."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml


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
