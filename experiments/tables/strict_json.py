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


def key_lines(text: str) -> dict[str, list[int]]:
    """The lines on which each key of the outermost object stands, in a text that is JSON."""
    found: dict[str, list[int]] = {}
    depth, line, word = 0, 1, ("", 0)
    for token in _TOKEN.findall(text):
        if token == "\n":
            line += 1
        elif token in "[]{}":
            depth += 1 if token in "[{" else -1
        elif token != ":":
            word = (token, line)
        elif depth == 1:
            found.setdefault(json.loads(word[0], strict=False), []).append(word[1])
    return found


def named_line(text: str, problem: str) -> str:
    """`:LINE` of what a problem names in a text that is JSON: of the first key of the outermost object, else of the
    first word that stands anywhere in quotes; "" where it names neither."""
    lines, words = key_lines(text), re.findall(r"\w+", problem)
    if key := next((word for word in words if word in lines), None):
        return f":{lines[key][-1]}"
    quoted = (text.find(json.dumps(word)) for word in words)
    return next((f":{text.count(chr(10), 0, at) + 1}" for at in quoted if at >= 0), "")
