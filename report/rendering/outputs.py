"""Put new output in the place of the old in one step, so that a failed render leaves what was there."""

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
    if old.is_dir() and not output.exists():  # a render was killed in the moment between the two
        old.rename(output)
    _refuse_foreign(output)
    for left_over in (fresh, old):
        shutil.rmtree(left_over, ignore_errors=True)
    try:
        if keep and output.is_dir():
            shutil.copytree(output, fresh)
        else:
            fresh.mkdir(parents=True)
        yield fresh
        if output.is_dir():
            output.rename(old)
        fresh.rename(output)
    except BaseException:
        if not output.exists() and old.is_dir():
            old.rename(output)
        raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def keeping(output: Path) -> Iterator[None]:
    """Put `output` back as it was if what follows fails: Quarto deletes pages and PDF before it makes new ones."""
    kept = output.with_name(output.name + ".kept")
    if kept.is_dir():  # of a render that was killed
        shutil.rmtree(output, ignore_errors=True)
        kept.rename(output)
    _refuse_foreign(output)
    if output.is_dir():
        shutil.copytree(output, kept)
    try:
        yield
    except BaseException:
        if kept.is_dir():
            shutil.rmtree(output, ignore_errors=True)
            kept.rename(output)
        raise
    finally:
        shutil.rmtree(kept, ignore_errors=True)


def _refuse_foreign(output: Path) -> None:
    """Refuse to delete what no render has made: a slip in `output-dir` may name anything."""
    if not output.exists():
        return
    rendered = output.is_dir() and ((output / "index.html").exists() or any(output.glob("*.pdf")))
    if not rendered and not (output.is_dir() and not any(output.iterdir())):
        raise OutputError(f"{output} holds something else than a rendered report; empty it or set another output-dir")
