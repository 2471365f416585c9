"""Pandoc attributes, `{#id .class key="value"}`: read them, and refuse what only Quarto could honour."""

import re
from dataclasses import dataclass, field

from report.press.source import subset
from report.press.source.problems import Place, Problem

_TOKEN = re.compile(
    r"""\s*(?:\#(?P<id>[^\s}]+)|\.(?P<class>[^\s}]+)|(?P<dash>-)(?=\s|$)"""
    r"""|(?P<key>[\w:.-]+)=(?P<value>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s"'}]*)|=(?P<raw>\w+))"""
)

_COUNT = re.compile(r"[1-9]\d?")
# The numbers that an attribute takes, and an example.
_NUMBERS = {
    "layout-ncol": (_COUNT, "2"),
    "layout-nrow": (_COUNT, "2"),
    "tbl-colwidths": (re.compile(r"auto|\[?\s*\d+(\.\d+)?\s*(,\s*\d+(\.\d+)?\s*)*\]?"), "[60, 40]"),
}
_OWN = ("panel-tabset", *(f"column-{name}" for name in subset.COLUMNS))


@dataclass
class Attributes:
    """One `{…}` group; `raw` is the format of a raw block or span, `{=html}`."""

    identifier: str = ""
    classes: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    raw: str | None = None


def parse_attributes(text: str) -> Attributes | None:
    """The attributes between the braces, or None if it is not a list of attributes (then Pandoc shows it as text)."""
    found = Attributes()
    position = 0
    while position < len(text.rstrip()):
        token = _TOKEN.match(text, position)
        if token is None:
            return None
        position = token.end()
        if token["id"]:
            found.identifier = token["id"]
        elif token["class"]:
            found.classes.append(token["class"])
        elif token["dash"]:
            found.classes.append("unnumbered")
        elif token["raw"]:
            found.raw = token["raw"]
        else:
            found.values[token["key"]] = token["value"].strip("\"'")
    return found


def check_attributes(found: Attributes, place: Place, problems: list[Problem]) -> None:
    """Refuse, at `place`, classes, keys and identifiers with a meaning in Quarto that the press lacks."""
    for name in found.classes:
        _check_class(name, place, problems)
    for key, value in found.values.items():
        if key in subset.ATTRIBUTES:
            _check_value(key, value, place, problems)
        elif key in subset.REFUSED_ATTRIBUTES or key.startswith(subset.REFUSED_ATTRIBUTE_PREFIXES):
            problems.append(
                Problem(place, f"attribute '{key}' is not supported by the embedded renderer", "leave it out")
            )
        elif key in subset.CONDITIONS and value not in subset.CONDITION_FORMATS:
            formats = ", ".join(subset.CONDITION_FORMATS)
            problems.append(
                Problem(
                    place,
                    f"{key}='{value}' is not supported by the embedded renderer",
                    f"formats: {formats}",
                )
            )
    if found.raw is not None and found.raw not in subset.RAW_FORMATS:
        formats = ", ".join(f"{{={name}}}" for name in subset.RAW_FORMATS)
        problems.append(
            Problem(place, f"raw {{={found.raw}}} is not supported by the embedded renderer", f"supported: {formats}")
        )
    check_reference_type(found.identifier, place, problems)


def _check_value(key: str, value: str, place: Place, problems: list[Problem]) -> None:
    known = subset.ATTRIBUTES[key]
    if known is not None and value not in known:
        what = f"{key}='{value}' is not supported by the embedded renderer"
        problems.append(Problem(place, what, f"values: {', '.join(known)}"))
    elif known is None and not _NUMBERS[key][0].fullmatch(value):
        problems.append(Problem(place, f"{key}='{value}' cannot be read", f"write {key}='{_NUMBERS[key][1]}'"))


def _check_class(name: str, place: Place, problems: list[Problem]) -> None:
    if name.startswith("callout-"):
        if name.removeprefix("callout-") not in subset.CALLOUTS:
            known = ", ".join(f"callout-{kind}" for kind in subset.CALLOUTS)
            problems.append(Problem(place, f"unknown callout '.{name}'", f"supported: {known}"))
    elif name not in _OWN and (name in subset.REFUSED_CLASSES or name.startswith(subset.REFUSED_CLASS_PREFIXES)):
        problems.append(
            Problem(
                place,
                f"'.{name}' is not supported by the embedded renderer",
                "supported: callouts, .panel-tabset, .column-page, conditional content",
            )
        )


def check_reference_type(identifier: str, place: Place, problems: list[Problem]) -> None:
    """Refuse an identifier or reference whose prefix makes it a kind that the press cannot number."""
    kind = identifier.partition("-")[0]
    if "-" in identifier and kind in subset.REFUSED_REFERENCE_TYPES:
        known = ", ".join(f"{name}-" for name in subset.REFERENCE_TYPES)
        problems.append(
            Problem(
                place,
                f"cross-reference '{identifier}' is not supported by the embedded renderer",
                f"supported: {known}",
            )
        )
