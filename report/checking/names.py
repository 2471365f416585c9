"""What a project itself is called, with its models and studies: names whose digits count nothing."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from analysis.facts.escape import clean
from experiments.tables.locations import PACKAGE_ROOT, registry_root, studies_root
from experiments.tables.presentation import study_titles
from experiments.tables.read import table_ids
from report.checking.allowed import Allowed, phrases, well_known
from report.checking.lexicon import find_comparatives
from report.checking.misnamed import Names
from report.checking.numbers import find_numbers
from report.ledger.model import Build, Fact, Origin
from report.rendering.project import Project

_MODEL_COLUMNS = frozenset({"model", "base", "checkpoint"})
_HUB = re.compile(r"^\s+repo:\s*[\w.-]+/(?P<name>[\w.-]+)\s*$|^title:\s*(?P<title>.+?)\s*$", re.MULTILINE)


def names_of(project: Project, build: Build) -> list[Allowed]:
    """Names of this project: entries that hold in every chapter."""
    found = [
        (sorted({*_models(), *_studies()}), "a model of the registry, or a study or table of the project"),
        (sorted(set(filter(_may_be_free, _titles()))), "what a study of the project is called"),
        (sorted(_version(project, build)), "the version of this report"),
    ]
    return [Allowed(why, phrases(names)) for names, why in found if names]


def studies_called() -> frozenset[str]:
    """The names of all studies: a cell that holds one and nothing else, such as "never", compares nothing."""
    named = (path.stem for path in studies_root().glob("*.yaml"))
    return frozenset({*named, *(table.partition("/")[0] for table in table_ids())})


def studies_by_name() -> dict[str, frozenset[str]]:
    """The studies that each title or heading of one may mean, with straight apostrophes."""
    found: dict[str, set[str]] = {}
    for title, file, _ in study_titles():
        found.setdefault(clean(title).replace("’", "'"), set()).add(Path(file).stem)
    return {title: frozenset(studies) for title, studies in found.items()}


def known_names(facts: Iterable[Fact]) -> Names:
    """The names of models and studies: those of the registry, of studies, and of the models in the tables."""
    in_tables = (
        str(fact.value) for fact in facts if isinstance(fact.value, str) and any(map(_names_model, fact.origins))
    )
    return Names((*_models(), *_studies(), *in_tables), well_known())


def _names_model(origin: Origin) -> bool:
    return origin.column in _MODEL_COLUMNS


def _models() -> Iterator[str]:
    for folder in (PACKAGE_ROOT / "experiments" / "models" / "registry", registry_root() / "models"):
        for path in sorted(folder.glob("*.yaml")):
            yield from _with_digits(path.stem)
            for match in _HUB.finditer(path.read_text("utf-8", "replace")):
                yield from _with_digits((match["name"] or match["title"]).strip("\"'"))


def _studies() -> Iterator[str]:
    for name in (*studies_called(), *table_ids()):
        if not name.isalpha() and any(find_comparatives(name)):  # "grown/scores", "much-better"
            yield name
        yield from _with_digits(name)


def _titles() -> Iterator[str]:
    """What studies are called, in two words or more, or in one that has digits."""
    for title, _, _ in study_titles():
        text = clean(title)
        if sum(any(map(str.isalpha, word)) for word in text.split()) > 1:
            yield text
        else:
            yield from _with_digits(text)


def _may_be_free(title: str) -> bool:
    """Whether a title needs to be free and states no result."""
    return bool(find_numbers(title) or find_comparatives(title)) and not states_result(title)


def states_result(title: str) -> bool:
    """Whether a title states one: a share, decimals, something that is better or worse."""
    results = any(number.percent or number.decimals for number in find_numbers(title))
    return results or any(word.wants not in ("all", "none") for word in find_comparatives(title))


def _version(project: Project, build: Build) -> Iterator[str]:
    yield from filter(None, (build.version, build.commit, build.tables))


def _with_digits(name: str) -> Iterator[str]:
    """A name that has letters and digits; digits alone are a number."""
    if any(c.isdigit() for c in name) and any(c.isalpha() for c in name):
        yield name


def here(path: Path, root: Path) -> str:
    """A path as messages show it."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
