"""What the arguments of `report` ask for. Each command imports what it needs when it runs."""

import os
import shlex
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from experiments.tables.usage import run_arguments
from report.rendering import FORMATS
from report.rendering.locate import find_root
from report.rendering.request import Request

Action = Callable[[], int]


class EngineName(StrEnum):
    """Who renders: Quarto >= 1.9 if there, else the embedded renderer (press); or one of the two."""

    AUTO = "auto"
    QUARTO = "quarto"
    PRESS = "press"


class Start(StrEnum):
    """What a new project begins with."""

    BLANK = "blank"
    ASSIGNMENT = "assignment"


def _formats(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if not set(names) <= set(FORMATS):
        raise typer.BadParameter(f"{text!r}: formats are html and pdf")
    return names


Engine = Annotated[EngineName, typer.Option(help="auto: Quarto >= 1.9 if there, else the embedded renderer (press)")]
Formats = Annotated[
    tuple | None, typer.Option(parser=_formats, metavar="html,pdf", help="formats (default: both; one chapter: html)")
]
PreviewFormats = Annotated[
    tuple | None,
    typer.Option(parser=_formats, metavar="html,pdf", help="formats (default: html; the PDF once a browser asks)"),
]
Jobs = Annotated[int, typer.Option(min=1, help="chapters run at the same time")]
Timeout = Annotated[int, typer.Option(min=1, help="seconds for one cell")]


def read_arguments(arguments: Sequence[str]) -> Action:
    """What to do, for `main` to run. Prints help or what is wrong, and raises SystemExit (2 for wrong usage)."""
    chosen: list[Action] = []
    app = typer.Typer(
        help="Begin, render and check a report that is made from frozen tables.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.command()
    def render(
        chapters: Annotated[list[str] | None, typer.Argument(help="only these pages, such as 'parameters'")] = None,
        engine: Engine = EngineName.AUTO,
        to: Formats = None,
        jobs: Jobs = 2,
        timeout: Timeout = 600,
    ) -> None:
        """Render the report to _site (HTML pages and a PDF)."""
        from report.rendering.cli.render import run

        formats = to or (("html",) if chapters else FORMATS)
        chosen.append(partial(run, Request(engine, formats, tuple(chapters or ()), jobs, timeout)))

    @app.command()
    def check(
        json: Annotated[bool, typer.Option("--json", help="everything that was found, as JSON")] = False,
        sarif: Annotated[
            Path | None, typer.Option(metavar="FILE", help="also write the findings as SARIF, for code hosts")
        ] = None,
        since: Annotated[
            str | None, typer.Option(metavar="REV", help="also list the claims that came out another way since then")
        ] = None,
    ) -> None:
        """List every problem of chapters, tables and rendered pages; runs nothing but what --since compares."""
        from report.rendering.cli.check import run

        chosen.append(partial(run, as_json=json, sarif_file=sarif, since=since))

    @app.command()
    def accept() -> None:
        """Let every place show the columns that it showed in the last render, which `report check` then expects."""
        chosen.append(_accept)

    @app.command()
    def audit(
        studies: Annotated[list[str] | None, typer.Argument(help="only these published studies")] = None,
        csv: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE", help="a table of figures instead: columns figure, value, unit, n, …; needs no project"
            ),
        ] = None,
        json: Annotated[bool, typer.Option("--json", help="findings and verdicts as JSON")] = False,
        documents_dir: Annotated[
            Path | None,
            typer.Option(
                metavar="DIR", help="documents to look figures up in (else COLOPHON_DOCUMENTS_DIR, documents/)"
            ),
        ] = None,
    ) -> None:
        """Check published figures, and test the claims made of them; renders nothing."""
        from report.rendering.cli.audit import run

        chosen.append(partial(run, tuple(studies or ()), csv, as_json=json, documents_dir=documents_dir))

    @app.command()
    def serve(
        port: Annotated[int, typer.Option(min=0, max=65535, help="port on 127.0.0.1; 0: any free one")] = 4848,
        engine: Engine = EngineName.AUTO,
        to: PreviewFormats = None,
        jobs: Jobs = 2,
        timeout: Timeout = 600,
    ) -> None:
        """Render, show at a local address, render again on every change."""
        from report.rendering.cli.serve import run

        chosen.append(partial(run, Request(engine, to or ("html",), (), jobs, timeout), port))

    @app.command()
    def publish(
        to: Annotated[
            str,
            typer.Option(
                help="gh-pages: that branch of origin, or here without one; a remote or its address; or a folder"
            ),
        ] = "gh-pages",
        version: Annotated[
            str | None, typer.Option(help="name of the version (default: that of its tag v…, else its commit)")
        ] = None,
        prune: Annotated[int | None, typer.Option(min=1, help="keep so many of the newest versions")] = None,
    ) -> None:
        """Publish what was rendered last, beside the versions that are published already."""
        chosen.append(partial(_publish, to, version, prune))

    @app.command()
    def diff(
        old: Annotated[
            str,
            typer.Argument(
                help="a revision, a rendered site, a published version (gh-pages:v/1.0.0), an archive or a project",
            ),
        ],
        new: Annotated[str | None, typer.Argument(help="likewise (default: the project now)")] = None,
        json: Annotated[bool, typer.Option("--json", help="everything that changed, as JSON")] = False,
        to: Annotated[Path | None, typer.Option(metavar="FILE", help="also write it as a page (HTML)")] = None,
        render: Annotated[
            bool, typer.Option("--render", help="render revisions, to compare their pages too (minutes)")
        ] = False,
        engine: Engine = EngineName.AUTO,
        everything: Annotated[bool, typer.Option("--all", help="print every change, not the first few")] = False,
        exit_code: Annotated[bool, typer.Option("--exit-code", help="end with 3 where anything changed")] = False,
    ) -> None:
        """Tell what changed between two states of the report, and whether it matters."""
        from report.rendering.cli.diff import run

        chosen.append(
            partial(
                run,
                old,
                new,
                as_json=json,
                to=to,
                engine=engine.value if render else None,
                everything=everything,
                exit_code=exit_code,
            )
        )

    @app.command()
    def archive(
        to: Annotated[Path | None, typer.Option(metavar="FILE", help="the zip (default: in dist/)")] = None,
    ) -> None:
        """Write one zip for an archive such as Zenodo: the rendered report, and all that it is made from."""
        chosen.append(partial(_archive, to))

    @app.command()
    def new(
        folder: Annotated[Path, typer.Argument(metavar="DIR", help="a folder that is new or empty")],
        start: Annotated[
            Start,
            typer.Option(
                "--from", help="blank: chapters alone; assignment: also text to fill in, and an example study"
            ),
        ] = Start.BLANK,
        title: Annotated[str | None, typer.Option(help="title of the report (default: the folder's name)")] = None,
    ) -> None:
        """Write a project for a report of your own."""
        chosen.append(partial(_write_new, folder, start, title))

    code = run_arguments(app, "report", arguments)
    if not chosen:
        raise SystemExit(code)
    return chosen[0]


def _accept() -> int:
    """Take the columns that the last render showed, refused or not, for those that are meant. Raises UserError."""
    from report.checking.columns import FILE, accept

    number = accept(find_root())
    print(f"accepted: {FILE}, with the columns of {number:,} places; commit it")
    return 0


def _publish(to: str, version: str | None, prune: int | None) -> int:
    """Publish, and say what was done. Raises UserError."""
    from report.publishing.publish import publish

    print(publish(find_root(), to, version, prune))
    return 0


def _archive(target: Path | None) -> int:
    """Write the archive, and say where it lies. Raises UserError."""
    from report.publishing.archive import archive

    root = find_root()
    written = archive(root, None if target is None else target.expanduser().absolute())
    print(f"archived: {written.relative_to(root) if written.is_relative_to(root) else written}")
    return 0


def _write_new(folder: Path, start: str, title: str | None) -> int:
    """Write the project and say what comes next. Raises UserError."""
    from report.rendering.new import write_project

    root = write_project(folder, start, title)
    here = os.path.relpath(root)
    print(f"wrote {here}: README.md says how to go on")
    if here != ".":
        print(f"next: cd {shlex.quote(here)}")
    return 0
