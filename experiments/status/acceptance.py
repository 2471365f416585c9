"""Accept a stale table as unchanged, on the record."""

import getpass
from datetime import UTC, datetime
from pathlib import Path

from experiments.freezing.declared import every_spec
from experiments.freezing.lock import writing
from experiments.freezing.seal import sidecar_bytes, signed
from experiments.freezing.transaction import commit
from experiments.status.freshness import TableStatus, table_status
from experiments.study_files import load_study
from experiments.tables.errors import UserError
from experiments.tables.locations import split_id
from experiments.tables.read import read_sidecar
from experiments.tables.sidecar import Acceptance


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
        acceptance = Acceptance(
            who=_user(),
            when=datetime.now(UTC).isoformat(timespec="seconds"),
            because=because.strip(),
            changes=status.changes,
        )
        sidecar = read_sidecar(table_id, root)
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
