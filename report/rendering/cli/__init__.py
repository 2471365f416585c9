"""The `report` command: render, check, serve.

Arguments are read with argparse, and commands import what they need when they run: a render that has nothing to do
must be over before a renderer could have been imported.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from experiments.tables.errors import UserError
from report.rendering.unwritable import unwritable

ENGINES = ("auto", "quarto", "press")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0, 1 for an error in the project, 2 for wrong usage, 130 for Ctrl-C."""
    options = _parser().parse_args(arguments)
    # A terminating signal ends a render like Ctrl-C does: kernels are killed, the previous output stays.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return options.run(options)
    except UserError as error:
        for line in str(error).splitlines():
            print(f"error: {line}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has seen enough. Python would complain again when it flushes at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        line = unwritable(error)
        if line is None:
            raise
        print(f"error: {line}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the previous output is as it was", file=sys.stderr)
        return 130


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="report", description="Render the report from its frozen tables.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    render = commands.add_parser("render", help="render the report to _site (HTML pages and a PDF)")
    render.add_argument("chapters", nargs="*", metavar="CHAPTER", help="only these pages, such as 'parameters'")
    _add_rendering_options(render)
    render.set_defaults(run=_render)

    check = commands.add_parser("check", help="list every problem of chapters and tables; runs nothing")
    check.set_defaults(run=_check)

    serve = commands.add_parser("serve", help="render, show at a local address, render again on every change")
    serve.add_argument("--port", type=_port, default=4848, help="port on 127.0.0.1 (default: 4848; 0: any free one)")
    _add_rendering_options(serve)
    serve.set_defaults(run=_serve, chapters=[])
    return parser


def _add_rendering_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default="auto",
        help="auto: Quarto >= 1.9 if there, else the embedded renderer (press)",
    )
    parser.add_argument("--to", type=_formats, metavar="html,pdf", help="formats (default: both; one chapter: html)")
    parser.add_argument("--jobs", type=_at_least_one, default=2, help="chapters run at the same time (default: 2)")
    parser.add_argument("--timeout", type=_at_least_one, default=600, help="seconds for one cell (default: 600)")


def _formats(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if not set(names) <= {"html", "pdf"}:
        raise argparse.ArgumentTypeError(f"{text!r}: formats are html and pdf")
    return names


def _at_least_one(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return int(text)


def _render(options: argparse.Namespace) -> int:
    from report.rendering.cli.render import run

    return run(options)


def _check(options: argparse.Namespace) -> int:
    from report.rendering.cli.check import run

    return run()


def _serve(options: argparse.Namespace) -> int:
    from report.rendering.cli.serve import run

    return run(options)
