"""JSON read strictly: UTF-8, no key twice, no NaN; each fault is one line with its place."""

import json
import re
from codecs import BOM_UTF8
from collections import Counter

from experiments.tables.errors import TableError, printable


def json_object(data: bytes, where: str, constants: bool = False) -> dict:
    """The object in `data`. Raises TableError with line and column where there is none."""
    found = json_value(data, where, constants=constants)
    if not isinstance(found, dict):
        raise TableError("the file holds no JSON object", where)
    return found


def json_value(
    data: bytes | str, where: str, twice: list[str] | None = None, constants: bool = False, line: int = 0
) -> object:
    """The value in `data`. Raises TableError with the place where there is none.

    A key that stands twice in one object is refused; with a list `twice` it is noted there, and the last one counts.
    With `constants` NaN and Infinity are numbers, as Python writes them. `line` is where `data` begins in its file, if
    it is not all of it.
    """
    noted: list[str] = [] if twice is None else twice

    def note_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            noted.extend(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return found

    def refuse(constant: str) -> None:
        raise TableError(f"{constant} is no JSON", where)

    if isinstance(data, bytes) and data.startswith(BOM_UTF8):
        raise TableError("starts with a byte-order mark", where, "save it as UTF-8 without one")
    file, where = where, f"{where}:{line}" if line else where
    try:
        text = data.decode() if isinstance(data, bytes) else data
        found = json.loads(text, object_pairs_hook=note_twice, parse_constant=None if constants else refuse)
    except json.JSONDecodeError as error:
        cut = " (cut off?)" if error.pos >= len(error.doc.rstrip()) else ""
        place = f"{file}:{(line or 1) + error.lineno - 1}:{error.colno}"
        raise TableError(f"not JSON{cut}: {error.msg}", place) from None
    except UnicodeDecodeError as error:
        raise TableError(f"not JSON: byte {error.start} is not UTF-8", where) from None
    except RecursionError:
        raise TableError("not JSON that can be read: nested too deeply", where) from None
    except ValueError:  # of a number of more than 4,300 digits
        raise TableError("not JSON that can be read: a number of thousands of digits", where) from None
    if twice is None and noted:
        raise _twice(noted, text, where)
    return found


def _twice(keys: list[str], text: str, where: str) -> TableError:
    """The first of the keys that the outermost object has twice, with its lines; else one of an object inside it."""
    for key, lines in key_lines(text).items():
        if len(lines) > 1:
            return TableError(f"the key {printable(key)} stands twice, first in line {lines[0]}", f"{where}:{lines[1]}")
    return TableError(f"the key {printable(keys[0])} stands twice in one object", where)


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[][{}:\n]')


def key_lines(text: str, nested: bool = False) -> dict[str, list[int]]:
    """The lines on which each key stands, in a text that is JSON: of the outermost object, or of those inside it."""
    found: dict[str, list[int]] = {}
    depth, line, word = 0, 1, ("", 0)
    for token in _TOKEN.findall(text):
        if token == "\n":
            line += 1
        elif token in "[]{}":
            depth += 1 if token in "[{" else -1
        elif token != ":":
            word = (token, line)
        elif (depth > 1) is nested:
            found.setdefault(json.loads(word[0], strict=False), []).append(word[1])
    return found


def line_of(text: str, *keys: str) -> str:
    """`:LINE` of the first of the keys that stands in a text that is JSON; "" where none does.

    It is looked for in the outermost object before those inside.
    """
    for lines in (key_lines(text), key_lines(text, nested=True)):
        for key in keys:
            if key in lines:  # of a key that stands twice in the outermost object the last one counts
                return f":{lines[key][-1]}"
    return ""
