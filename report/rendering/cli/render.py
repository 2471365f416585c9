"""`report render`: at once if nothing changed, else a render with its progress."""

import argparse
from pathlib import Path

from report.rendering import FORMATS, stamp
from report.rendering.locate import find_root, quarto_in_reach


def run(options: argparse.Namespace) -> int:
    """Render and say where the output lies. Raises UserError."""
    root = find_root()
    formats = options.to or (FORMATS if not options.chapters else ("html",))
    if options.chapters:
        _refuse_unknown(root, options.chapters)
    output = stamp.is_current(root, options.engine, quarto_in_reach(), formats)
    if output is not None:
        print("nothing has changed since the last render")
    else:
        output = render(root, options, formats)
    _say_where(root, output, formats)
    return 0


def _refuse_unknown(root: Path, chapters: list[str]) -> None:
    from report.rendering.project import load_project

    project = load_project(root)
    for name in chapters:
        project.chapter(name)


def render(root: Path, options: argparse.Namespace, formats: tuple[str, ...]) -> Path:
    """Render in any case; returns the output folder."""
    from report.rendering.cli.progress import progress
    from report.rendering.render import Request
    from report.rendering.render import render as render_report

    request = Request(options.engine, formats, tuple(options.chapters), options.jobs, options.timeout)
    with progress() as listener:
        return render_report(root, request, listener)


def _say_where(root: Path, output: Path, formats: tuple[str, ...]) -> None:
    shown = output.relative_to(root) if output.is_relative_to(root) else output
    if "html" in formats:
        print(f"pages: {shown / 'index.html'}")
    if "pdf" in formats:
        for file in sorted(output.glob("*.pdf")):
            print(f"PDF:   {shown / file.name}")
