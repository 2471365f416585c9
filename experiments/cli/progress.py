"""Shows how far a study is: a bar on a terminal, a plain line now and then elsewhere. Always on standard error."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
SECONDS_BETWEEN_LINES = 5.0


def show_progress(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """Pass the items on, showing how many are done; `total` is taken from the items where they have a length."""
    total = total if total is not None else getattr(items, "__len__", lambda: None)()
    return _bar(items, what, total) if sys.stderr.isatty() else _lines(items, what, total)


def _bar(items: Iterable[T], what: str, total: int | None) -> Iterator[T]:
    from rich.console import Console
    from rich.progress import track

    return iter(track(items, what, total=total, console=Console(stderr=True), transient=True))


def _lines(items: Iterable[T], what: str, total: int | None) -> Iterator[T]:
    last = time.monotonic()
    for done, item in enumerate(items, start=1):
        yield item
        if time.monotonic() - last > SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            print(f"{what}: {done}{f' of {total}' if total is not None else ''}", file=sys.stderr, flush=True)
