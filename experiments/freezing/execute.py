"""Run a study in memory: its declared tables, sealed, in the order in which the system yields them."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from experiments.freezing.declared import specs
from experiments.freezing.dependencies import dependencies
from experiments.freezing.provenance import Meter, provenance
from experiments.freezing.seal import Sealed, seal
from experiments.freezing.work import Work
from experiments.study import StudyBase
from experiments.system import Choice, Context, Progress, TableSpec, load_system
from experiments.tables.digest import sha256_json
from experiments.tables.errors import UserError
from experiments.tables.locations import runs_root
from experiments.tables.read import FrozenTable, read_table
from experiments.tables.sidecar import Profile


def execute(study: StudyBase, root: Path, progress: Progress, choice: Choice, work: Work) -> Iterator[Sealed]:
    """Yield every table of the study in the chosen profile. Nothing is written to `root`.

    Input tables are read from `root`, those of the same study from what this run has yielded so far. Raises UserError
    for a choice that the study does not offer, and where the system yields a table that it did not declare, yields one
    twice, or leaves one out.
    """
    profile = chosen_profile(study, choice)
    system = load_system(study.system)
    declared = {spec.name: spec for spec in specs(study, profile).values()}
    study = study.at(profile)
    meter = Meter()
    made: dict[str, FrozenTable] = {}

    def read(table_id: str) -> FrozenTable:
        if table_id in made:
            return made[table_id]
        if table_id.startswith(f"{study.study}/"):
            raise UserError(f"{study.study}: reads {table_id} before it makes it")
        return read_table(table_id, root)

    fingerprint = partial(_fingerprint, study, tuple(declared.values()))
    context = Context(read, progress, profile, choice.seeds, work=lambda: work.open(fingerprint()))
    command = _command(study, profile, choice.seeds)
    for result in system.run(study, context):
        spec = declared.pop(result.name, None)
        if spec is None:
            raise UserError(f"{study.study}: the system {study.system} made {result.name}, undeclared or a second time")
        now = dependencies(study, spec, lambda table_id: read(table_id).digest, choice.seeds)
        sealed = seal(study, spec, result, now, provenance(command, meter, result.seeds, profile))
        made[sealed.sidecar.id] = sealed.table()
        yield sealed
    if declared:
        raise UserError(f"{study.study}: the system {study.system} did not make {', '.join(declared)}")


def chosen_profile(study: StudyBase, choice: Choice) -> Profile | None:
    """The profile to run in. Raises UserError for one that the study does not have, or seeds that it has no use for."""
    names = study.profile_names
    if not names and (choice.profile or choice.seeds):
        option = "--profile" if choice.profile else "--seed"
        raise UserError(f"{study.study} has no profiles and no seeds; leave {option} out")
    if choice.profile and choice.profile not in names:
        raise UserError(f"{study.study} has no profile {choice.profile}; it has {', '.join(names)}")
    return choice.profile or study.default_profile


def work_folder(study: StudyBase, profile: Profile | None) -> Path:
    """Where a run of the study in this profile keeps what it needs to go on."""
    return runs_root() / study.study / (profile or "any")


def _fingerprint(study: StudyBase, specs: tuple[TableSpec, ...]) -> str:
    """The digest of everything that tables are made from, but for seeds and other tables."""
    made_from = [dependencies(study, spec, lambda table_id: None) for spec in specs]
    return sha256_json([[now.study, now.code, now.lockfile, now.data, now.models] for now in made_from])


def _command(study: StudyBase, profile: Profile | None, seeds: tuple[int, ...]) -> str:
    options = [f"--profile {profile}"] if profile else []
    return " ".join([f"experiments run {study.study}", *options, *(f"--seed {seed}" for seed in seeds)])
