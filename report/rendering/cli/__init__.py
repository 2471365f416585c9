"""The `report` command: new, render, check, audit, serve, publish, diff, archive.

`report render` that has nothing to do is over before the reader of arguments or a renderer could have been imported.
"""

import os
import signal
import sys
from collections.abc import Sequence

from experiments.tables.errors import UserError
from report.rendering.cli.render import tell_if_current
from report.rendering.locate import find_root
from report.rendering.unwritable import unwritable


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0, 1 for an error in the project, 2 for wrong usage, 130 for Ctrl-C."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    # A terminating signal ends a render like Ctrl-C does: kernels are killed, the previous output stays.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        if arguments == ["render"] and tell_if_current(find_root()):
            return 0
        from report.rendering.cli.app import read_arguments

        return read_arguments(arguments)()
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
