"""What a run will do before it does it: its parts, what each needs, what is there already, and how long it takes.

Memory follows from parameter counts, time from the last freeze. Where that was of another profile, its time is taken
by parameters: a part of a model twice as large takes twice as long. That holds between parts, and says nothing about
another machine, so a plan on so many machines is told as a share of the time on one.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.clusters.kept import Kept
from experiments.clusters.run import is_kept, parts_address
from experiments.clusters.store import Store
from experiments.freezing.declared import specs
from experiments.freezing.execute import chosen_profile, fingerprint, work_folder
from experiments.freezing.expected import expected
from experiments.freezing.work import FINISHED, MADE_FROM
from experiments.study import StudyBase
from experiments.system import Choice, PartSpec, parts_of_run
from experiments.tables.errors import TableError, UserError
from experiments.tables.locations import runs_address
from experiments.tables.read import read_sidecar, read_table

if TYPE_CHECKING:
    from experiments.parameters.count import Count

BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
COST, SECONDS = "cost", "wall_seconds"


@dataclass(frozen=True)
class Planned:
    """A part of a run with what it will take, as far as is known; None where it is not.

    `memory` is in bytes for weights, gradients and optimiser alone, activations come on top. `seconds` are those of the
    last freeze, `scaled` by parameters where that was of another profile.
    """

    study: str
    part: str
    model: str | None
    parameters: int | None
    memory: int | None
    seconds: float | None
    scaled: bool
    state: str
    after: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Whether it is still to be made."""
        return self.state == "missing"


def plan(
    chosen: Sequence[tuple[StudyBase, Choice]], root: Path, *, passing_over: tuple[type[UserError], ...] = ()
) -> list[Planned]:
    """The parts of the studies, in the order in which they are run; `after` are those studies whose tables one reads.

    A study that has no parts is one part, called "all". One that cannot be planned for an error of `passing_over` is
    left out.
    """
    names, parts = [study.study for study, _ in chosen], []
    for study, choice in chosen:
        with suppress(*passing_over):
            parts += list(_of_study(study, choice, root, names))
    return parts


def _of_study(study: StudyBase, choice: Choice, root: Path, chosen: Sequence[str]) -> Iterator[Planned]:
    profile = chosen_profile(study, choice)
    read = {table.partition("/")[0] for spec in specs(study, profile).values() for table in spec.inputs}
    after = tuple(name for name in chosen if name in read and name != study.study)
    folder, narrowed = work_folder(study, profile), study.at(profile)
    kept = _kept(folder, study, profile)
    shared = kept.store.parts() if kept is not None and kept.store is not None else set()
    frozen = _frozen_costs(study, root)
    listed = parts_of_run(narrowed, choice.seeds)
    for spec in listed or (PartSpec("all", ""),):
        counted = _count(spec)
        if listed:
            seconds, scaled = _seconds(spec, frozen, profile, counted.total.logical_base if counted else None)
        else:
            whole = expected(study, root, choice)
            seconds, scaled = whole and whole.seconds, False
        state = "missing"
        if kept is not None and listed and (is_kept(kept, spec) or spec.name in shared):
            record = kept.record(spec.name) or (kept.store.record(spec.name) if spec.name in shared else None)
            state = f"kept, made on {record.node}" if record else "kept"
        yield Planned(
            study.study,
            spec.name,
            spec.model.name if spec.model else None,
            counted.total.logical_base if counted else None,
            _memory(spec, counted) if counted else None,
            seconds,
            scaled,
            state,
            after,
        )


def _kept(folder: Path, study: StudyBase, profile) -> Kept | None:
    """What an interrupted run of the same fingerprint has left, here or at the address where machines share parts."""
    began = (folder / MADE_FROM).is_file()
    if not began and runs_address() is None:
        return None
    mark = fingerprint(study, profile)
    goes_on = began and (folder / MADE_FROM).read_text("utf-8") == mark and not (folder / FINISHED).exists()
    address = parts_address(study.study, profile, mark)
    if address and not (store := Store(address)).is_finished():
        return Kept(folder, store)
    return Kept(folder) if goes_on else None


def _count(spec: PartSpec) -> "Count | None":
    """The parameters of what a part loads, counted in closed form; None where nothing here knows its shape."""
    from experiments.models.locate import known_config
    from experiments.parameters.catalogue import Model
    from experiments.parameters.config import Config
    from experiments.parameters.count import count
    from experiments.parameters.lora import Lora

    if spec.model is None or not (values := known_config(spec.model.entry)):
        return None
    entry, training = spec.model.entry, spec.training
    lora = None
    if training is not None and training.lora is not None:
        targets = training.lora.targets
        lora = Lora(training.lora.r, targets if isinstance(targets, str) else ",".join(targets))
    model = Model(entry.name, entry.title, entry.source, Config(dict(values), entry.name), {})
    with suppress(UserError):
        return count(model, lora=lora, quantization=spec.quantization)
    return None


