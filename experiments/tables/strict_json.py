"""JSON read strictly: UTF-8, one object, no key twice, no NaN; each fault is one line with its place."""

import json
import re

from experiments.tables.errors import TableError, printable


def json_object(data: bytes, where: str) -> dict:
    """The object in `data`. Raises TableError with line and column where there is none."""

    def once(pairs: list[tuple[str, object]]) -> dict:
        found: dict[str, object] = {}
        for key, value in pairs:
            if key in found:
                raise TableError(f"the key {printable(key)} stands twice in one object", where)
            found[key] = value
        return found

    def refuse(constant: str) -> None:
        raise TableError(f"{constant} is no JSON", where)

    if data.startswith(b"\xef\xbb\xbf"):
        raise TableError("starts with a byte-order mark", where, "save it as UTF-8 without one")
    try:
        found = json.loads(data.decode(), object_pairs_hook=once, parse_constant=refuse)
    except json.JSONDecodeError as error:
        cut = " (cut off?)" if error.pos >= len(error.doc.rstrip()) else ""
        raise TableError(f"not JSON{cut}: {error.msg}", f"{where}:{error.lineno}:{error.colno}") from None
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise TableError(f"not JSON: {printable(str(error))}", where) from None
    if not isinstance(found, dict):
        raise TableError("the file holds no JSON object", where)
    return found


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
    """`:LINE` of the first of the keys that stands in a text that is JSON, in its outermost object before those inside;
    "" where none does."""
    for lines in (key_lines(text), key_lines(text, nested=True)):
        for key in keys:
            if key in lines:  # of a key that stands twice in the outermost object the last one counts
                return f":{lines[key][-1]}"
    return ""
