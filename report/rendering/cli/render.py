"""`report render`: at once if nothing changed, else a render with its progress."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from report.rendering import FORMATS, stamp
from report.rendering.locate import find_root, quarto_in_reach

if TYPE_CHECKING:
    from report.rendering.request import Request


def run(request: "Request") -> int:
    """Render and say where the output lies. Raises UserError."""
    root = find_root()
    # What a profile adds, only Quarto knows.
    if request.chapters and not os.environ.get("QUARTO_PROFILE"):
        _refuse_unknown(root, request.chapters)
    if not tell_if_current(root, request.engine, request.formats):
        _say_where(root, render(root, request), request.formats)
    return 0


def tell_if_current(root: Path, engine: str = "auto", formats: Sequence[str] = FORMATS) -> bool:
    """Whether the last complete render stands for this one; says so, and where it is."""
    output = stamp.is_current(root, engine, quarto_in_reach(), formats)
    if output is None:
        return False
    print("nothing has changed since the last render")
    _say_where(root, output, formats)
    return True


def _refuse_unknown(root: Path, chapters: Sequence[str]) -> None:
    from report.rendering.project import load_project

    project = load_project(root)
    for name in chapters:
        project.chapter(name)


def render(root: Path, request: "Request") -> Path:
    """Render in any case; returns the output folder."""
    from report.rendering.cli.progress import progress
    from report.rendering.render import render as render_report

    with progress() as listener:
        return render_report(root, request, listener)


def _say_where(root: Path, output: Path, formats: Sequence[str]) -> None:
    shown = output.relative_to(root) if output.is_relative_to(root) else output
    if "html" in formats:
        print(f"pages: {shown / 'index.html'}")
    if "pdf" in formats:
        for file in sorted(output.glob("*.pdf")):
            print(f"PDF:   {shown / file.name}")