def _memory(spec: PartSpec, counted: "Count") -> int:
    """Bytes of weights, and of gradients and the two moments of the optimiser for what is trained."""
    total, size = counted.total, BYTES[spec.dtype]
    packed = total.logical_base + total.added - total.stored  # NF4 halves elements, and makes them bytes
    weights = packed + (total.stored - packed) * size
    method = spec.training.method if spec.training else None
    trained = {"full": 3 * size * total.trainable, "lora": 12 * total.added, "qlora": 12 * total.added}
    return weights + trained.get(method, 0)


Costs = tuple[str | None, list[Mapping[str, object]]]


def _frozen_costs(study: StudyBase, root: Path) -> Costs:
    """The profile of the last freeze, and the rows of its table of costs."""
    try:
        table_id = f"{study.study}/{COST}"
        return read_sidecar(table_id, root).provenance.profile, list(read_table(table_id, root).rows)
    except TableError:
        return None, []


def _seconds(spec: PartSpec, frozen: Costs, profile: str | None, parameters: int | None) -> tuple[float | None, bool]:
    """How long the part took when it was frozen, or one like it did: of another seed, or of another model."""
    was, rows = frozen
    if was == profile:
        own = [row for row in rows if all(row.get(key) == value for key, value in spec.costs.items())]
        if own:
            return sum(row.get(SECONDS) or 0 for row in own), False
    alike = [row for row in rows if _is_alike(spec, row)]
    ran = {(row.get("run"), row.get("model"), row.get("weights"), row.get("judge")) for row in alike}
    if not alike:
        return None, False
    mean = sum(row.get(SECONDS) or 0 for row in alike) / len(ran)
    if was == profile:
        return mean, False
    known = [found for row in alike if (found := row.get("logical_base") or _parameters(row.get("model")))]
    if not (known and parameters):
        return None, False
    return mean * parameters * len(known) / sum(known), True


def _parameters(model: object) -> int | None:
    """The parameters of a model of the registry."""
    from experiments.choices import ModelChoice

    try:
        counted = _count(PartSpec("", "", model=ModelChoice(name=model)))
    except (ValueError, UserError):
        return None
    return counted.total.logical_base if counted else None


def _is_alike(spec: PartSpec, row: Mapping[str, object]) -> bool:
    """Whether a row is of a part that differs in its seed or its model alone."""
    for key, value in spec.costs.items():
        if key == "run":
            if (row.get("run") == "all") != (value == "all"):
                return False
        elif key not in ("model", "judge") and row.get(key) != value:
            return False
    return bool(spec.costs) and row.get("model") is not None


@dataclass(frozen=True)
class Schedule:
    """How long parts take on so many machines, each part as soon as one is free and what it waits for is done.

    Times are in the seconds of the parts. `path` is the longest chain of parts that wait for each other: no number of
    machines is faster.
    """

    machines: int
    seconds: float
    one: float
    path: tuple[Planned, ...]

    @property
    def path_seconds(self) -> float:
        """The time of the critical path."""
        return sum(part.seconds or 0 for part in self.path)


def schedule(parts: Sequence[Planned], machines: int) -> Schedule:
    """Place the parts that are known in time, the longest of those that are ready first."""
    known = [part for part in parts if part.is_open and part.seconds is not None]
    by_study: dict[str, list[Planned]] = {}
    for part in known:
        by_study.setdefault(part.study, []).append(part)
    left = {study: len(found) for study, found in by_study.items()}
    ready: list[tuple[float, int, Planned]] = []
    waiting, busy, now = list(enumerate(known)), [], 0.0

    def admit() -> None:
        for number, part in list(waiting):
            if not any(left.get(study) for study in part.after):
                waiting.remove((number, part))
                heapq.heappush(ready, (-part.seconds, number, part))

    admit()
    while ready or busy:
        while ready and len(busy) < machines:
            _, number, part = heapq.heappop(ready)
            heapq.heappush(busy, (now + part.seconds, number, part))
        now, _, done = heapq.heappop(busy)
        left[done.study] -= 1
        admit()
    return Schedule(machines, now, sum(part.seconds for part in known), _critical(by_study))


def _critical(by_study: Mapping[str, list[Planned]]) -> tuple[Planned, ...]:
    """The longest chain of parts, each of which waits for the whole study of the one before it."""
    found: dict[str, tuple[Planned, ...]] = {}

    def chain(study: str) -> tuple[Planned, ...]:
        if study not in found:
            longest = max(by_study[study], key=lambda part: part.seconds)
            before = [chain(name) for name in longest.after if name in by_study]
            found[study] = (*max(before, key=_length, default=()), longest)
        return found[study]

    return max(map(chain, by_study), key=_length, default=())


def _length(chain: Sequence[Planned]) -> float:
    return sum(part.seconds for part in chain)
