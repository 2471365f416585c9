"""What became of the claims since a git revision: those of the sources, and those of the chapters.

The tables of the revision are taken out of git into a folder of their own. The claims of published documents are
decided on both. A chapter whose claims may have changed, since a table that it reads did, has its cells run on both, in
a copy of the project and by the code of today, so that the tables alone make the difference.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import NamedTuple

from analysis.claims import ClaimError, evaluate
from analysis.facts.fact_log import FactLog, fact_log_path, read_fact_log
from analysis.sources import TablesAt
from experiments.tables.errors import TableError, UserError, printable
from experiments.tables.git import commit_of, run_git
from experiments.tables.locations import data_folder, frozen_root, shown_path
from experiments.tables.read import table_digest, table_ids
from experiments.tables.secrets import without_secrets
from report.ledger.logs import chapter_log
from report.ledger.outcomes import Outcome, outcomes
from report.ledger.revisions import take_out
from report.ledger.site_facts import claims_of
from report.rendering.project import ChapterRef, Project

ENGINES = ("press", "quarto")
_SEED = re.compile(r"(?<=\bseed-)\d+")
LONGEST = 1800
"""Seconds that the cells of all chapters may take on the tables of one state."""


class Change(NamedTuple):
    """One claim that came out another way, came, or went: None where it was not there."""

    claim: str
    before: str | None
    now: str | None
    statement: str

    def __str__(self) -> str:
        said = printable(" ".join(self.statement.split()), 160)
        return f"{self.claim}: {self.before or 'not there'} -> {self.now or 'gone'} ({said})"


@dataclass
class Since:
    """The changes since a revision, how many claims were compared, and what could not be."""

    revision: str
    compared: int = 0
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """What a reader is told, one line each."""
        told = [f"since {self.revision}: {change}" for change in self.changes]
        told += [f"since {self.revision}, not compared: {note}" for note in self.notes]
        count = f"{len(self.changes) or 'none'} of {self.compared} claims came out another way"
        return [*told, f"since {self.revision}: {count}"]


def changes_since(project: Project, revision: str) -> Since:
    """Every claim whose verdict is another than on the tables of `revision`.

    Raises UserError where the tables lie in no git repository, or it has no such revision.
    """
    found = Since(revision)
    with TemporaryDirectory(prefix="colophon-since-") as scratch:
        before = Path(scratch, "frozen")
        _take_out(revision, before)
        names = _claims_of_sources(before, found)
        changed = {
            each for each in {*table_ids(before), *table_ids()} if table_digest(each, before) != table_digest(each)
        }
        chapters = [each for each in project.chapters if changed and _may_differ(project, each, changed)]
        if chapters:
            _claims_of_chapters(project, chapters, before, Path(scratch), found, names)
    return found


def _take_out(revision: str, folder: Path) -> None:
    """The frozen tables of a revision, put into `folder`."""
    root = frozen_root()
    if not root.is_dir():
        raise UserError(f"{shown_path(root)}: there is no such folder")
    take_out(root, commit_of(root, revision), folder)


def source_outcomes(root: Path) -> dict[tuple[str, str], Outcome]:
    """What becomes of the claims of published documents on the tables below `root`, by study and name.

    Raises ClaimError or TableError where one cannot be decided.
    """
    verdicts = evaluate(TablesAt(root))
    return {(each.study, each.claim): Outcome(each.outcome, str(each.statement.data)) for each in verdicts}


def _claims_of_sources(before: Path, found: Since) -> set[str]:
    """Compare the verdicts on the claims of published documents; returns the names of all claims."""
    try:
        then, now = source_outcomes(before), source_outcomes(frozen_root())
    except (ClaimError, TableError) as error:
        found.notes.append(f"the claims of published documents: {printable(str(error), 200)}")
        return set()
    for key in dict.fromkeys([*now, *then]):
        was, is_ = then.get(key), now.get(key)
        results = (was.result if was else None, is_.result if is_ else None)
        if results[0] != results[1]:
            found.changes.append(Change(f"claim {key[1]} of {key[0]}", *results, (is_ or then[key]).statement))
    found.compared += len({*then, *now})
    return {claim for _, claim in {*then, *now}}


def _may_differ(project: Project, chapter: ChapterRef, changed: set[str]) -> bool:
    """Whether the claims of a chapter may come out another way: not where it has none, or reads no changed table.

    A chapter of which no log is there, since it was not rendered, may.
    """
    if chapter.path.suffix != ".qmd":
        return False
    log = _log(project, chapter)
    if log is None:
        return "open_chapter" in chapter.path.read_text("utf-8", "replace")
    if not any(True for _ in log.of("claim")):
        return False
    return bool(changed & {*log.tables, *(log.listing or ())})


def _log(project: Project, chapter: ChapterRef) -> FactLog | None:
    """What the last run of a chapter logged, by whichever engine."""
    logs = (chapter_log(project, engine, chapter) for engine in ENGINES)
    return next((log for log in logs if log is not None), None)


def _is_of_today(log: FactLog) -> bool:
    """Whether a chapter ran on the tables as they are now."""
    if log.listing is not None and log.listing != table_ids():
        return False
    return all(digests["digest"] == table_digest(table) for table, digests in log.tables.items())


def _claims_of_chapters(
    project: Project, chapters: Sequence[ChapterRef], before: Path, scratch: Path, found: Since, told: set[str]
) -> None:
    """Run the cells of chapters on both states, and compare what they claim; `told` are claims of the sources."""
    copy = scratch / "project"
    _copy(project.root, copy)
    then = _run(project, chapters, copy, before, scratch / "then.json")
    logs = {chapter: _log(project, chapter) for chapter in chapters}
    now = {chapter.relative: _of_log(log) for chapter, log in logs.items() if log and _is_of_today(log)}
    if missing := [chapter for chapter in chapters if chapter.relative not in now]:
        now |= _run(project, missing, copy, frozen_root(), scratch / "now.json")
    for chapter in chapters:
        was, is_ = then[chapter.relative], now[chapter.relative]
        if isinstance(was, str) or isinstance(is_, str):
            state, why = (f"the tables of {found.revision}", was) if isinstance(was, str) else ("today's tables", is_)
            found.notes.append(f"{chapter.relative}, whose cells fail on {state}: {printable(str(why), 200)}")
            continue
        was = _by_names_of_today(was, is_)
        found.compared += len({*was, *is_} - told)
        for name in dict.fromkeys([*is_, *was]):
            both = (was.get(name), is_.get(name))
            results = [None if each is None else each.result for each in both]
            if name not in told and results[0] != results[1]:
                statement = (both[1] or both[0]).statement
                found.changes.append(Change(f"{chapter.relative}: {name}", *results, statement))


def _by_names_of_today(was: "Claims", is_: "Claims") -> "Claims":
    """The claims of before, under the names of today where only the seed of a run in them is another one."""
    new, gone = _without_seed(is_, was), _without_seed(was, is_)
    renamed = dict(pair for alike, names in gone.items() for pair in zip(names, new.get(alike, ()), strict=False))
    return {renamed.get(name, name): outcome for name, outcome in was.items()}


def _without_seed(claims: "Claims", others: "Claims") -> Mapping[str, list[str]]:
    """The names that hold the seed of a run and are not among the others, by what they are without it."""
    found: dict[str, list[str]] = {}
    for name in claims:
        if name not in others and (alike := _SEED.sub("", name)) != name:
            found.setdefault(alike, []).append(name)
    return found


def _copy(root: Path, folder: Path) -> None:
    """The project's files but for tables, tests and large ones: cells write beside their chapters."""
    listed = run_git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").decode(
        "utf-8", "surrogateescape"
    )
    for name in filter(None, listed.split("\0")):
        file = root / name
        if name.startswith(("experiments/frozen/", "tests/")) or not file.is_file() or file.stat().st_size > 2**22:
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copyfile(file, folder / name)


