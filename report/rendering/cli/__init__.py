"""The `report` command: new, render, check, accept, audit, serve, publish, diff, archive.

`report render` that has nothing to do is over before the reader of arguments or a renderer could have been imported,
and `report check` needs no reader of arguments.
"""

import os
import signal
import sys
from collections.abc import Sequence

from experiments.tables.outcome import exit_code
from report.rendering.cli.render import tell_if_current
from report.rendering.locate import find_root

# To look for plugins takes pydantic longer than all models of a check; there is none for ours.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0, 1 for an error in the project, 2 for wrong usage, 130 for Ctrl-C."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    # A terminating signal ends a render like Ctrl-C does: kernels are killed, the previous output stays.
    signal.signal(signal.SIGTERM, _interrupt)
    return exit_code(lambda: _run(arguments), "the previous output is as it was")


def _run(arguments: list[str]) -> int:
    if arguments == ["render"] and tell_if_current(find_root()):
        return 0
    if arguments == ["check"]:
        from report.rendering.cli.check import run

        return run()
    from report.rendering.cli.app import read_arguments

    return read_arguments(arguments)()


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
