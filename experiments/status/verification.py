"""Verify every table: by its digests, by making it again where that needs no measurement, and by its arithmetic."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path, PurePath

from experiments.freezing.declared import specs
from experiments.freezing.dependencies import Snapshot, dependencies, description_digest
from experiments.freezing.execute import derive, execute, work_folder
from experiments.freezing.seal import Sealed
from experiments.freezing.work import Work
from experiments.status.arithmetic.contradictions import contradictions
from experiments.status.differences import Version, differences
from experiments.study import StudyBase
from experiments.study_files import load_study, study_names
from experiments.system import Choice, Progress, TableSpec
from experiments.tables.digest import sha256_bytes, sha256_json
from experiments.tables.errors import TableError, UserError
from experiments.tables.git import GitError, run_git
from experiments.tables.locations import shown_path
from experiments.tables.memo import memo
from experiments.tables.read import data_path, read_bytes, read_sidecar, table_exists, table_ids, table_paths
from experiments.tables.verify import Problem, problems, remaking


def verify(root: Path, progress: Progress, again: bool = False, now: Snapshot | None = None) -> list[Problem]:
    """The problems of all tables, those that are missing included.

    Derived tables, and studies without a measured table, are made again in memory, and every cell is compared: that
    also finds a table that was changed together with its sidecar. What was found equal before, from the same code,
    study, inputs, data and models, is not made again, but where `again` asks for it. Numbers of the tables that cannot
    all be true are problems too (`experiments.status.arithmetic`).
    """
    now = now or Snapshot()
    studies = [load_study(name) for name in study_names()]
    remade: dict[str, bytes] = {}
    asked: dict[str, str] = {}
    found = []
    failed = []
    for study in progress(studies, "verifying"):
        declared = specs(study)
        found += _missing(declared, root)
        if changed := _changed_data(study, declared, root, now):
            what = f"{changed} since its tables were frozen"
            found.append(Problem(study.study, f"study {study.study}", what, f"`experiments run {study.study}`"))
            continue
        try:
            doubtful = _to_remake(study, declared, root, now)
            if not again:
                doubtful = {table_id: key for table_id, key in doubtful.items() if memo("verified")[key] is not True}
            if doubtful:
                remade |= _remake(study, declared, list(doubtful), root, progress, now)
                asked |= doubtful
        except UserError as error:
            what = f"could not be run again to compare: {error}"
            failed.append((error, Problem(study.study, f"study {study.study}", what, "mend that first")))
    by_digest = problems(root)
    for table_id in table_ids(root):
        mine = [problem for problem in by_digest if problem.table == table_id]
        of_table = list(_by_value(table_id, remade.get(table_id), bool(mine), root)) or mine
        if table_id in asked and not of_table:
            memo("verified")[asked[table_id]] = True
        found += of_table
    named = {problem.table for problem in found}
    by_arithmetic = contradictions(root, {study.study: study for study in studies})
    found += [problem for problem in by_arithmetic if problem.table not in named]
    found += [problem for error, problem in failed if not _is_told(error, found)]
    return found + [problem for problem in by_digest if problem.table == "*"]


def remember_made(study: StudyBase, made: Sequence[Sealed], root: Path) -> None:
    """Note that the derived tables that were just frozen are what their inputs give, so that `verify` need not check.

    Nothing is remembered of a table that a run made.
    """
    tables = {sealed.sidecar.id: sealed.sidecar for sealed in made if sealed.sidecar.made == "derived"}
    now = Snapshot()
    for table_id, sidecar in tables.items():
        spec = specs(study, sidecar.provenance.profile)[table_id]
        memo("verified")[_verified_key(study, table_id, spec, root, now)] = True


def _to_remake(study: StudyBase, declared: Mapping[str, TableSpec], root: Path, now: Snapshot) -> dict[str, str]:
    """The tables to make again, each with the digest of all that decides whether it comes out as it is frozen.

    These are the derived ones, and all of a study that measures nothing.
    """
    measured = any(spec.kind == "measured" for spec in declared.values())
    found = {}
    for table_id, spec in declared.items():
        if not measured or (spec.made == "derived" and table_exists(table_id, root)):
            found[table_id] = _verified_key(study, table_id, spec, root, now)
    return found


def _changed_data(study: StudyBase, declared: Mapping[str, TableSpec], root: Path, now: Snapshot) -> str | None:
    """Which data of a study that measures nothing are others than those of its tables, in words."""
    if any(spec.kind == "measured" for spec in declared.values()):
        return None
    for table_id, spec in declared.items():
        with suppress(TableError):  # of a table that is missing or damaged nothing is known
            then = read_sidecar(table_id, root).digests.data
            for name, digest in dependencies(study, spec, lambda other: None, now=now).data.items():
                if then.get(name, digest) != digest:
                    return f"its data have changed ({name} {then[name][:12]} -> {digest[:12]})"
    return None


def _verified_key(study: StudyBase, table_id: str, spec: TableSpec, root: Path, now: Snapshot) -> str:
    def digest(other: str) -> str | None:
        path, sidecar = table_paths(other, root)
        return sha256_json([now.digest(file) if file.is_file() else None for file in (path, sidecar)])

    made_from = dependencies(study, spec, digest, now=now)
    return sha256_json(["verified", table_id, digest(table_id), asdict(made_from), description_digest(spec)])


def _is_told(error: UserError, found: list[Problem]) -> bool:
    """Whether what stopped a study is a table that it reads and of which `found` speaks already."""
    table = _table_of(error.where) if isinstance(error, TableError) and error.where else ""
    return bool(table) and any(_table_of(problem.where) == table for problem in found)


def _table_of(where: str) -> str:
    """A table's path without line and suffix: its rows and its sidecar are one table."""
    return str(PurePath(where.partition(":")[0]).with_suffix(""))


