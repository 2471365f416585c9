"""YAML files that people write: read with the line of every key, so that whatever is wrong is told with its line."""

from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import ValidationError

from experiments.tables.errors import UserError, printable
from experiments.tables.locations import shown_path

LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader  # as safe, and ten times as fast

Lines = dict[tuple[str | int, ...], int]


def complaints(error: ValidationError, path: Path, lines: Lines) -> Iterator[str]:
    """What is wrong in the file, one line each, with file, line and key."""
    for found in error.errors(include_url=False):
        where = found["loc"]
        known = next(where[:n] for n in range(len(where), -1, -1) if where[:n] in lines)
        message = found["msg"].removeprefix("Value error, ")
        if found["type"] == "extra_forbidden":
            message = "there is no such key"
        elif found["type"] != "missing" and isinstance(found["input"], str | int | float | bool):
            message += f", not {found['input']!r}"
        key = ".".join(map(str, where)) or path.stem
        yield f"{shown_path(path)}:{lines[known]}: {printable(key)}: {printable(message, 300)}"


def read_mapping(path: Path) -> tuple[dict, Lines]:
    """The content of a YAML file, and the line of each key and item by its path.

    Raises UserError with file and line where it cannot be read, is not YAML or no mapping.
    """
    where = shown_path(path)
    try:
        text = path.read_text("utf-8")
        loader = LOADER(text)
        node = loader.get_single_node()
        lines: Lines = {(): 1}
        if node is not None:
            _collect_lines(node, (), lines, where)
        content = loader.construct_document(node) if node is not None else None
    except OSError as error:
        raise UserError(f"{where}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{where}: byte {error.start} is not UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise UserError(f"{where}:{mark.line + 1}:{mark.column + 1}: not YAML: {error.problem}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UserError(f"{where}: not YAML: {printable(str(error), 200)}") from None
    if not isinstance(content, dict):
        raise UserError(f"{where}:1: it must be a mapping of keys to values")
    return content, lines


def _collect_lines(node: yaml.Node, path: tuple[str | int, ...], lines: Lines, where: str) -> None:
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise UserError(f"{where}:{line}: a key must be a word")
            if key.value in seen:
                raise UserError(f"{where}:{line}: the key {printable(key.value)} stands twice")
            seen.add(key.value)
            lines[*path, key.value] = line
            _collect_lines(value, (*path, key.value), lines, where)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[*path, index] = item.start_mark.line + 1
            _collect_lines(item, (*path, index), lines, where)
