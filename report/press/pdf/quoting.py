"""Typst source from Python values."""

from __future__ import annotations

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def string(text: str) -> str:
    """A Typst string literal for `text`."""
    return f'"{text.translate(_ESCAPES)}"'


def array(items: list[str] | tuple[str, ...]) -> str:
    """A Typst array of string literals; the trailing comma keeps an array of one an array."""
    return "(" + "".join(f"{string(item)}, " for item in items) + ")"


def label(identifier: str) -> str:
    """A label to attach to an element, whatever characters the identifier holds."""
    return f"#label({string(identifier)})"


def optional(text: str | None) -> str:
    """A string literal, or `none`."""
    return "none" if text is None else string(text)
