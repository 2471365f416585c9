"""Books to render with both engines, each in a temporary copy: the report itself, and the sample of all constructs."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.report.quarto import quarto_render

HERE = Path(__file__).parent
PROJECT = HERE.parents[2]
# What the report is made of: chapters and house style, and the packages, so that a copy is changed with its own code.
BOOKS = {"report": PROJECT, "sample": HERE / "sample"}
_FILES = ("_quarto.yml", "_environment", "pyproject.toml", "index.qmd")
_FOLDERS = ("report", "_extensions", "analysis", "experiments", "lockfiles")
_MADE = shutil.ignore_patterns("__pycache__")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Rendered:
    """A book as one engine rendered it, and what the engine said while it did."""

    root: Path
    said: str

    @property
    def site(self) -> Path:
        return self.root / "_site"


def chapters_of(root: Path) -> list[str]:
    """The pages of a book, in reading order."""
    book = yaml.safe_load((root / "_quarto.yml").read_text("utf-8"))["book"]
    return [name.replace(".qmd", ".html") for name in [*book["chapters"], *book.get("appendices", [])]]


def copy_report(root: Path) -> Path:
    """The report as a clone has it."""
    root.mkdir()
    for name in _FILES:
        shutil.copy(PROJECT / name, root / name)
    for name in _FOLDERS:
        shutil.copytree(PROJECT / name, root / name, ignore=_MADE)
    shutil.rmtree(root / "report" / "figures", ignore_errors=True)
    return root


def copy_sample(root: Path) -> Path:
    """The sample book in the report's house style."""
    shutil.copytree(HERE / "sample", root)
    shutil.copytree(PROJECT / "_extensions", root / "_extensions")
    shutil.copy(PROJECT / "report" / "references.csl", root / "report")
    (root / "experiments" / "frozen").mkdir(parents=True)
    return root


def environment(root: Path) -> dict[str, str]:
    """The activated environment, in which the packages are those of the copy."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COLOPHON_", "QUARTO_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    places = os.pathsep.join(filter(None, (str(root), kept.get("PYTHONPATH"))))
    return {**kept, "PATH": path, "VIRTUAL_ENV": sys.prefix, "PYTHONPATH": places}


def quarto(root: Path, *options: str) -> tuple[int, str]:
    """A bare `quarto render`, as a user types it in the activated environment: its exit status and all that it said."""
    done = quarto_render(root, *options, environment=environment(root))
    return done.returncode, _COLOURS.sub("", done.stdout + done.stderr)


RENDER = "import sys; from report.rendering.cli import main; sys.exit(main(['render', '--engine', sys.argv[1]]))"
PREVIEW = """
import sys
from report.rendering.cli.render import render
from report.rendering.locate import find_root
from report.rendering.request import Request
render(find_root(), Request(engine=sys.argv[1], strict=False))
"""


def report_render(root: Path, engine: str, *, strict: bool = True) -> tuple[int, str]:
    """`report render`, as the copy has it; unless `strict`, what no table is behind is told and no reason to stop."""
    done = subprocess.run(
        [sys.executable, "-c", RENDER if strict else PREVIEW, engine],
        cwd=root,
        env=environment(root),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    return done.returncode, _COLOURS.sub("", done.stdout + done.stderr)
