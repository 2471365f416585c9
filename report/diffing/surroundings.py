"""What tables and pages were made from and with: studies, lock files, environments, the text of chapters."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from pathlib import Path

from experiments.tables.errors import UserError, printable
from experiments.tables.sidecar import Sidecar
from report.diffing.model import EnvironmentChange, LockChange, Move, Setting, SourceChange, StudyChange
from report.rendering.settings import parse_yaml

STUDIES, LOCKS = "experiments/studies", "lockfiles"
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*==\s*([^\s;\\]+)\s*(;[^\\]*)?", re.MULTILINE)
_LONGEST = 500


def compare_studies(before: Path, after: Path) -> list[StudyChange]:
    """The studies that came, went or have other settings, setting by setting. The order of keys says nothing."""
    found = []
    for name, was, now in _files(before, after, STUDIES, "*.yaml"):
        old, new = (_settings(each, name) for each in (was, now))
        settings = tuple(_changed(old, new))
        move = _move(was, now)
        if move != "changed" or settings:
            found.append(StudyChange(study=name.removesuffix(".yaml"), change=move, settings=settings))
    return found


def compare_locks(before: Path, after: Path) -> list[LockChange]:
    """The lock files that came, went or name other versions."""
    found = []
    for name, was, now in _files(before, after, LOCKS, "*.txt"):
        packages = tuple(_changed(_pinned(was), _pinned(now)))
        if was is None or now is None or packages or was.split() != now.split():
            found.append(LockChange(file=f"{LOCKS}/{name}", change=_move(was, now), packages=packages))
    return found


def compare_environments(before: Mapping[str, Sidecar], after: Mapping[str, Sidecar]) -> list[EnvironmentChange]:
    """What the tables of both states were made with, where it is otherwise."""
    found: dict[tuple[str, str | None, str | None], list[str]] = {}
    for table in sorted(before.keys() & after.keys()):
        for setting in _changed(_made_with(before[table]), _made_with(after[table])):
            found.setdefault((setting.name, setting.before, setting.after), []).append(table)
    return [
        EnvironmentChange(what=what, before=was, after=now, tables=tuple(tables))
        for (what, was, now), tables in sorted(found.items(), key=lambda each: (each[0][0], -len(each[1])))
    ]


def compare_sources(before: Path, after: Path) -> list[SourceChange]:
    """The chapters, and the settings of the book, whose text is otherwise."""
    places = [{path.relative_to(root).as_posix(): path for path in chapters_in(root)} for root in (before, after)]
    found = []
    for name in sorted({*places[0], *places[1]}):
        texts = [each[name].read_text("utf-8", "replace") if name in each else None for each in places]
        if texts[0] != texts[1]:
            removed, added = _lines((texts[0] or "").splitlines(), (texts[1] or "").splitlines())
            found.append(
                SourceChange(file=printable(name, 200), change=_move(*texts), lines_added=added, lines_removed=removed)
            )
    return found


def is_source(name: str) -> bool:
    """Whether a file, by its path below a project, is one of those compared here."""
    top, _, rest = name.partition("/")
    if top in ("lockfiles", "experiments"):
        return name.startswith((f"{LOCKS}/", f"{STUDIES}/"))
    return name in ("_quarto.yml", "_variables.yml") or (
        name.endswith(".qmd") and top not in ("tests", "_extensions") and "template" not in rest.split("/")
    )


def chapters_in(root: Path) -> Iterator[Path]:
    """The chapters of a project, what they include, and the settings of the book."""
    for name in ("_quarto.yml", "_variables.yml"):
        if (root / name).is_file():
            yield root / name
    for pattern in ("*.qmd", "*/*.qmd", "*/*/*.qmd"):
        for path in root.glob(pattern):
            if is_source(path.relative_to(root).as_posix()):
                yield path


def _files(before: Path, after: Path, folder: str, pattern: str) -> Iterator[tuple[str, str | None, str | None]]:
    """The files of a folder that are otherwise: their name and both texts."""
    places = [{path.name: path for path in (root / folder).glob(pattern) if path.is_file()} for root in (before, after)]
    for name in sorted({*places[0], *places[1]}):
        was, now = (each[name].read_text("utf-8", "replace") if name in each else None for each in places)
        if was != now:
            yield name, was, now


def _move(was: str | None, now: str | None) -> Move:
    return "added" if was is None else "removed" if now is None else "changed"


def _settings(text: str | None, name: str) -> dict[str, str]:
    """Every setting of a study by its path; the whole text where it is no YAML."""
    try:
        return dict(_flat(parse_yaml(text or "", name), ""))
    except UserError:
        return {"(no YAML)": printable(text or "", _LONGEST)}


def _flat(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Each value below, by its path. An entry of a list goes by its name where it has one, else by its place.

    The second entry of a name is `name#2`.
    """
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from _flat(below, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        names = [_name(below, place) for place, below in enumerate(value)]
        for place, (below, name) in enumerate(zip(value, names, strict=True)):
            again = f"#{names[: place + 1].count(name)}" if name in names[:place] else ""
            yield from _flat(below, f"{path}[{name}{again}]")
    else:
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        yield printable(path, _LONGEST), printable(" ".join(shown.split()), _LONGEST)


def _name(entry: object, place: int) -> object:
    """What an entry of a list is called: by the first of its keys, which names it in studies (`name`, `claim`, …)."""
    if isinstance(entry, Mapping) and entry:
        first = next(iter(entry.values()))
        if isinstance(first, str):
            return first
    return place + 1


def _pinned(text: str | None) -> dict[str, str]:
    """The version of each package that a lock file names."""
    found = {}
    for name, version, condition in _PINNED.findall(text or ""):
        where = f"{name} {condition.strip('; ')}".strip() if condition else name
        found[printable(where, 200)] = printable(version, 80)
    return found


def _made_with(sidecar: Sidecar) -> dict[str, str]:
    hardware = sidecar.provenance.hardware
    machine = {"processor": hardware.processor, "cores": str(hardware.cores)}
    if hardware.accelerators:
        machine["accelerators"] = ", ".join(hardware.accelerators)
    profile = {"profile": sidecar.provenance.profile} if sidecar.provenance.profile else {}
    return {**sidecar.provenance.environment, **machine, **profile}


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Setting]:
    for name in dict.fromkeys([*after, *before]):
        if before.get(name) != after.get(name):
            yield Setting(name=name, before=before.get(name), after=after.get(name))


def _lines(old: list[str], new: list[str]) -> tuple[int, int]:
    """How many lines went, and how many came."""
    codes: Iterable = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    changed = [code for code in codes if code[0] != "equal"]
    return sum(code[2] - code[1] for code in changed), sum(code[4] - code[3] for code in changed)
