"""What a project itself is called, with its models and studies: names whose digits count nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

from analysis.facts.escape import clean
from experiments.tables.locations import PACKAGE_ROOT, registry_root, studies_root
from experiments.tables.presentation import study_titles
from experiments.tables.read import table_ids
from report.checking.allowed import Allowed, phrases
from report.checking.lexicon import find_comparatives
from report.checking.numbers import find_numbers
from report.ledger.model import Build
from report.rendering.project import Project

_HUB = re.compile(r"^\s+repo:\s*[\w.-]+/(?P<name>[\w.-]+)\s*$|^title:\s*(?P<title>.+?)\s*$", re.MULTILINE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_LETTERS = re.compile(r"[^\W\d_]")


def names_of(project: Project, build: Build) -> list[Allowed]:
    """Names of this project: entries that hold in every chapter."""
    found = [
        (sorted({*_models(), *_studies()}), "a model of the registry, or a study or table of the project"),
        (sorted(set(filter(_states_nothing, _titles()))), "the title of a study"),
        (sorted(_version(project, build)), "the version of this report"),
    ]
    return [Allowed(why, phrases(names)) for names, why in found if names]


def _models() -> Iterator[str]:
    for folder in (PACKAGE_ROOT / "experiments" / "models" / "registry", registry_root() / "models"):
        for path in sorted(folder.glob("*.yaml")):
            yield from _with_digits(path.stem)
            for match in _HUB.finditer(path.read_text("utf-8", "replace")):
                yield from _with_digits((match["name"] or match["title"]).strip("\"'"))


def _studies() -> Iterator[str]:
    for path in (*studies_root().glob("*.yaml"), *studies_root().glob("*.yml")):
        yield from _with_digits(path.stem)
    for table in table_ids():
        yield from _with_digits(table)
        yield from _with_digits(table.partition("/")[0])


def _titles() -> Iterator[str]:
    yield from filter(None, (clean(title) for title, _, _ in study_titles()))


def _states_nothing(title: str) -> bool:
    """Whether a title holds no number but years and those of names (`SST-2`), and no word that compares."""
    for number in find_numbers(title):
        before, after = title[: number.start].split(" ")[-1], title[number.end :].split(" ")[0]
        in_a_name = not number.percent and _LETTERS.search(before + after)
        if not in_a_name and not _YEAR.fullmatch(number.text.strip()):
            return False
    return not any(find_comparatives(title))


def _version(project: Project, build: Build) -> Iterator[str]:
    yield from filter(None, (build.version, build.commit, build.tables))


def _with_digits(name: str) -> Iterator[str]:
    """A name that has letters and digits; digits alone are a number."""
    if any(c.isdigit() for c in name) and any(c.isalpha() for c in name):
        yield name


def here(path: Path, root: Path) -> str:
    """A path as messages show it."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
