"""The studies of a project: one YAML file each under `experiments/studies`, checked against the model of its system."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import yaml
from pydantic import ValidationError

from experiments.study import StudyBase
from experiments.system import SYSTEMS, load_system
from experiments.tables import safe_yaml
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import NAME, shown_path, studies_root


def study_names(root: Path | None = None) -> list[str]:
    """The names of all studies, sorted. Raises UserError for a file whose name is no study name."""
    names = []
    for path in filter(Path.is_file, (root or studies_root()).glob("*.yaml")):
        if not NAME.fullmatch(path.stem):
            raise UserError(f"{shown_path(path)}: a study is named in a-z, 0-9 and single hyphens")
        names.append(path.stem)
    return sorted(names)


def load_study(name: str, root: Path | None = None) -> StudyBase:
    """The study called `name`. Raises UserError with file, line and key for whatever is wrong in it."""
    root = root or studies_root()
    path = root / f"{name}.yaml"
    if not NAME.fullmatch(name) or not path.is_file():
        raise UserError(f"there is no study {printable(name)}; known: {', '.join(study_names(root)) or 'none'}")
    content, lines = read_yaml(path)
    system = content.get("system")
    if not isinstance(system, str) or system not in SYSTEMS:
        line, what = lines.get(("system",), 1), f"unknown system {system!r}"
        if system is None:
            near = next(iter(get_close_matches("system", filter(lambda key: isinstance(key, str), content), 1)), "")
            line, what = lines.get((near,), 1), "names no system" + (f"; is {near} meant for it?" if near else "")
        raise UserError(f"{shown_path(path)}:{line}: {printable(what)}; known: {', '.join(sorted(SYSTEMS))}")
    try:
        study = load_system(system).Study.model_validate(content)
    except ValidationError as error:
        raise UserError("\n".join(complaints(error, path, lines))) from None
    if study.study != name:
        raise UserError(f"{shown_path(path)}:{lines[('study',)]}: study: {study.study} is not the name of the file")
    return study


Lines = dict[tuple[str | int, ...], int]


def complaints(error: ValidationError, path: Path, lines: Lines) -> Iterator[str]:
    """What pydantic finds wrong, each with file, line and key."""
    every = error.errors(include_url=False)
    for found in every:
        inside = [other for other in every if other["loc"][: len(found["loc"])] == found["loc"]]
        if found["type"] == "too_short" and len(inside) > 1:
            continue  # the items are there: they are what is wrong
        where = _without_models(found["loc"], lines)
        known = next(where[:n] for n in range(len(where), -1, -1) if where[:n] in lines)
        message = found["msg"].removeprefix("Value error, ")
        if found["type"] == "extra_forbidden":
            message = "there is no such key"
        elif found["type"] != "missing" and isinstance(found["input"], str | int | float | bool):
            message += f", not {found['input']!r}"
        key = ".".join(map(str, where)) or "study"
        yield f"{shown_path(path)}:{lines[known]}: {printable(key)}: {printable(message, 300)}"


def read_yaml(path: Path) -> tuple[dict, Lines]:
    """The content of a YAML file that holds a mapping, and the line of each key and item by its path.

    Raises UserError with file and line for what is no such file.
    """
    where = shown_path(path)
    try:
        lines: Lines = {(): 1}
        text = safe_yaml.read_text(path)
        content, _ = safe_yaml.construct(text, lambda node: _collect_lines(node, (), lines, where))
    except OSError as error:
        raise UserError(f"{where}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{where}: byte {error.start} is not UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        at = f"{where}:{mark.line + 1}:{mark.column + 1}" if mark else where
        raise UserError(f"{at}: not YAML: {printable(str(error.problem), 200)}") from None
    except yaml.YAMLError as error:
        raise UserError(f"{where}: not YAML: {printable(str(error), 200)}") from None
    if not isinstance(content, dict):
        raise UserError(f"{where}:1: the file must be a mapping of keys to values")
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


def _without_models(location: tuple[str | int, ...], lines: Lines) -> tuple[str | int, ...]:
    """A location without the names of the models (CamelCase) that pydantic chose among: the file does not know them."""
    known: tuple[str | int, ...] = ()
    for part in location:
        if (*known, part) in lines or not str(part)[:1].isupper():
            known = (*known, part)
    return known
