"""Read the project's YAML, with errors that name file and line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from experiments.tables import safe_yaml
from experiments.tables.errors import UserError, printable
from experiments.tables.settings import find_lines


class SettingsError(UserError):
    """A YAML file of the project is missing, is not YAML, or does not hold keys."""


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in `path`; an empty file is an empty mapping."""
    try:
        text = safe_yaml.read_text(path).removeprefix("\ufeff")
    except FileNotFoundError:
        raise SettingsError(f"{path.name}: no such file in {path.parent}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"{path.name}: cannot be read: {error}") from None
    return parse_yaml(text, path.name)


def parse_yaml(text: str, name: str, first_line: int = 1) -> dict[str, Any]:
    """The mapping in `text`, which begins at `first_line` of the file `name`."""
    try:
        value, _ = safe_yaml.construct(text, lambda node: find_lines(node, {}))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (min(mark.line, text.rstrip().count("\n")) if mark else 0)  # the end is no line
        reason = printable(" ".join(str(getattr(error, "problem", None) or error).split()), 200)
        raise SettingsError(f"{name}:{line}: not valid YAML: {reason}") from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SettingsError(f"{name}:{first_line}: expected keys and values, found {type(value).__name__}")
    return value


def read_settings(path: Path) -> dict[str, Any]:
    """A project file with its `metadata-files` merged in; as in Quarto, the file's own keys win.

    A metadata file may be missing: the pre-render hook writes it, and a fresh clone has none yet."""
    own = read_yaml(path)
    merged: dict[str, Any] = {}
    names = own.get("metadata-files") or []
    if not isinstance(names, list):
        raise SettingsError(f"{path.name}: metadata-files must be a list of files, not {names!r}")
    for name in names:
        if (path.parent / str(name)).is_file():
            merged = merge(merged, read_yaml(path.parent / str(name)))
    return merge(merged, own)


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two nested mappings; where both have a value that is no mapping, `over` wins."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = merge(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def lookup(values: Mapping[str, Any], dotted: str) -> Any:
    """The value at a dotted key, `a.b` in {"a": {"b": 1}}; KeyError if there is none."""
    found: Any = values
    for part in dotted.split("."):
        if not isinstance(found, Mapping):
            raise KeyError(dotted)
        found = found[part]
    return found
