"""Progress of a render: a live line for each chapter that runs on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from report.rendering.request import Event, Listener

if TYPE_CHECKING:
    from rich.console import Console


@contextmanager
def progress(shown: Callable[[], None] = lambda: None) -> Iterator[Listener]:
    """A listener that prints to standard output while the context lasts, and calls `shown` once the output is there."""
    if not sys.stdout.isatty():
        yield _PlainLines(shown)
        return
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    live = _LiveStatus(console, shown)
    try:
        yield live
    finally:
        live.status.stop()


class _PlainLines(Listener):
    def __init__(self, shown: Callable[[], None]) -> None:
        self.shown = shown

    def say(self, line: str) -> None:
        print(line, flush=True)

    def chapter(self, name: str, event: Event) -> None:
        word = {"runs": "running", "done": "ran", "cached": "unchanged:"}[event]
        print(f"{word} {name}", flush=True)


class _LiveStatus(Listener):
    """Lines stay above, the chapters that run at the moment stand in the moving line below them.

    That line begins with the first chapter: Quarto runs its own, and writes to the terminal itself.
    """

    def __init__(self, console: "Console", shown: Callable[[], None]) -> None:
        self._console = console
        self.shown = shown
        self._running: list[str] = []
        self.status = console.status("")

    def say(self, line: str) -> None:
        self._console.print(line)
        self.status.update(line)

    def chapter(self, name: str, event: Event) -> None:
        if event == "runs":
            self._running.append(name)
        else:
            self._running = [each for each in self._running if each != name]
            self._console.print(f"{'unchanged:' if event == 'cached' else 'ran'} {name}")
        self.status.update(f"running {', '.join(self._running)}" if self._running else "assembling pages")
        self.status.start()
