"""Put new output in the place of the old in one step, so that a failed render leaves what was there."""

import errno
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from experiments.tables.errors import UserError
from report.rendering.exchange import exchange

_MOUNTED = (errno.EBUSY, errno.EXDEV)


class OutputError(UserError):
    """The folder that the output is to replace holds something else."""


@contextmanager
def replacing(output: Path, keep: Iterable[Path] = ()) -> Iterator[Path]:
    """A folder beside `output` to write to, which takes its place if nothing fails.

    It begins with copies of what is to be kept: files of `output`, or all of it.
    """
    fresh, old, gone = _names(output, ".new", ".old", ".gone")
    _return(old, output)
    _refuse_foreign(output)
    for left_over in (fresh, gone):
        shutil.rmtree(left_over, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
        for path in keep:
            copy = fresh / path.relative_to(output)
            if path.is_dir():
                shutil.copytree(path, copy, dirs_exist_ok=True)
            elif path.is_file():
                shutil.copy2(path, copy)
        yield fresh
        try:
            exchange(fresh, output, old)
        except OSError as error:
            if error.errno not in _MOUNTED:
                raise
            shutil.copytree(output, gone)
            gone.rename(old)
            _move(fresh, output)
    except BaseException:
        _return(old, output)
        raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        _remove(old, gone)


@contextmanager
def keeping(output: Path) -> Iterator[None]:
    """Put `output` back as it was if what follows fails: Quarto deletes pages and PDF before it makes new ones."""
    kept, copy, gone = _names(output, ".kept", ".new", ".gone")
    _return(kept, output)
    _refuse_foreign(output)
    if output.is_dir():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(output, copy)
        copy.rename(kept)
    try:
        yield
    except BaseException:
        _return(kept, output)
        raise
    finally:
        _remove(kept, gone)


def _names(output: Path, *ends: str) -> list[Path]:
    return [output.with_name(output.name + end) for end in ends]


def _return(old: Path, output: Path) -> None:
    """Put the old output back where it was moved or copied to `old`: the new one may not be whole."""
    if old.is_dir():
        _move(old, output)


def _remove(old: Path, gone: Path) -> None:
    """Delete the old output. It goes by another name then, since half of it must not be taken for all of it."""
    shutil.rmtree(gone, ignore_errors=True)
    if old.is_dir():
        old.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def _move(source: Path, target: Path) -> None:
    """Move a folder to a place that is free or is to be replaced.

    A folder that is mounted (a volume of a container) can be neither moved nor deleted: what is in it is.
    """
    if target.exists():
        _empty(target)
    try:
        source.rename(target)
    except OSError as error:
        if error.errno not in _MOUNTED:
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
