"""Progress of a render: a live line for each chapter that runs on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from report.press.execute.run import Event
from report.press.render import Listener
from report.press.source.blocks import Chapter

if TYPE_CHECKING:
    from rich.console import Console


@contextmanager
def progress() -> Iterator[Listener]:
    """A listener that prints to standard output while the context lasts."""
    if not sys.stdout.isatty():
        yield _PlainLines()
        return
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    live = _LiveStatus(console)
    try:
        yield live
    finally:
        live.status.stop()


class _PlainLines:
    def say(self, line: str) -> None:
        print(line, flush=True)

    def chapter(self, chapter: Chapter, event: Event) -> None:
        word = {"runs": "running", "done": "ran", "cached": "unchanged:"}[event]
        print(f"{word} {chapter.ref.stem}", flush=True)


class _LiveStatus:
    """Lines stay above, the chapters that run at the moment stand in the moving line below them.

    That line begins with the first chapter: Quarto runs its own, and writes to the terminal itself.
    """

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._running: list[str] = []
        self.status = console.status("")

    def say(self, line: str) -> None:
        self._console.print(line)
        self.status.update(line)

    def chapter(self, chapter: Chapter, event: Event) -> None:
        stem = chapter.ref.stem
        if event == "runs":
            self._running.append(stem)
        else:
            self._running = [name for name in self._running if name != stem]
            self._console.print(f"{'unchanged:' if event == 'cached' else 'ran'} {stem}")
        self.status.update(f"running {', '.join(self._running)}" if self._running else "weaving")
        self.status.start()
