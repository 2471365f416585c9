"""Accept stale tables as unchanged, on the record."""

import getpass
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import cache
from importlib import metadata
from itertools import groupby
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from experiments.freezing.declared import every_spec
from experiments.freezing.dependencies import Snapshot
from experiments.freezing.lock import writing
from experiments.freezing.seal import sidecar_bytes, signed
from experiments.freezing.smoke import has_smoke, smoke_digests
from experiments.freezing.transaction import commit
from experiments.status.freshness import TableStatus, all_statuses, table_status
from experiments.study_files import load_study
from experiments.system import Progress
from experiments.tables.errors import TableError, UserError, printable
from experiments.tables.locations import project_root, split_id
from experiments.tables.read import read_sidecar
from experiments.tables.sidecar import Acceptance

PROVED = "same smoke result"
_PIN = re.compile(r"^[A-Za-z0-9][^#\\\n]*", re.MULTILINE)


def matching_tables(asked: Iterable[str], root: Path) -> list[str]:
    """The ids that are asked for: those given as such, and the stale tables that fit a pattern like `sst2-*/scores`.

    Raises UserError for a pattern that fits no stale table.
    """
    found: list[str] = []
    stale: list[str] | None = None
    for pattern in asked:
        if not any(sign in pattern for sign in "*?["):
            found.append(pattern)
            continue
        if stale is None:
            stale = [status.table for status in all_statuses(root) if status.state == "stale"]
        fitting = [table_id for table_id in stale if _fits(table_id, pattern)]
        if not fitting:
            raise UserError(f"{printable(pattern)} fits no stale table; stale: {', '.join(stale) or 'none'}")
        found += fitting
    return list(dict.fromkeys(found))


def _fits(table_id: str, pattern: str) -> bool:
    parts, patterns = table_id.split("/"), pattern.split("/")
    return len(parts) == len(patterns) and all(map(fnmatchcase, parts, patterns))


def accept(table_id: str, because: str, root: Path) -> Acceptance:
    """Record in the sidecar that what has changed leaves the table as it is; the next change makes it stale again.

    Raises UserError where there is nothing to accept, where the table was tampered with, and where its description
    changed, since the table would go on showing the old one.
    """
    if not because.strip():
        raise UserError('say why nothing changes: --because "…"')
    name, _ = split_id(table_id)
    study = load_study(name)
    declared = every_spec(study)
    if table_id not in declared:
        raise UserError(f"{name} makes no such table; it makes {', '.join(declared)}")
    with writing(root, name, f"experiments accept {table_id}") as folder:
        status = table_status(study, table_id, declared[table_id], root)
        _refuse_all_but_stale(status)
        return _record(status, because.strip(), folder, root)


def accept_proved(asked: Iterable[str], root: Path, progress: Progress) -> tuple[dict[str, Acceptance], dict[str, str]]:
    """Accept the run tables of which only code and lock file changed and whose smoke result is the one that it was.

    `asked` are ids and patterns, none for all tables. Runs the smoke profile of each study that has such a table.
    Returns the acceptances by table, and for each table that stays stale the reason.
    """
    asked, snapshot = list(asked), Snapshot()
    statuses = {status.table: status for status in all_statuses(root, snapshot) if status.state == "stale"}
    chosen = matching_tables(asked, root) if asked else list(statuses)
    accepted: dict[str, Acceptance] = {}
    stays = {table_id: "is not stale" for table_id in chosen if table_id not in statuses}
    waiting: dict[str, TableStatus] = {}
    for table_id in chosen:
        if table_id in statuses:
            reason = _not_provable(statuses[table_id], root)
            if reason:
                stays[table_id] = reason
            else:
                waiting[table_id] = statuses[table_id]
    by_study = [list(group) for _, group in groupby(sorted(waiting), lambda table_id: table_id.partition("/")[0])]
    for tables in progress(by_study, "running smoke profiles"):
        name = tables[0].partition("/")[0]
        try:
            found = smoke_digests(load_study(name), snapshot)
        except UserError as error:
            stays |= dict.fromkeys(tables, str(error))
            continue
        with writing(root, name, "experiments accept --proved") as folder:
            done, rest = _accept_same(tables, waiting, found, folder, root)
        accepted |= done
        stays |= rest
    return accepted, stays


@cache
def other_package() -> str:
    """The first package that is not here as the lock file of the runs pins it; empty where all are."""
    try:
        return next(_differences_from(project_root() / "lockfiles" / "experiments.txt"), "")
    except (OSError, InvalidRequirement) as error:
        return str(error)


def _differences_from(lock: Path) -> Iterator[str]:
    """Each package that a lock file pins for this machine and that is absent or of another version here.

    Raises OSError for a file that cannot be read, and packaging's InvalidRequirement for one that is no lock file.
    """
    for pin in _PIN.findall(lock.read_text("utf-8")):
        wanted = Requirement(pin.strip())
        if wanted.marker is not None and not wanted.marker.evaluate():
            continue
        try:
            found = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            yield f"{wanted.name}{wanted.specifier} is not installed"
            continue
        if not wanted.specifier.contains(found, prereleases=True):
            yield f"{wanted.name} {found} is installed, not {wanted.specifier}"


def _not_provable(status: TableStatus, root: Path) -> str:
    """Why a smoke run could not prove that the table is as it was; empty where it could."""
    changed = [change.what for change in status.changes]
    others = [what for what in changed if what not in ("code", "lockfile")]
    study = status.table.partition("/")[0]
    if status.made == "derived":
        return "is derived: `experiments freeze` makes it again without a run"
    if others:
        return f"not only its code has changed, but {', '.join(others)}"
    if "lockfile" in changed and (other := other_package()):
        return f"its lock file has changed too, and a smoke run here would not be by it: {other}"
    if not has_smoke(load_study(study)):
        return f"{study} has no smoke profile"
    try:
        if read_sidecar(status.table, root).digests.smoke is None:
            return "no smoke result was recorded when it was frozen"
    except TableError as error:
        return str(error)
    return ""


def _accept_same(
    tables: list[str], statuses: Mapping[str, TableStatus], found: Mapping[str, str], folder: Path, root: Path
) -> tuple[dict[str, Acceptance], dict[str, str]]:
    accepted, stays = {}, {}
    for table_id in tables:
        if table_id not in found:
            stays[table_id] = "the smoke profile does not make it, or its code was edited meanwhile"
        elif found[table_id] != read_sidecar(table_id, root).digests.smoke:
            stays[table_id] = "its smoke result is not what it was"
        else:
            accepted[table_id] = _record(statuses[table_id], PROVED, folder, root)
    return accepted, stays


def _record(status: TableStatus, because: str, folder: Path, root: Path) -> Acceptance:
    """Put the acceptance into the sidecar. The caller holds the study's lock."""
    acceptance = Acceptance(
        who=_user(),
        when=datetime.now(UTC).isoformat(timespec="seconds"),
        because=because,
        changes=status.changes,
    )
    sidecar = read_sidecar(status.table, root)
    sidecar = signed(sidecar, [*sidecar.accepted, acceptance])
    commit(folder, {f"{sidecar.table}.json": sidecar_bytes(sidecar)})
    return acceptance


def _refuse_all_but_stale(status: TableStatus) -> None:
    if status.state == "tampered":
        raise UserError(f"{status.table} was tampered with and cannot be accepted: {status.notes[0]}")
    if status.state != "stale":
        raise UserError(f"{status.table} is {status.state}; there is nothing to accept")
    if any(change.what == "description" for change in status.changes):
        remedy = f"run `experiments run {status.table.partition('/')[0]}`"
        raise UserError(f"{status.table} is described differently now, which cannot be accepted; {remedy}")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user id without a name
        return "unknown"
