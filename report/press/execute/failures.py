"""What went wrong in a kernel, told in the chapter's terms: file, line, cell, error."""

import re
from collections.abc import Sequence

from experiments.tables.errors import UserError, printable
from report.press.markdown import strip_ansi
from report.press.source.blocks import Cell, Inline

_CELL_LINE = re.compile(r"Cell In\[\d+\],? line (?P<line>\d+)")
# The kernel's name for a cell's code, in syntax errors; the line in front says it better.
_CELL_FILE = re.compile(r"\s*\((?:<[^>]*>|\d+\.py), line \d+\)$")
_FILE_LINE = re.compile(r"File (?P<file>\S+\.py):(?P<line>\d+)")


class ExecutionError(UserError):
    """One or more chapters could not be executed; the message has a line for each."""


def describe(part: Cell | Inline) -> str:
    """The cell or expression, as the author would look for it."""
    if isinstance(part, Inline):
        return f"inline `{{python}} {printable(part.expression, 60)}`"
    return f"cell '{part.label}'" if part.label else "cell without a label"


def cell_failed(
    part: Cell | Inline, name: str, value: str, traceback: Sequence[str], put_before: int = 0
) -> ExecutionError:
    """An exception in a cell. The line in front is the one that failed, the cell's own line follows.

    `put_before` lines ran ahead of the cell's own code.
    """
    text = strip_ansi("\n".join(traceback))
    message = f"{name}: {printable(' '.join(_CELL_FILE.sub('', strip_ansi(value)).split()), 400)}"
    if isinstance(part, Inline):
        return ExecutionError(f"{part.place}: {describe(part)}: {message}")
    failing = _CELL_LINE.search(text)
    line = part.code_line + int(failing["line"]) - 1 - put_before if failing else part.code_line
    files = _FILE_LINE.findall(text)
    deeper = f" (raised at {files[-1][0].rpartition('/')[2]}:{files[-1][1]})" if files else ""
    return ExecutionError(
        f"{part.place.file}:{line}: {describe(part)} (begins at line {part.place.line}) failed: {message}{deeper}"
    )


def cell_timed_out(part: Cell | Inline, seconds: float) -> ExecutionError:
    """A cell that did not end in time."""
    return ExecutionError(
        f"{part.place}: {describe(part)} was still running after {seconds:g} s; "
        "a chapter reads frozen tables and computes nothing long, or allow more with --timeout"
    )


def kernel_died(part: Cell | Inline) -> ExecutionError:
    """A kernel that ended by itself, for lack of memory for example."""
    return ExecutionError(f"{part.place}: the kernel died in {describe(part)} (killed, or out of memory)")


def kernel_never_ready(file: str, error: RuntimeError) -> ExecutionError:
    """A kernel that ended, or said nothing, before the first cell."""
    return ExecutionError(f"{file}: no kernel could be started ({printable(str(error), 200)}); why stands above")
