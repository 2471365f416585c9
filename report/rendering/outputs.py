"""Put new output in the place of the old in one step, so that a failed render leaves what was there."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from experiments.tables.errors import UserError


class OutputError(UserError):
    """The folder that the output is to replace holds something else."""


@contextmanager
def replacing(output: Path, keep: bool) -> Iterator[Path]:
    """A folder beside `output` to write to, which takes its place if nothing fails. `keep`: it begins as a copy."""
    fresh = output.with_name(output.name + ".new")
    old = output.with_name(output.name + ".old")
    if old.is_dir() and not _holds_something(output):  # a render was killed in the moment between the two
        _move(old, output)
    _refuse_foreign(output)
    for left_over in (fresh, old):
        shutil.rmtree(left_over, ignore_errors=True)
    moved = False
    try:
        if keep and output.is_dir():
            shutil.copytree(output, fresh)
        else:
            fresh.mkdir(parents=True)
        yield fresh
        if output.is_dir():
            _move(output, old)
            moved = True
        _move(fresh, output)
    except BaseException:
        if moved:
            _move(old, output)
        raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def keeping(output: Path) -> Iterator[None]:
    """Put `output` back as it was if what follows fails: Quarto deletes pages and PDF before it makes new ones."""
    kept = output.with_name(output.name + ".kept")
    if kept.is_dir():  # of a render that was killed
        _move(kept, output)
    _refuse_foreign(output)
    if output.is_dir():
        copy = output.with_name(output.name + ".new")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(output, copy)
        copy.rename(kept)
    try:
        yield
    except BaseException:
        if kept.is_dir():
            _move(kept, output)
        raise
    finally:
        shutil.rmtree(kept, ignore_errors=True)


def _move(source: Path, target: Path) -> None:
    """Move a folder to a place that is free or is to be replaced.

    A folder that is mounted (a volume of a container) can be neither moved nor deleted: what is in it is.
    """
    if target.exists():
        _empty(target)
    try:
        source.rename(target)
    except OSError as error:
        if error.errno not in (errno.EBUSY, errno.EXDEV):
            raise
        shutil.copytree(source, target, dirs_exist_ok=True)
        _empty(source)


def _empty(folder: Path) -> None:
    """Delete what is in the folder, and the folder where that can be."""
    shutil.rmtree(folder, ignore_errors=True)
    if _holds_something(folder):
        raise OutputError(f"{folder}: cannot be emptied; close what uses it, or set another output-dir")


def _holds_something(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _refuse_foreign(output: Path) -> None:
    """Refuse to delete what no render has made: a slip in `output-dir` may name anything."""
    if not output.exists():
        return
    rendered = output.is_dir() and ((output / "index.html").exists() or any(output.glob("*.pdf")))
    if not rendered and not (output.is_dir() and not any(output.iterdir())):
        raise OutputError(f"{output} holds something else than a rendered report; empty it or set another output-dir")
