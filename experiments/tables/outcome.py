"""How a command ends: what stopped it is told in one line, and the exit code is 0, 1, or 130 for Ctrl-C.

Imports next to nothing: a render that has nothing to do imports it.
"""

import errno
import io
import os
import sys
from collections.abc import Callable

from experiments.tables.errors import UserError, printable

INTERRUPTED = 130
_REASONS = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def unwritable(error: OSError) -> str | None:
    """The line for an error of a disk, wherever a command happens to write; None for any other error.

    The disk is read-only, full, limited or broken, or takes no file of that name. Any other error is a fault of the
    program.
    """
    error = first_error(error)
    if error.errno == errno.ENAMETOOLONG:
        return f"{printable(os.path.basename(error.filename or 'a name'))}: {error.strerror}; choose a shorter one"
    if error.errno not in _REASONS:
        return None
    return f"{error.filename or 'the project, or the output'}: cannot be written: {error.strerror}"


def first_error(error: OSError) -> OSError:
    """The error itself; of those that `shutil` gathers while it copies a folder, and tells as texts, the first."""
    gathered = error.args[0] if error.errno is None and error.args else None
    if not isinstance(gathered, list) or not gathered:
        return error
    _, target, why = gathered[0]
    number = next((number for number in _REASONS if os.strerror(number) in str(why)), None)
    return OSError(number, os.strerror(number) if number else str(why), str(target))


def exit_code(work: Callable[[], int], interrupted: str) -> int:
    """Do the work, whose result is the exit code unless it is stopped; `interrupted` is what Ctrl-C leaves."""
    _print_anything()
    try:
        code = work()
        sys.stdout.flush()
        return code
    except UserError as error:
        lines = str(error).splitlines()
    except BrokenPipeError:  # whoever read our output has seen enough
        lines = []
    except OSError as error:
        line = unwritable(error)
        if line is None:
            raise
        lines = [line]
    except KeyboardInterrupt:
        print(f"error: interrupted; {interrupted}", file=sys.stderr)
        return INTERRUPTED
    try:
        sys.stdout.flush()
    except OSError:  # Python would complain again when it flushes at the exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    for line in lines:
        print(f"error: {line}", file=sys.stderr)
    return 1


def _print_anything() -> None:
    """Have what a stream's encoding lacks printed as an escape.

    A locale without the character is no error, and neither is a file whose name is no text.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
