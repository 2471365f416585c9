"""Where in the chapter an inline expression stands. Quarto tells of its exception no more than the message."""

import sys
from pathlib import Path
from types import FrameType

_chapter: tuple[Path, str] | None = None


def begin(source: Path, name: str) -> None:
    """Remember the chapter that this process runs, by its file and how to call it."""
    global _chapter
    _chapter = (source, name)


def place_of_expression() -> str:
    """`report/costs.qmd:12: ` while an inline expression is evaluated; empty in a cell, and outside of a kernel."""
    expression = _evaluated(sys._getframe())
    if expression is None or _chapter is None:
        return ""
    source, name = _chapter
    lines = source.read_text("utf-8", "replace").splitlines()
    written = f"`{{python}} {expression}`"
    line = next((number for number, text in enumerate(lines, 1) if written in text), None)
    return f"{name}:{line}: {written}: " if line else f"{name}: {written}: "


def _evaluated(frame: FrameType | None) -> str | None:
    """The expression that IPython evaluates for an inline expression."""
    while frame is not None:
        if frame.f_code.co_name == "user_expressions" and "expr" in frame.f_locals:
            return str(frame.f_locals["expr"]).strip()
        frame = frame.f_back
    return None