Claims = Mapping[str, Outcome]
"""Of each claim the outcome."""


def _run(
    project: Project, chapters: Sequence[ChapterRef], copy: Path, tables: Path, answer: Path
) -> Mapping[str, Claims | str]:
    """What each chapter claims on these tables; in place of it why its cells fail."""
    data = data_folder(project.root)
    environment = {
        **without_secrets(os.environ),
        "COLOPHON_ENGINE": "since",
        "COLOPHON_FROZEN": str(tables.resolve()),
        "MPLBACKEND": "Agg",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(project.root), os.environ.get("PYTHONPATH", "")])),
        **({"COLOPHON_DATA_DIR": str(data.resolve())} if data else {}),
    }
    in_project = project.metadata.get("project", {}).get("execute-dir") == "project"
    asked = [
        {"chapter": str(copy / each.relative), "folder": str(copy if in_project else (copy / each.relative).parent)}
        for each in chapters
    ]
    command = [sys.executable, "-m", "report.checking.run_cells", json.dumps(asked), str(answer)]
    try:
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, check=False, timeout=LONGEST)
        failed = json.loads(answer.read_text("utf-8"))
    except subprocess.TimeoutExpired:
        return {each.relative: f"no answer within {LONGEST} s" for each in chapters}
    except (OSError, ValueError):
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return {each.relative: said[-1] if said else "the run stopped" for each in chapters}
    return {each.relative: failed[str(copy / each.relative)] or _claimed(copy, each) for each in chapters}


def _claimed(copy: Path, chapter: ChapterRef) -> Claims:
    """What a chapter claims, by its log in the copy. A sentence without a name goes by what it compares."""
    name = chapter.relative.removesuffix(chapter.path.suffix)
    places = (chapter.stem, name, name.removeprefix("report/"))
    logs = (read_fact_log(fact_log_path(copy, "since", place)) for place in dict.fromkeys(places))
    log = next((log for log in logs if log is not None), None)
    return _of_log(log) if log is not None else {}


def _of_log(log: FactLog) -> Claims:
    return {name: outcome for (_, name), outcome in outcomes(claims_of(log)).items()}
