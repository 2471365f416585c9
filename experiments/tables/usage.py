"""What a command line says that was typed wrongly: one line, like any other error."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from experiments.tables.errors import printable

if TYPE_CHECKING:
    import typer


def run_arguments(app: "typer.Typer", name: str, arguments: Sequence[str]) -> int:
    """Run what the arguments ask `app` for, which goes by `name`; returns the exit code, 2 for wrong usage.

    Wrong usage is told in one line, with the help to look at.
    """
    import typer

    wrong_usage = typer.BadParameter.__base__  # typer has no public name for it
    try:
        return app(arguments, prog_name=name, standalone_mode=False) or 0
    except wrong_usage as error:
        # A command without arguments shows its help, and there is nothing to add.
        if said := " ".join(error.format_message().split()).rstrip(".:"):
            command = error.ctx.command_path if error.ctx else " ".join((name, *arguments[:1]))
            print(f"error: {printable(said, 1000)}; see `{command} --help`", file=sys.stderr)
        return error.exit_code
    except typer.Abort:
        print("error: nothing was done; the question was not answered", file=sys.stderr)
        return 1
