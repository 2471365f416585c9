"""Typst source from Python values."""

import re
from collections.abc import Callable

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_MARKS = re.compile(r"_|[^\w\s\"']", re.ASCII)
_BACKSLASH = r"\\\g<0>"


def string(text: str) -> str:
    """A Typst string literal for `text`."""
    return f'"{text.translate(_ESCAPES)}"'


def markup(text: str) -> str:
    """Typst content for plain text, in which only quotation marks are set by the language's custom."""
    return f"[{_MARKS.sub(_BACKSLASH, text)}]"


def array(items: list[str] | tuple[str, ...]) -> str:
    """A Typst array of string literals; the trailing comma keeps an array of one an array."""
    return "(" + "".join(f"{string(item)}, " for item in items) + ")"


def optional(text: str | None, form: Callable[[str], str] = string) -> str:
    """`text` in a form, or `none`."""
    return "none" if text is None else form(text)
