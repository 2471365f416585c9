"""A run of a study: a part without a seed and one for each seed, what they found, and the rows that all have alike."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import TypeAdapter

from experiments.meter.usage import USAGE_COLUMNS, Usage
from experiments.models.by_batch import kept_in
from experiments.system import Context, PartSpec
from experiments.tables.columns import integer, text
from experiments.tables.files import replace_json
from experiments.tables.terms import ALL, Stage
from experiments.training.counting import COUNT_COLUMNS, Counts
from experiments.training.curves import CurvePoint

if TYPE_CHECKING:
    from experiments.choices import ModelChoice
    from experiments.training.settings import Training

MODEL = "model"  # the folder of the trained model below that of the seed

RUN = text("run", "seed-N, or all: the mean over the seeds; what has no seed is all")
COST_COLUMNS = (
    text("stage", "training, or the stage at which the test examples were answered"),
    text("method", "head, lora, qlora or full; none before fine-tuning", nullable=True),
    text("model", "registry name of the model"),
    text("dtype", "type of the numbers that the model computes with"),
    integer("examples", "examples that went through the model, in training as often as there are epochs"),
    integer("interruptions", "how often the run was stopped and went on"),
    *USAGE_COLUMNS,
    *COUNT_COLUMNS,
)


def run_name(seed: int) -> str:
    return f"seed-{seed}"


@dataclass(frozen=True)
class CostRow:
    """What one stage took: the cells of `COST_COLUMNS`."""

    stage: str
    method: str | None
    model: str
    dtype: str
    examples: int
    usage: Usage
    counts: Counts
    interruptions: int = 0

    def row(self) -> dict[str, object]:
        own = ("stage", "method", "model", "dtype", "examples", "interruptions")
        return {**{name: getattr(self, name) for name in own}, **self.usage.row(), **vars(self.counts)}


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one part of a run found; `models` holds SHA-256 by what it is of."""

    costs: tuple[CostRow, ...]
    models: dict[str, str]
    curve: tuple[CurvePoint, ...] = field(default=())


P = TypeVar("P", bound=Part)


def save(part: Part, path: Path) -> None:
    """Keep it between an interruption and the run that goes on, so that it is there wholly or not at all."""
    replace_json(path, TypeAdapter(type(part)).dump_python(part, mode="json"))


def load(kind: type[P], path: Path) -> P | None:
    """What was kept; None where nothing was."""
    return TypeAdapter(kind).validate_json(path.read_bytes()) if path.is_file() else None


def found_once(kind: type[P], path: Path, find: Callable[[], P]) -> P:
    """What was kept at `path`, else what `find` finds, which is kept there for the run that goes on.

    Until it is there, what it has found so far is kept beside it, batch by batch.
    """
    kept, so_far = load(kind, path), path.with_suffix(".batches")
    if kept is None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with kept_in(so_far):
            kept = find()
        save(kept, path)
    so_far.unlink(missing_ok=True)
    return kept


@dataclass(frozen=True)
class Outcome(Generic[P]):
    """What all parts of a run found: `shared` is the part without a seed, None where the study has none."""

    shared: P | None
    by_seed: Mapping[int, P]

    @property
    def parts(self) -> tuple[P, ...]:
        """All parts, the one without a seed first."""
        return (*((self.shared,) if self.shared else ()), *self.by_seed.values())

    @property
    def models(self) -> dict[str, str]:
        """SHA-256 of the models by what they are of."""
        return {name: digest for part in self.parts for name, digest in part.models.items()}


def list_parts(
    seeds: Iterable[int],
    model: "ModelChoice",
    training: "Training",
    shared_name: str | None = Stage.ZERO_SHOT,
    place: str = "",
    costs: Mapping[str, object] | None = None,
    packed: bool = True,
) -> Iterator[PartSpec]:
    """The parts that `run_parts` makes below `place`; without a `shared_name` there is none without a seed, which loads
    the model `packed` as training does or in full."""
    above, costs = f"{place}/" if place else "", costs or {}
    dtype, quantization = training.dtype, training.quantization
    if shared_name:
        name = above + shared_name
        kept = f"{name}.json"
        yield PartSpec(name, kept, kept, model, None, dtype, quantization if packed else None, {**costs, "run": ALL})
    for seed in seeds:
        name = above + run_name(seed)
        whole, own = f"{name}/found.json", {**costs, "run": run_name(seed)}
        yield PartSpec(name, name, whole, model, training, dtype, quantization, own)


def run_parts(
    kind: type[P],
    context: Context,
    seeds: Iterable[int],
    without_seed: Callable[[], P] | None,
    with_seed: Callable[[int, Path], P],
    shared_name: str = Stage.ZERO_SHOT,
    place: str = "",
) -> Outcome[P]:
    """Run the part without a seed and one part for each seed, each kept for a run that is interrupted.

    They are kept in the work folder of the run, below `place`. Every part runs inside `deterministic`; `with_seed` is
    called with the seed and the folder that is its own. Raises PartMade in a run that is for one of them alone.
    """
    from experiments.training.runtime import deterministic

    folder, above = context.work() / place, f"{place}/" if place else ""

    def seeded(seed: int, find: Callable[[], P]) -> P:
        with deterministic(seed):
            return find()

    shared = None
    if without_seed is not None and context.wants(above + shared_name):
        shared = found_once(kind, folder / f"{shared_name}.json", partial(seeded, 0, without_seed))
    by_seed = {}
    for seed in seeds:
        if context.wants(above + run_name(seed)):
            own = folder / run_name(seed)
            by_seed[seed] = found_once(kind, own / "found.json", partial(seeded, seed, partial(with_seed, seed, own)))
    context.made_parts()
    return Outcome(shared, by_seed)


def cost_rows(shared: Part | None, seeds: Mapping[int, Part]) -> Iterator[dict[str, object]]:
    """The rows of the table of costs; `shared` is the part without a seed."""
    for row in shared.costs if shared else ():
        yield {"run": ALL, **row.row()}
    for seed, part in seeds.items():
        yield from ({"run": run_name(seed), **row.row()} for row in part.costs)


def curve_rows(seeds: Mapping[int, Part]) -> Iterator[dict[str, object]]:
    """The rows of the table of learning curves."""
    for seed, part in seeds.items():
        yield from ({"run": run_name(seed), **point.row()} for point in part.curve)
