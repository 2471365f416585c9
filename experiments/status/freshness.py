"""Whether a frozen table is still what its study would make, and if not, what changed."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from experiments.freezing.declared import every_spec
from experiments.freezing.dependencies import Dependencies, Snapshot, dependencies, description_digest
from experiments.study import StudyBase
from experiments.study_files import load_study, study_names
from experiments.system import TableSpec
from experiments.tables.errors import TableError, UserError
from experiments.tables.read import read_table, table_digest, table_exists, table_ids
from experiments.tables.sidecar import Change, Made, Profile, Sidecar
from experiments.tables.verify import table_problems

State = Literal["fresh", "stale", "missing", "tampered", "orphaned"]


@dataclass(frozen=True)
class TableStatus:
    """How one table stands: `changes` say why it is stale, `notes` what else there is to know.

    `profile` is the one that the table was made in; for one that is not there, the one that it would be made in.
    """

    table: str
    kind: str
    state: State
    made: Made = "run"
    profile: Profile | None = None
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The status as `experiments status --json` prints it."""
        return {**asdict(self), "changes": [change.model_dump() for change in self.changes]}


def all_statuses(root: Path, now: Snapshot | None = None) -> list[TableStatus]:
    """Every table that a study declares, and every frozen one that none does, by id."""
    now = now or Snapshot()
    found = {status.table: status for name in study_names() for status in study_statuses(load_study(name), root, now)}
    for table_id in table_ids(root):
        if table_id not in found:
            found[table_id] = TableStatus(table_id, "", "orphaned", notes=("no study makes it; remove its two files",))
    return [found[table_id] for table_id in sorted(found)]


def study_statuses(study: StudyBase, root: Path, now: Snapshot | None = None) -> list[TableStatus]:
    """The tables of one study, in the order in which it declares them.

    One that only another profile than the default makes is left out where nobody has made it.
    """
    now = now or Snapshot()
    declared = every_spec(study).items()
    return [
        table_status(study, table_id, by_profile, root, now)
        for table_id, by_profile in declared
        if study.default_profile in by_profile or table_exists(table_id, root)
    ]


def table_status(
    study: StudyBase,
    table_id: str,
    by_profile: Mapping[Profile | None, TableSpec],
    root: Path,
    snapshot: Snapshot | None = None,
) -> TableStatus:
    """How one declared table stands, held against the profile that it was made in."""
    profile, spec = next(iter(by_profile.items()))
    if not table_exists(table_id, root):
        return TableStatus(table_id, spec.kind, "missing", spec.made, profile)
    try:
        sidecar = read_table(table_id, root).sidecar
    except TableError:
        notes = tuple(f"{problem.where}: {problem.what}" for problem in table_problems(table_id, root))
        return TableStatus(table_id, spec.kind, "tampered", spec.made, profile, notes=notes)
    if sidecar.provenance.profile in by_profile:
        profile, spec = sidecar.provenance.profile, by_profile[sidecar.provenance.profile]
    unusual, study = profile != study.default_profile, study.at(profile)
    try:
        now = dependencies(study, spec, lambda other: table_digest(other, root), now=snapshot)
    except UserError as error:  # such as code that is not there any more
        return TableStatus(table_id, spec.kind, "stale", spec.made, profile, notes=(str(error),))
    seeds = sidecar.provenance.seeds
    asked_for = bool(seeds) and sidecar.digests.study == study.digest(seeds)
    if asked_for:  # the study's own seeds were set aside on purpose
        now = replace(now, study=sidecar.digests.study)
    changes = tuple(_changes(spec, sidecar, now))
    notes = tuple(_notes(spec, sidecar, now, asked_for, unusual))
    return TableStatus(table_id, spec.kind, "stale" if changes else "fresh", spec.made, profile, changes, notes)


def _notes(spec: TableSpec, sidecar: Sidecar, now: Dependencies, asked_for: bool, unusual: bool) -> Iterator[str]:
    """What whoever reads the state should know: how the table was made, and what could not be checked."""
    if unusual:
        yield f"made in the profile {sidecar.provenance.profile}"
    if asked_for:
        yield f"made with --seed {' --seed '.join(map(str, sidecar.provenance.seeds))}"
    groups = (("data", spec.data, now.data), ("model", spec.models, now.models))
    unseen = [f"{group}:{name}" for group, named, here in groups for name in named if name not in here]
    if unseen:
        yield f"not checked here: {', '.join(unseen)}"


def _changes(spec: TableSpec, sidecar: Sidecar, now: Dependencies) -> Iterator[Change]:
    """What differs between then and now, but for what was accepted.

    A data file, model or input that is not on this machine is no change.
    """
    then = sidecar.digests
    pairs = [("study", then.study, now.study), ("code", then.code, now.code), ("lockfile", then.lockfile, now.lockfile)]
    for group, named, digests, old in (
        ("data", spec.data, now.data, then.data),
        ("model", spec.models, now.models, then.models),
        ("input", spec.inputs, now.inputs, then.inputs),
    ):
        pairs += [(f"{group}:{name}", old.get(name), digests.get(name, old.get(name))) for name in named]
    pairs.append(("description", description_digest(sidecar), description_digest(spec)))
    for what, old, new in pairs:
        if new != old and new not in sidecar.accepted_of(what):
            yield Change(what=what, old=old, new=new)
