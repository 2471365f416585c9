"""The probes of a study: every model with its trained weights and with random ones, layer by layer.

The probes of a layer are kept as soon as they are there, so that a run that was interrupted goes on with the next one.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from experiments.choices import ModelChoice
from experiments.meter.meter import Meter
from experiments.meter.usage import Usage
from experiments.models.report import Weights
from experiments.probing.examples import choose
from experiments.probing.features import distinct, effective_rank, share_constant
from experiments.probing.plan import Probing, make_plan
from experiments.probing.probe import cross_fit
from experiments.probing.reading import Read, load_states, read_prompts
from experiments.probing.study import Settings
from experiments.probing.tasks import Plan, Predicted, Task
from experiments.quiet import quiet
from experiments.system import Context, PartSpec, Progress
from experiments.tables.files import open_replacement
from experiments.training.runs import run_name
from experiments.training.runtime import deterministic, device_for

WEIGHTS: tuple[Weights, ...] = ("trained", "random")


@dataclass(frozen=True)
class Geometry:
    """What the hidden states of one layer are like, whatever the target."""

    effective_rank: float
    features: int
    share_constant: float
    distinct: int

    @property
    def degenerate(self) -> bool:
        """Whether no feature varies."""
        return self.share_constant == 1


@dataclass(frozen=True)
class Probed:
    """One layer, probed: the predictions by target."""

    geometry: Geometry
    predicted: Mapping[str, Predicted]
    usage: Usage


_GEOMETRY, _USAGE = TypeAdapter(Geometry), TypeAdapter(Usage)


@dataclass(frozen=True)
class Model:
    """A model with its trained or with random weights.

    It says how it read the prompts, and holds for each seed its probes by pooling and layer. Trained weights read once,
    random ones for each seed.
    """

    name: str
    weights: Weights
    reads: tuple[Read, ...]
    probed: tuple[Mapping[tuple[str, int], Probed], ...]


@dataclass(frozen=True)
class Found:
    """What a run has found: what each seed probes for, and the models in their order.

    Each model comes with its trained weights first.
    """

    by_seed: tuple[Probing, ...]
    models: tuple[Model, ...]

    @property
    def first(self) -> Probing:
        """What the first seed probes for: examples, targets and types are the same for all."""
        return self.by_seed[0]

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds, in order."""
        return tuple(probing.plan.seed for probing in self.by_seed)

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of the models by what they are of."""
        return {name: digest for model in self.models for read in model.reads for name, digest in read.models.items()}


def part_name(seeds: Sequence[int], choice: ModelChoice, weights: Weights) -> str:
    """The part of a run that one model is, for all seeds: the first has drawn the examples."""
    return f"{run_name(seeds[0])}/{choice.name}/{weights}"


def list_parts(settings: Settings, seeds: Sequence[int]) -> Iterator[PartSpec]:
    """What a run falls into: every model with its trained and with random weights."""
    for choice in settings.models:
        for weights in WEIGHTS:
            costs = {"model": choice.name, "weights": weights}
            name = part_name(seeds, choice, weights)
            yield PartSpec(name, name, model=choice, dtype=settings.dtype, costs=costs)


def probe_models(settings: Settings, seeds: Sequence[int], context: Context) -> Found:
    """Raises UserError for whatever stops it. What is done is kept in the work folder of the run."""
    device = device_for(context.profile)
    with quiet(), deterministic(seeds[0]), _one_thread():
        chosen = choose(settings, seeds[0])
        by_seed = tuple(make_plan(settings, chosen, seed) for seed in seeds)
        models = tuple(
            _probe_model(choice, weights, by_seed, device, context)
            for choice in settings.models
            for weights in WEIGHTS
            if context.wants(part_name(seeds, choice, weights))
        )
    context.made_parts()
    return Found(by_seed, models)


def _probe_model(
    choice: ModelChoice, weights: Weights, by_seed: Sequence[Probing], device: str, context: Context
) -> Model:
    seeds = [probing.plan.seed for probing in by_seed]
    folder = context.work() / part_name(seeds, choice, weights)
    folder.mkdir(parents=True, exist_ok=True)
    reads, probed = {}, []
    for probing, seed in zip(by_seed, seeds, strict=True):
        weights_seed = seeds[0] if weights == "trained" else seed
        reads[weights_seed] = read_prompts(
            choice, weights, probing.settings, probing.chosen, folder, device, weights_seed, context.progress
        )
        states = {pooling: load_states(folder, weights_seed, pooling) for pooling in probing.settings.poolings}
        probed.append(_probe_layers(f"{choice.name}, {weights}", states, probing, folder, context.progress))
    return Model(choice.name, weights, tuple(reads.values()), tuple(probed))


def _probe_layers(
    what: str, states: Mapping[str, NDArray], probing: Probing, folder: Path, show: Progress
) -> dict[tuple[str, int], Probed]:
    """The probes of every pooling and layer, kept in `folder` one by one."""
    places = [(pooling, layer) for pooling, layers in states.items() for layer in range(len(layers))]
    found, run = {}, run_name(probing.plan.seed)
    for pooling, layer in show(places, f"{what}, {run}: probing"):
        path = folder / f"{run}-{pooling}-{layer:03}.npz"
        if not path.is_file():
            _save(_probe_layer(states[pooling][layer], probing.tasks, probing.plan), path)
        found[pooling, layer] = _load(path)
    return found


def _probe_layer(states: NDArray, tasks: Mapping[str, Task], plan: Plan) -> Probed:
    with Meter() as meter:
        states = np.asarray(states, dtype=float)
        geometry = Geometry(effective_rank(states), states.shape[1], share_constant(states), distinct(states))
        predicted = cross_fit(states, tasks, plan)
    return Probed(geometry, predicted, meter.usage)


def _save(probed: Probed, path: Path) -> None:
    arrays = {
        f"{target}/{name}": np.asarray(part)
        for target, predicted in probed.predicted.items()
        for name, part in vars(predicted).items()
    }
    texts = {"geometry": _GEOMETRY.dump_json(probed.geometry), "usage": _USAGE.dump_json(probed.usage)}
    with open_replacement(path) as file:
        np.savez(file, **texts, **arrays)


def _load(path: Path) -> Probed:
    with np.load(path) as kept:
        targets = dict.fromkeys(name.partition("/")[0] for name in kept.files if "/" in name)
        predicted = {
            target: Predicted(
                kept[f"{target}/targets"], kept[f"{target}/controls"], tuple(kept[f"{target}/penalties"].tolist())
            )
            for target in targets
        }
        geometry, usage = kept["geometry"].item(), kept["usage"].item()
    return Probed(_GEOMETRY.validate_json(geometry), predicted, _USAGE.validate_json(usage))


@contextmanager
def _one_thread() -> Iterator[None]:
    """How sums are split over threads changes their last digits, in NumPy's products as well as in torch's."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield
