"""Run a study in memory: its declared tables, sealed, in the order in which the system yields them."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from graphlib import TopologicalSorter
from pathlib import Path

from experiments.freezing.declared import specs
from experiments.freezing.dependencies import Snapshot, dependencies
from experiments.freezing.places import add_place_to_errors
from experiments.freezing.provenance import Meter, provenance
from experiments.freezing.seal import Sealed, seal
from experiments.freezing.work import Work
from experiments.study import StudyBase
from experiments.system import (
    Choice,
    Context,
    PartMade,
    Progress,
    Read,
    TableResult,
    TableSpec,
    all_rows,
    load_system,
)
from experiments.tables.digest import sha256_json
from experiments.tables.errors import MisnamedError, UserError
from experiments.tables.locations import runs_root
from experiments.tables.read import FrozenTable, read_table
from experiments.tables.sidecar import Digests, Profile

Run = Callable[[StudyBase, Context], Iterator[TableResult]]
"""What makes the run tables of a study: its system, or who has the parts of the run made elsewhere before."""


def execute(
    study: StudyBase,
    root: Path,
    progress: Progress,
    choice: Choice,
    work: Work,
    snapshot: Snapshot | None = None,
    known: Mapping[str, Digests] | None = None,
    run: Run | None = None,
    expected_seconds: float | None = None,
) -> Iterator[Sealed]:
    """Yield every table of the study in the chosen profile: those of the run, then the derived ones.

    `snapshot` is the look at the code as it runs, whatever is edited meanwhile. `known` are the digests, by id, of
    tables that may come out again. `run` stands in for that of the system. `expected_seconds` go on record beside
    what the run takes. Nothing is written to `root`. Input tables are read from `root`, those of the same study from
    what this run has yielded so far. Raises UserError for a choice that the study does not offer, and where the system
    yields a table that no run makes, yields one twice, or leaves one out.
    """
    profile = chosen_profile(study, choice)
    declared = specs(study, profile)
    ran = {spec.name: spec for spec in declared.values() if spec.made == "run"}
    study = study.at(profile)
    snapshot = snapshot or Snapshot()
    reader = _Reader(study.study, root, known=frozenset(declared))
    fingerprint = _fingerprint(study, tuple(ran.values()), snapshot)  # now, before anything can be edited
    context = Context(reader, progress, profile, choice.seeds, work=lambda: work.open(fingerprint))
    command = _command(study, profile, choice.seeds)
    for result in _run_of(study, context, run):
        spec = ran.pop(result.name, None)
        if spec is None:
            raise UserError(f"{study.study}: the system {study.system} made {result.name}, undeclared or a second time")
        now = dependencies(study, spec, lambda table_id: reader(table_id).digest, choice.seeds, snapshot)
        how = provenance(command, work.meter, result.seeds, profile, expected_seconds)
        yield reader.keep(seal(study, spec, result, now, how, (known or {}).get(f"{study.study}/{spec.name}")))
    if ran:
        raise UserError(f"{study.study}: the system {study.system} did not make {', '.join(ran)}")
    yield from _derive(study, declared, reader, choice.seeds, profile, progress, snapshot)


def make_part(study: StudyBase, root: Path, progress: Progress, choice: Choice, name: str, folder: Path) -> None:
    """Make one part of a run of the study, and keep it in `folder`, where what an earlier attempt left is gone on with.

    Nothing is kept of a part that the run does not have. Raises UserError for whatever stops it.
    """
    context = _alone(study, root, progress, choice, folder, name)
    study = study.at(context.profile)
    with suppress(PartMade):
        for _ in _run_of(study, context):
            raise UserError(f"{study.study}: the system {study.system} made tables where it was asked for one part")


def make_results(study: StudyBase, root: Path, progress: Progress, choice: Choice, folder: Path) -> list[TableResult]:
    """The run tables of the study, of the parts that are kept in `folder`."""
    context = _alone(study, root, progress, choice, folder)
    study = study.at(context.profile)
    return list(_run_of(study, context))


def _run_of(study: StudyBase, context: Context, run: Run | None = None) -> Iterator[TableResult]:
    """The run of a study."""
    with add_place_to_errors(study, context.profile):
        yield from (run or load_system(study.system).run)(study, context)


def _alone(
    study: StudyBase, root: Path, progress: Progress, choice: Choice, folder: Path, only: str | None = None
) -> Context:
    """What a run may ask for that freezes nothing."""
    profile = chosen_profile(study, choice)
    reader = _Reader(study.study, root, known=frozenset(specs(study, profile)))
    return Context(reader, progress, profile, choice.seeds, work=lambda: folder, only=only)


def derive(
    study: StudyBase,
    root: Path,
    progress: Progress,
    profile: Profile | None,
    only: Collection[str] | None = None,
    snapshot: Snapshot | None = None,
) -> Iterator[Sealed]:
    """Yield the derived tables of the study, from the frozen tables of its last run in `profile`.

    `only` names the ids of some of them; others that these are made from are then read as they are frozen. `snapshot`
    is a look at the code that was taken already. Raises TableError where a table that they are made from is missing or
    damaged.
    """
    declared = {
        table_id: spec
        for table_id, spec in specs(study, profile).items()
        if spec.made == "derived" and (only is None or table_id in only)
    }
    reader = _Reader(study.study, root, known=frozenset(declared))
    study = study.at(profile)
    yield from _derive(study, declared, reader, (), profile, progress, snapshot or Snapshot())


class _Reader:
    """Reads tables for a study: those that it has just made, else frozen ones; `known` are those that it makes."""

    def __init__(self, study: str, root: Path, known: frozenset[str]) -> None:
        self._study, self._root, self._known = study, root, known
        self._made: dict[str, FrozenTable] = {}

    def __call__(self, name: str) -> FrozenTable:
        table_id = self._id(name)
        if table_id not in self._made:
            self._made[table_id] = read_table(table_id, self._root)
        return self._made[table_id]

    def only(self, inputs: Collection[str], where: str) -> Read:
        """Reads no other tables than `inputs`, for the derived table called `where`."""

        def read(name: str) -> FrozenTable:
            if (table_id := self._id(name)) not in inputs:
                declared = ", ".join(inputs)
                raise MisnamedError(f"reads {table_id}, which is none of its inputs ({declared})", where)
            return self(table_id)

        return read

    def _id(self, name: str) -> str:
        """The id of a table. Raises UserError for one that the study is still to make."""
        table_id = name if "/" in name else f"{self._study}/{name}"
        if table_id in self._known and table_id not in self._made:
            raise UserError(f"{self._study}: reads {table_id} before it makes it")
        return table_id

    def keep(self, sealed: Sealed) -> Sealed:
        """Remember a table that was just made, and pass it on."""
        self._made[sealed.sidecar.id] = sealed.table()
        return sealed


def _derive(
    study: StudyBase,
    declared: Mapping[str, TableSpec],
    reader: _Reader,
    seeds: tuple[int, ...],
    profile: Profile | None,
    progress: Progress,
    snapshot: Snapshot,
) -> Iterator[Sealed]:
    """Yield the derived tables, each after those that it reads."""
    waiting = {table_id: spec for table_id, spec in declared.items() if spec.made == "derived"}
    if not waiting:
        return
    order = TopologicalSorter({table_id: set(spec.inputs) & set(waiting) for table_id, spec in waiting.items()})
    for table_id in progress(list(order.static_order()), f"{study.study}: deriving"):
        spec, meter = waiting[table_id], Meter()
        try:
            rows = all_rows(spec.derive(reader.only(spec.inputs, table_id)))
        except KeyError as error:
            older = f"{table_id}: cannot be derived: what it reads has no {error}, so it was made by older code"
            raise MisnamedError(f"{older}; make that again first (`experiments run {study.study}`)") from error
        made_from = [reader(name).sidecar for name in spec.inputs]
        seeds = seeds or tuple(dict.fromkeys(seed for each in made_from for seed in each.provenance.seeds))
        result = TableResult(
            spec.name,
            rows,
            data={name: digest for each in made_from for name, digest in each.digests.data.items()},
            models={name: digest for each in made_from for name, digest in each.digests.models.items()},
            seeds=seeds,
        )
        own = next((each for each in made_from if each.study == study.study), None)
        asked = study.digest()
        if own and asked not in own.accepted_of("study"):
            asked = own.digests.study
        command = own.provenance.command if own else _command(study, profile, ())  # with the seeds of the run
        now = replace(dependencies(study, spec, lambda name: reader(name).digest, now=snapshot), study=asked)
        yield reader.keep(seal(study, spec, result, now, provenance(command, meter, seeds, profile)))


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


def made_from(study: StudyBase, profile: Profile | None) -> dict[str, str]:
    """What the run tables of a study are made from here, by name: for a machine that is to make the same of it."""
    made = [spec for spec in specs(study, profile).values() if spec.made == "run"]
    snapshot, study, found = Snapshot(), study.at(profile), {}
    for now in (dependencies(study, spec, lambda table_id: None, now=snapshot) for spec in made):
        found |= {"the study": now.study, "the lock file": now.lockfile}
        found |= {f"data {name}": digest for name, digest in now.data.items()}
        found |= {f"model {name}": digest for name, digest in now.models.items()}
    return {**found, "code": sha256_json([snapshot.code(spec.code) for spec in made])}


def fingerprint(study: StudyBase, profile: Profile | None, snapshot: Snapshot | None = None) -> str:
    """The digest of everything that the run tables of a study are made from, but for seeds and other tables."""
    made = tuple(spec for spec in specs(study, profile).values() if spec.made == "run")
    return _fingerprint(study.at(profile), made, snapshot or Snapshot())


def _fingerprint(study: StudyBase, specs: tuple[TableSpec, ...], snapshot: Snapshot) -> str:
    made_from = [dependencies(study, spec, lambda table_id: None, now=snapshot) for spec in specs]
    return sha256_json([[now.study, now.code, now.lockfile, now.data, now.models] for now in made_from])


def _command(study: StudyBase, profile: Profile | None, seeds: tuple[int, ...]) -> str:
    options = [f"--profile {profile}"] if profile else []
    return " ".join([f"experiments run {study.study}", *options, *(f"--seed {seed}" for seed in seeds)])
