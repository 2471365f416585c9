"""Put new output in the place of the old in one step, so that a failed render leaves what was there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(output: Path, keep: bool) -> Iterator[Path]:
    """A folder beside `output` to write to, which takes its place if nothing fails. `keep`: it begins as a copy."""
    fresh = output.with_name(output.name + ".new")
    old = output.with_name(output.name + ".old")
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
