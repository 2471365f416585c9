"""Compare two states of a report in all that both of them hold."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from analysis.claims import ClaimError
from experiments.tables.digest import SHORT
from experiments.tables.errors import TableError, printable
from report.checking.passages import PageError
from report.checking.since import source_outcomes
from report.diffing.claims import compare_claims, compare_findings, findings_on
from report.diffing.figures import Pictures, compare_figures, read_figures
from report.diffing.model import Changes, FigureChange
from report.diffing.numbers import Tables, compare_numbers
from report.diffing.sentences import Sentence, compare_sentences, read_sentences
from report.diffing.sides import Part, Side
from report.diffing.surroundings import compare_environments, compare_locks, compare_sources, compare_studies
from report.diffing.telling import importance
from report.ledger.model import SiteFacts
from report.ledger.outcomes import outcomes
from report.ledger.site_facts import read_facts

T = TypeVar("T")
_NO_PAGES_OF_THE_REPORT = frozenset(("tables", "frozen", "assets", "site_libs"))
_BY_PART: dict[Part, str] = {
    "pages": "sentences, figures, shown numbers and the claims of chapters",
    "tables": "cells of tables, intervals, environments, findings and the claims of documents",
    "sources": "studies, lock files and the text of chapters",
}
PAGE = "changes.html"
"""The page of a published version on which its changes stand."""


@dataclass
class Comparison:
    """What changed, and the pictures of the figures that did, in the same order."""

    changes: Changes
    pictures: list[Pictures] = field(default_factory=list)


def compare(old: Side, new: Side) -> Comparison:
    """Everything that is otherwise in `new` than in `old`. What cannot be compared is said in the result."""
    sides, missing = (old, new), _missing(old, new)
    compared: list[str] = []
    found: dict[str, object] = {}
    facts = _both(sides, lambda side: side.site, lambda side: _facts(side, missing))
    tables = _both(sides, lambda side: side.frozen, lambda side: Tables(side.frozen))
    frozen = (old.frozen, new.frozen) if tables else None

    decided = _of_documents(frozen, missing) if frozen else None
    claims = []
    if decided:
        compared.append("claims of documents")
        claims += compare_claims(*decided)
    if facts:
        compared += ["claims of chapters", "shown numbers"]
        told = {name for each in decided or () for _, name in each}
        own = [{key: outcome for key, outcome in outcomes(each.claims).items() if key[1] not in told} for each in facts]
        claims += compare_claims(*own)
    found["claims"] = sorted(claims, key=lambda each: each.before is None or each.after is None)  # turned over first
    if frozen and (both := _findings(frozen, missing)):
        compared.append("findings")
        found["findings"] = compare_findings(*both)

    digests = _digests(sides, tables)
    numbers = compare_numbers(*(tables or (None, None)), digests, facts)
    found |= {"numbers": numbers.numbers, "tables": numbers.tables}
    if tables:
        compared.append("tables")
        sidecars = [
            {name: sidecar for name in digest if (sidecar := each.sidecar(name))}
            for digest, each in zip(digests, tables, strict=True)
        ]
        found["environments"] = compare_environments(*sidecars)
        for side, each in zip(sides, tables, strict=True):
            missing += [f"table {name} of {printable(side.name)}: {why}" for name, why in each.faults.items()]

    pictures: list[Pictures] = []
    if old.site and new.site:
        compared += ["sentences", "figures"]
        found["sentences"] = compare_sentences(*(_sentences(side, missing) for side in sides))
        figures = list(_figures(old.site, new.site))
        found["figures"], pictures = [each for each, _ in figures], [each for _, each in figures]
    if old.sources and new.sources:
        compared.append("sources")
        both = (old.sources, new.sources)
        found |= {"studies": compare_studies(*both), "lock_files": compare_locks(*both)}
        found["sources"] = compare_sources(*both)
    found |= {"compared": compared, "not_compared": list(dict.fromkeys(missing))}
    changes = Changes.model_validate({"before": old.described, "after": new.described, **found})
    return Comparison(changes.model_copy(update={"importance": importance(changes)}), pictures)


def _missing(old: Side, new: Side) -> list[str]:
    """What one of the two does not hold, with what to do about it."""
    lines = []
    for part, names in _BY_PART.items():
        whys = dict.fromkeys(side.lacks[part] for side in (old, new) if part in side.lacks)
        if whys:
            lines.append(f"{names}: {'; '.join(whys)}")
    return lines


def _both(
    sides: tuple[Side, Side], place: Callable[[Side], Path | None], read: Callable[[Side], T | None]
) -> tuple[T, T] | None:
    """What is read of both states; None where one of them does not hold it."""
    if any(place(side) is None for side in sides):
        return None
    found = tuple(read(side) for side in sides)
    return None if None in found else found


def _facts(side: Side, missing: list[str]) -> SiteFacts | None:
    try:
        return read_facts(side.site)
    except (OSError, ValueError):
        missing.append(
            f"shown numbers and claims of chapters: the facts of {printable(side.name)} are gone, or those of another "
            "version of Colophon; render that report with this one"
        )
        return None


def _of_documents(frozen: tuple[Path, Path], missing: list[str]) -> list | None:
    try:
        return [source_outcomes(each) for each in frozen]
    except (ClaimError, TableError) as error:
        missing.append(f"claims of documents: {printable(str(error), 200)}")
        return None


def _findings(frozen: tuple[Path, Path], missing: list[str]) -> list | None:
    try:
        return [findings_on(each) for each in frozen]
    except TableError as error:
        missing.append(f"findings of the audit: {printable(str(error), 200)}")
        return None


def _digests(
    sides: tuple[Side, Side], tables: tuple[Tables, Tables] | None
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The tables of both states by their digests, without those that do not verify.

    Where one state knows only the tables that it shows, only these count.
    """
    known, faults = [], set()
    for place, side in enumerate(sides):
        if side.partial or side.frozen is None:
            known.append(dict(side.version.shown) if side.version else {})
        else:
            frozen = tables[place] if tables else Tables(side.frozen)
            sidecars = {name: frozen.sidecar(name) for name in sorted(frozen.ids)}
            known.append({name: sidecar.digests.table for name, sidecar in sidecars.items() if sidecar})
            faults |= frozen.faults.keys()
    for place, side in enumerate(sides):
        if sides[1 - place].partial and not side.partial:
            chosen = known[1 - place] if side.version is None else side.version.shown
            known[place] = {name: digest for name, digest in known[place].items() if name in chosen}
    old, new = ({name: digest for name, digest in each.items() if name not in faults} for each in known)
    return old, new


def pages_of(site: Path) -> list[str]:
    """The pages of the report: not those of its tables, nor what is added when it is published."""
    found = (path.relative_to(site) for path in site.rglob("*.html"))
    return sorted(path.as_posix() for path in found if path.parts[0] not in (*_NO_PAGES_OF_THE_REPORT, PAGE))


def _sentences(side: Side, missing: list[str]) -> dict[str, list[Sentence]]:
    found = {}
    for page in pages_of(side.site):
        try:
            found[page] = read_sentences(side.site / page, _own_names(side))
        except PageError as error:
            missing.append(f"{page} of {printable(side.name)}: {error}")
    return found


def _own_names(side: Side) -> set[str]:
    """What a site says of its own version and tables, which is another in each."""
    if side.version is None:
        return set()
    build = side.version.build
    names = {build.shown, build.commit, build.date, build.tables, build.tag}
    names |= {digest[:SHORT] for digest in side.version.shown.values()}
    return {name for name in names if name}


def _figures(old: Path, new: Path) -> Iterator[tuple[FigureChange, Pictures]]:
    for page in sorted({*pages_of(old), *pages_of(new)}):
        yield from compare_figures(page, read_figures(old, page), read_figures(new, page))
