"""Shortcodes: `{{< meta key >}}` and `{{< var key >}}` are replaced, others refused, escaped ones shown."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from report.press.source import subset
from report.press.source.problems import Place, Problem
from report.rendering.settings import lookup

SHORTCODE = re.compile(r"\{\{<(?:/\*)?\s*.*?\s*(?:\*/)?>\}\}")
_ESCAPED = re.compile(r"\{\{</\*(.*?)\*/>\}\}")
_CALL = re.compile(r"\{\{<\s*(?P<name>[\w-]+)\s*(?P<argument>.*?)\s*>\}\}")


def unescape(text: str) -> str:
    """`{{</* name */>}}` as the reader is to see it, `{{< name >}}`."""
    return _ESCAPED.sub(r"{{<\1>}}", text)


Resolve = Callable[[str, Place, list[Problem]], str]
"""Gives the text of a shortcode found at a place, or adds to the problems."""


def resolve_shortcode(
    metadata: Mapping[str, Any], variables: Mapping[str, Any], token: str, place: Place, problems: list[Problem]
) -> str:
    """The text that the shortcode stands for; what cannot be resolved goes to `problems`."""
    if _ESCAPED.fullmatch(token):
        # Markdown would take "{{<" for text anyway; only the marks of the escape go.
        return unescape(token).replace("<", r"\<")
    call = _CALL.fullmatch(token)
    name = call["name"] if call else token
    if name not in subset.SHORTCODES:
        known = ", ".join(subset.SHORTCODES)
        problems.append(
            Problem(place, f"shortcode '{name}' is not supported by the embedded renderer", f"supported: {known}")
        )
        return ""
    if name == "include":
        problems.append(Problem(place, "an include shortcode must stand alone on its line"))
        return ""
    key = call["argument"].strip("\"'")
    source = "_variables.yml" if name == "var" else "the front matter or _quarto.yml"
    try:
        value = lookup(variables if name == "var" else metadata, key)
    except KeyError:
        problems.append(Problem(place, f"shortcode '{name} {key}': {source} has no '{key}'"))
        return ""
    if isinstance(value, (Mapping, list)) or value is None:
        problems.append(Problem(place, f"shortcode '{name} {key}': '{key}' is not a single value"))
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def resolve_all(text: str, resolve: Resolve, place: Place, problems: list[Problem]) -> str:
    """`text`, such as a title, with its shortcodes resolved."""
    return SHORTCODE.sub(lambda match: resolve(match[0], place, problems), text)
