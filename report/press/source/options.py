"""The `#|` options of a code cell."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from report.press.source import subset
from report.press.source.lines import Line
from report.press.source.problems import Place, Problem
from report.rendering.settings import SettingsError, parse_yaml

# As Quarto reads it; formatters write `# |`.
_OPTION = re.compile(r"^#\s*\|\s?(.*)$")
_KEY = re.compile(r"^#\s*\|\s?([\w-]+)\s*:")
# Captions that mean nothing in a cell whose label begins so.
_ELSEWHERE = {"tbl": ("fig-cap", "fig-subcap"), "fig": ("tbl-cap", "tbl-subcap")}


def split_options(lines: Sequence[Line], problems: list[Problem]) -> tuple[dict[str, Any], list[Line]]:
    """The options at the top of a cell and the lines of code below them; what is wrong goes to `problems`."""
    count = next((index for index, line in enumerate(lines) if not _OPTION.match(line.text)), len(lines))
    head, code = lines[:count], list(lines[count:])
    while code and not code[0].text.strip():
        del code[0]
    for line in code:
        if _KEY.match(line.text):
            problems.append(Problem(line.place, "'#|' below the first line of code", "options come first in a cell"))
    if not head:
        return {}, code
    place = head[0].place
    text = "\n".join(_OPTION.match(line.text)[1] for line in head)
    try:
        options = parse_yaml(text, place.file, place.line)
    except SettingsError as error:
        location, _, reason = str(error).partition(": ")
        line = int(location.rpartition(":")[2])
        problems.append(Problem(Place(place.file, line), reason, "write '#| key: value'"))
        return {}, code
    lines_of = {match[1]: line.place for line in head if (match := _KEY.match(line.text))}
    for key, value in options.items():
        _check(key, value, lines_of.get(str(key), place), problems)
    problems += [Problem(lines_of.get(key, place), what, remedy) for key, what, remedy in _misplaced(options)]
    return {**_of_tags(options.get("tags")), **options}, code


def _of_tags(tags: object) -> dict[str, bool]:
    """What tags of a notebook's cell stand for; an option that is written out has the last word."""
    found = {}
    for tag in tags if isinstance(tags, list) else ():
        found |= subset.TAGS.get(tag, {}) if isinstance(tag, str) else {}
    return found


def _misplaced(options: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Captions that would be lost: each option, what is wrong with it, and what would mend it."""
    label = options.get("label")
    kind, dash, _ = label.partition("-") if isinstance(label, str) else ("", "", "")
    if dash and kind in _ELSEWHERE:
        noun = subset.REFERENCE_TYPES[kind]
        for key in _ELSEWHERE[kind]:
            if key in options:
                right = f"{kind}-{key.partition('-')[2]}"
                yield key, f"'{key}' is no caption of the {noun} '{label}' and would be lost", f"write '{right}'"
        if isinstance(options.get(f"{kind}-cap"), list):
            what = f"'{kind}-cap' of the numbered {noun} '{label}' is one text"
            yield f"{kind}-cap", what, f"give its parts theirs as '{kind}-subcap'"
        return
    for kind in _ELSEWHERE:
        if f"{kind}-subcap" in options:
            yield f"{kind}-subcap", f"'{kind}-subcap' needs a label that begins with '{kind}-'", "name the cell so"


def check_defaults(options: Mapping[str, Any], place: Place, problems: list[Problem]) -> None:
    """Check the `execute:` defaults of a chapter's front matter."""
    for key, value in options.items():
        if key not in subset.EXECUTE_DEFAULTS:
            known = ", ".join(subset.EXECUTE_DEFAULTS)
            problems.append(
                Problem(
                    place, f"execute option '{key}' is not supported by the embedded renderer", f"supported: {known}"
                )
            )
        else:
            _check(key, value, place, problems)


def check_page_defaults(metadata: Mapping[str, Any], line_of: Callable[[str], Place], problems: list[Problem]) -> None:
    """Check the options that front matter or `_quarto.yml` sets for all cells."""
    for key in subset.PAGE_DEFAULTS:
        if key in metadata:
            _check(key, metadata[key], line_of(key), problems)


def _check(key: str, value: object, place: Place, problems: list[Problem]) -> None:
    option = subset.CELL_OPTIONS.get(key)
    if option is None:
        known = ", ".join(subset.CELL_OPTIONS)
        problems.append(
            Problem(place, f"cell option '{key}' is not supported by the embedded renderer", f"supported: {known}")
        )
    elif isinstance(option.values, subset.Form):
        if not option.values.fits(value):
            form = option.values.name.replace("`", "")
            problems.append(Problem(place, f"cell option '{key}' must be {form}, not {_spell(value)}"))
    elif not any(type(value) is type(known) and value == known for known in option.values):
        known = ", ".join(_spell(allowed) for allowed in option.values)
        problems.append(
            Problem(
                place,
                f"cell option '{key}: {_spell(value)}' is not supported by the embedded renderer",
                f"values: {known}",
            )
        )


def _spell(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
