"""How the chapters present a study: the key `report` of its YAML, read without the model of its system."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from experiments.tables import safe_yaml
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import shown_path, studies_root
from experiments.tables.stamps import Seen, seen


class Presentation(Closed):
    """Where and under what name the chapters show a study. It is no part of what the study does, nor of its digest."""

    order: int = Field(0, description="chapters show studies from the lowest to the highest, equal ones by their names")
    show: bool = Field(True, description="whether the chapters show the study at all")
    heading: str | None = Field(None, min_length=1, description="its name in figures and tables; by default its title")
    phrase: str | None = Field(
        None, min_length=1, description='its name in a sentence, as after "on"; by default its heading'
    )


class Presented(Closed):
    """A study as chapters know it: its title, its system, and how it is presented."""

    title: str | None = None
    system: str | None = None
    report: Presentation = Presentation()


def read_presented(study: str, root: Path | None = None) -> Presented:
    """What the study's YAML says of its presentation; only defaults where there is no such file.

    Raises UserError where it cannot be read, and for a wrong key or value below `report`.
    """
    path = (root or studies_root()) / f"{study}.yaml"
    try:
        return _presented(path, seen(path))
    except FileNotFoundError:
        return Presented()
    except OSError as error:
        raise UserError(f"{shown_path(path)}: cannot be read: {error.strerror}") from None


@lru_cache(maxsize=1 << 10)
def _presented(path: Path, _: Seen) -> Presented:
    """Read how one study is presented from its file, again once that has changed."""
    where = shown_path(path)
    try:
        text = safe_yaml.read_text(path)
        content = safe_yaml.load(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        at = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise UserError(f"{where}{at}: not YAML: {printable(getattr(error, 'problem', None) or str(error))}") from None
    if not isinstance(content, dict):
        raise UserError(f"{where}: a study is a mapping of keys to values")
    said = {name: content[name] for name in Presented.model_fields if name in content}
    try:
        return Presented.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(map(str, first["loc"]))
        what = "there is no such key" if first["type"] == "extra_forbidden" else first["msg"]
        raise UserError(f"{where}:{_line(text, first['loc'])}: {printable(key)}: {printable(what, 200)}") from None


def study_titles() -> Iterator[tuple[str, str, int]]:
    """What the studies are called on the pages, in headings, cells and sentences, each with the file and line it is in.

    Raises UserError as `read_presented`.
    """
    for path in sorted(studies_root().glob("*.yaml")):
        yield from _titles(path, seen(path))


@lru_cache(maxsize=1 << 10)
def _titles(path: Path, _: Seen) -> tuple[tuple[str, str, int], ...]:
    """The titles of one study, likewise."""
    found = read_presented(path.stem, path.parent)
    lines = path.read_text("utf-8", "replace").splitlines()
    titles = []
    for key, text in (("title", found.title), ("heading", found.report.heading), ("phrase", found.report.phrase)):
        if text:
            begins = (n for n, line in enumerate(lines, 1) if re.search(rf"(?:^|[\s{{,]){key}:", line))
            titles.append((text, shown_path(path), next(begins, 1)))
    return tuple(titles)


def _line(text: str, keys: Sequence[str | int]) -> int:
    """The line of the innermost of these keys, counted from 1."""
    node, line = safe_yaml.compose(text), 1
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            for name, value in node.value:
                if name.value == key:
                    node, line = value, name.start_mark.line + 1
    return line