def _remake(
    study: StudyBase,
    declared: Mapping[str, TableSpec],
    tables: list[str],
    root: Path,
    progress: Progress,
    now: Snapshot,
) -> dict[str, bytes]:
    """Tables of a study, made again: by running it where it measures nothing, else in the profile of its last run."""
    if any(spec.kind == "measured" for spec in declared.values()):
        profile = read_sidecar(tables[0], root).provenance.profile
        made = derive(study, root, progress, profile, tables, now)
        return {sealed.sidecar.id: sealed.data for sealed in made}
    known = {}
    for table_id in tables:
        with suppress(TableError):  # of a table that is missing or damaged nothing is known
            known[table_id] = read_sidecar(table_id, root).digests
    with Work(work_folder(study, study.default_profile)) as work:
        made = execute(study, root, progress, Choice(), work, now, known)
        return {sealed.sidecar.id: sealed.data for sealed in made}


def _by_value(table_id: str, remade: bytes | None, damaged: bool, root: Path) -> Iterator[Problem]:
    """The cells that differ from the frozen ones where those are known, or from those of the rerun study."""
    try:
        sidecar = read_sidecar(table_id, root)
        remake = remaking(table_id, sidecar.made)
        path = data_path(table_id, root, sidecar.format)
        where, data = shown_path(path), read_bytes(path, table_id)
        if damaged:
            known = [version for version in (remade, _committed(path)) if version is not None]
            frozen = next((version for version in known if sha256_bytes(version) == sidecar.digests.table), None)
            word, remedy = "frozen", f"restore it or make it again ({remake})"
        else:
            frozen = remade
            word, remedy = "made again", f"see whether it is stale (`experiments status`), and {remake}"
            if sidecar.made == "derived":  # freezing passes over a table that is fresh
                remedy = f"{remake} makes it again if it is stale (`experiments status`); else restore it"
        if frozen is not None:
            for line, what in differences(Version(frozen, sidecar), Version(data, sidecar), where, word):
                yield Problem(table_id, f"{where}:{line}" if line else where, what, remedy)
    except TableError:  # not readable as a table: the problem by digest says so better
        return


def _committed(path: Path) -> bytes | None:
    """The file as git has it at HEAD, None where it has none."""
    try:
        return run_git(path.parent, "show", f"HEAD:./{path.name}")
    except GitError:
        return None


def _missing(declared: Mapping[str, TableSpec], root: Path) -> Iterator[Problem]:
    """The tables that are not there; what is derived from a run that is frozen needs no other."""
    absent = {table_id: spec.made for table_id, spec in declared.items() if not table_exists(table_id, root)}
    for table_id, made in absent.items():
        path, _ = table_paths(table_id, root)
        how = made if "run" not in absent.values() else "run"
        yield Problem(table_id, shown_path(path), "missing", f"make it with {remaking(table_id, how)}")
