"""Settings in YAML, read with the line of each key, so that what is wrong in them is told there."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import islice, zip_longest
from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError

from experiments.tables import safe_yaml
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import shown_path

Lines = dict[tuple[str | int, ...], int]
"""Of each key and item, by its path."""


class KeyFault(yaml.MarkedYAMLError):
    """A key that stands twice, or that is no word."""


def complaints(
    error: ValidationError, path: Path | str, lines: Lines, model: type[BaseModel] | None = None
) -> Iterator[str]:
    """What pydantic finds wrong, each with file (or as messages name it), line and key.

    Keys of the `model` that was read are offered in the place of one that it does not have.
    """
    where = path if isinstance(path, str) else shown_path(path)
    every = error.errors(include_url=False)
    schema = model.model_json_schema() if model else {}
    unknown = (_without_models(found["loc"], lines) for found in every if found["type"] == "extra_forbidden")
    instead = {place: _may_stand(place, schema, lines) for place in unknown}
    meant = {(*place[:-1], near[0]) for place, (near, _) in instead.items() if near}
    empty = set()
    for found in every:
        inside = [other for other in every if other["loc"][: len(found["loc"])] == found["loc"]]
        if found["type"] == "too_short" and len(inside) > 1:
            continue  # the items are there: they are what is wrong
        place = _without_models(found["loc"], lines)
        if found["type"] == "missing" and place in meant:
            continue  # it is there under another name
        known = next(place[:n] for n in range(len(place), -1, -1) if place[:n] in lines)
        is_empty = found["input"] is None and found["type"] not in ("extra_forbidden", "missing", "value_error")
        if is_empty and known in empty:
            continue  # whatever might stand there, it was told that nothing does
        message = found["msg"].removeprefix("Value error, ")
        if place in instead:
            near, keys = instead[place]
            more = f"; did you mean {near[0]}?" if near else f"; there may be {', '.join(keys)}" if keys else ""
            message = f"there is no such key{more}"
        elif is_empty:
            empty.add(known)
            message = "is empty; write what belongs there, or take it out"
        elif found["type"] in ("model_type", "model_attributes_type"):
            keys = f" with some of the keys {', '.join(sorted(_keys_at(place, schema)))}" if schema else ""
            message = f"must be a mapping{keys}"
            if isinstance(found["input"], str | int | float | bool):
                message += f", not {found['input']!r}"
        elif found["type"] != "missing" and isinstance(found["input"], str | int | float | bool):
            message += f", not {found['input']!r}"
        key = ".".join(map(str, place if found["type"] == "missing" else known)) or "study"
        yield f"{where}:{lines[known]}: {printable(key)}: {printable(message, 300)}"


def read_yaml(path: Path, where: str | None = None) -> tuple[dict, Lines]:
    """The content of a YAML file that holds a mapping, and the line of each key and item by its path.

    Raises UserError with file (as messages name it: `where`) and line for what is no such file.
    """
    where = where or shown_path(path)
    lines: Lines = {(): 1}
    try:
        text = safe_yaml.read_text(path)
        content, _ = safe_yaml.construct(text, lambda node: find_lines(node, lines))
    except OSError as error:
        raise UserError(f"{where}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{where}: byte {error.start} is not UTF-8") from None
    except KeyFault as error:
        raise UserError(f"{where}:{error.problem_mark.line + 1}: {error.problem}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        at = f"{where}:{mark.line + 1}:{mark.column + 1}" if mark else where
        raise UserError(f"{at}: not YAML: {printable(str(error.problem), 200)}") from None
    except yaml.YAMLError as error:
        raise UserError(f"{where}: not YAML: {printable(str(error), 200)}") from None
    if not isinstance(content, dict):
        raise UserError(f"{where}:1: the file must be a mapping of keys to values")
    return content, lines


def place_of(path: Path, written: str) -> str:
    """File and line of a settings file in which a text is written; the file alone where it is not found."""
    lines = path.read_text("utf-8").splitlines()
    found = (number for number, line in enumerate(lines, 1) if written in line.partition(" #")[0])
    return ":".join((shown_path(path), *map(str, islice(found, 1))))


def place_of_key(path: Path, *keys: str) -> str:
    """File and line of a key of a settings file, or of the innermost above it that there is."""
    _, lines = read_yaml(path)
    return f"{shown_path(path)}:{next(lines[keys[:n]] for n in range(len(keys), -1, -1) if keys[:n] in lines)}"


def find_lines(node: yaml.Node, lines: Lines, path: tuple[str | int, ...] = ()) -> None:
    """Add the line of each key and item below `node` to `lines`. Raises KeyFault for a key that stands twice.

    PyYAML would drop the first of the two without a word.
    """
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise KeyFault(problem="a key must be a word", problem_mark=key.start_mark)
            if key.value in seen:
                raise KeyFault(problem=f"the key {printable(key.value)} stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
            lines[*path, key.value] = key.start_mark.line + 1
            find_lines(value, lines, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[*path, index] = item.start_mark.line + 1
            find_lines(item, lines, (*path, index))


def _may_stand(place: tuple[str | int, ...], schema: Mapping, lines: Lines) -> tuple[list[str], list[str]]:
    """The nearest to a key that is none, of those that may stand in its place and are not there; and all of these."""
    keys = sorted(key for key in _keys_at(place[:-1], schema) if (*place[:-1], key) not in lines)
    return get_close_matches(str(place[-1]), keys, 1), keys


def _keys_at(place: tuple[str | int, ...], schema: Mapping) -> set[str]:
    """The keys that a JSON schema has at a place, in whichever of several models may stand there."""

    def each(node: object) -> Iterator[Mapping]:
        if isinstance(node, Mapping):
            yield node
            if "$ref" in node:
                yield from each(schema["$defs"][node["$ref"].rpartition("/")[2]])
            for way in ("anyOf", "oneOf", "allOf"):
                for part in node.get(way, ()):
                    yield from each(part)

    nodes = list(each(schema))
    for part in place:
        inner = [
            node.get("items")
            if isinstance(part, int)
            else node.get("properties", {}).get(part) or node.get("additionalProperties")
            for node in nodes
        ]
        nodes = [found for node in inner for found in each(node)]
    return {key for node in nodes for key in node.get("properties", ())}


def _without_models(location: tuple[str | int, ...], lines: Lines) -> tuple[str | int, ...]:
    """A location without what pydantic chose among, which the file does not know: names of models (CamelCase), tags."""
    known: tuple[str | int, ...] = ()
    for part, inner in zip_longest(location, location[1:]):
        if (*known, part) in lines or not (str(part)[:1].isupper() or (*known, inner) in lines):
            known = (*known, part)
    return known
