"""The `#|` options of a code cell."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from report.press.source import subset
from report.press.source.lines import Line
from report.press.source.problems import Place, Problem
from report.rendering.settings import SettingsError, parse_yaml

_OPTION = re.compile(r"^#\|\s?(.*)$")


def split_options(lines: Sequence[Line], problems: list[Problem]) -> tuple[dict[str, Any], list[Line]]:
    """The options at the top of a cell and the lines of code below them; what is wrong goes to `problems`."""
    count = next((index for index, line in enumerate(lines) if not _OPTION.match(line.text)), len(lines))
    head, code = lines[:count], list(lines[count:])
    while code and not code[0].text.strip():
        del code[0]
    for line in code:
        if _OPTION.match(line.text):
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
    lines_of = {match[1]: line.place for line in head if (match := re.match(r"#\|\s?([\w-]+)\s*:", line.text))}
    for key, value in options.items():
        _check(key, value, lines_of.get(str(key), place), problems)
    return options, code


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


def _check(key: str, value: object, place: Place, problems: list[Problem]) -> None:
    option = subset.CELL_OPTIONS.get(key)
    if option is None:
        known = ", ".join(subset.CELL_OPTIONS)
        problems.append(
            Problem(place, f"cell option '{key}' is not supported by the embedded renderer", f"supported: {known}")
        )
    elif option.values is None:
        if not isinstance(value, str):
            problems.append(Problem(place, f"cell option '{key}' must be text, not {_spell(value)}"))
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
