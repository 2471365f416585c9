"""Shows how far a study is: a bar on a terminal, a plain line now and then elsewhere. Always on standard error."""

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

T = TypeVar("T")
SECONDS_BETWEEN_LINES = 5.0


def show_progress(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """Pass the items on, showing how many are done, how many a second, and the time left.

    `total` is taken from the items where they have a length; without it there is no time left to tell.
    """
    total = len(items) if total is None and isinstance(items, Sized) else total
    return _bar(items, what, total) if sys.stderr.isatty() else _lines(items, what, total)


def _bar(items: Iterable[T], what: str, total: int | None) -> Iterator[T]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class RateColumn(TextColumn):
        def render(self, task) -> Text:
            return Text(_rate(task.speed) if task.speed else "", style="progress.data.speed")

    shown = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(""),
        TimeRemainingColumn(),
    )
    with Progress(*shown, console=Console(stderr=True), transient=True) as progress:
        yield from progress.track(items, total=total, description=what)


def _lines(items: Iterable[T], what: str, total: int | None) -> Iterator[T]:
    begun = last = time.monotonic()
    for done, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if now - last > SECONDS_BETWEEN_LINES:
            last, rate = now, done / (now - begun)
            left = "" if total is None else f", {format_duration((total - done) / rate)} left"
            of = "" if total is None else f" of {total}"
            print(f"{what}: {done}{of}, {_rate(rate)}{left}", file=sys.stderr, flush=True)


def _rate(per_second: float) -> str:
    return f"{per_second:.1f}/s" if per_second >= 1 else f"{1 / per_second:.1f} s each"


def format_duration(seconds: float) -> str:
    """A time as people read it: "9 s", "2 min 05 s", "3 h 07 min"."""
    hours, rest = divmod(round(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
