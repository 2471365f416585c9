"""Markdown that the chapter may trust, and sentences whose gaps are filled with shown values."""

import re
from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any

from analysis.facts.errors import FactError
from analysis.facts.escape import markdown
from analysis.facts.fact import Fact
from analysis.facts.formatting import closed_up
from analysis.facts.values import Value

_SPAN = re.compile(r"\[([^\[\]]*)\]\{[^{}]*\}")
_MARK = re.compile(r"\[\^\w\^\]\{\.kind-mark\}")


class Markdown(str):
    """Pandoc markdown of shown values or written by the chapter; prints itself unescaped as an inline expression."""

    def _repr_markdown_(self) -> str:
        return str(self)


def fill(
    template: str, values: Mapping[str, Any], show: Callable[[Value, str | None], object], *, escaped: bool = True
) -> Markdown:
    """`template` with `{name}` or `{name:spec}` replaced by values shown through `show`.

    A `Fact` or `Markdown` goes in as it is, a plain string is escaped; with `escaped=False` they give their bare text.
    Raises FactError for a bare number, which comes from no table, and for a gap without a value.
    """
    gaps = {name: _Gap(name, value, show, escaped) for name, value in values.items()}
    try:
        return Markdown(closed_up(template).format_map(gaps))
    except KeyError as error:
        raise FactError(f"the sentence {template!r} has no value for {{{error.args[0]}}}") from None
    except (ValueError, IndexError, AttributeError) as error:
        raise FactError(f"the sentence {template!r} cannot be filled: {error}") from None


def gaps_of(template: str) -> frozenset[str]:
    """The names of the gaps of a template. Raises FactError for braces that do not close."""
    try:
        return frozenset(name for _, name, _, _ in Formatter().parse(closed_up(template)) if name)
    except ValueError as error:
        raise FactError(f"the sentence {template!r} cannot be filled: {error}") from None


def without_spans(text: str) -> str:
    """Markdown without the spans of the facts and claims in it, and without the marks of kinds."""
    text, found = _MARK.sub("", text), 1
    while found:
        text, found = _SPAN.subn(r"\1", text)
    return text


class _Gap:
    def __init__(self, name: str, value: object, show: Callable[[Value, str | None], object], escaped: bool) -> None:
        self._name, self._value, self._show, self._escaped = name, value, show, escaped

    def __format__(self, spec: str) -> str:
        match self._value:
            case Value():
                return str(self._show(self._value, spec or None))
            case Fact():
                return str(self._value) if self._escaped else self._value.text
            case Markdown():
                return str(self._value) if self._escaped else without_spans(self._value)
            case str():
                return markdown(self._value) if self._escaped else self._value
        raise FactError(f"{{{self._name}}} is a bare {type(self._value).__name__}; show a value from a table")
