"""The probes of a study: every model with its trained weights and with random ones, layer by layer.

The probes of a layer are kept as soon as they are there, so that a run that was interrupted goes on with the next one.
"""

from collections.abc import Iterator, Mapping
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
    """A model with its trained or with random weights: how it read the prompts, and its probes by pooling and layer."""

    name: str
    weights: Weights
    read: Read
    probed: Mapping[tuple[str, int], Probed]


@dataclass(frozen=True)
class Found(Probing):
    """What a run has found: the models in their order, each with its trained weights first."""

    models: tuple[Model, ...]

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of the models by what they are of."""
        return {name: digest for model in self.models for name, digest in model.read.models.items()}


def part_name(seed: int, choice: ModelChoice, weights: Weights) -> str:
    """The part of a run that one model is: folds and random weights are those of the seed."""
    return f"{run_name(seed)}/{choice.name}/{weights}"


def list_parts(settings: Settings, seed: int) -> Iterator[PartSpec]:
    """What a run falls into: every model with its trained and with random weights."""
    for choice in settings.models:
        for weights in WEIGHTS:
            costs = {"model": choice.name, "weights": weights}
            name = part_name(seed, choice, weights)
            yield PartSpec(name, name, model=choice, dtype=settings.dtype, costs=costs)


def probe_models(settings: Settings, seed: int, context: Context) -> Found:
    """Raises UserError for whatever stops it. What is done is kept in the work folder of the run."""
    device = device_for(context.profile)
    with quiet(), deterministic(seed), _one_thread():
        probing = make_plan(settings, choose(settings, seed), seed)
        models = tuple(
            _probe_model(choice, weights, probing, device, seed, context)
            for choice in settings.models
            for weights in WEIGHTS
            if context.wants(part_name(seed, choice, weights))
        )
    context.made_parts()
    return Found(**vars(probing), models=models)


def _probe_model(
    choice: ModelChoice, weights: Weights, probing: Probing, device: str, seed: int, context: Context
) -> Model:
    folder = context.work() / part_name(seed, choice, weights)
    folder.mkdir(parents=True, exist_ok=True)
    settings = probing.settings
    read = read_prompts(choice, weights, settings, probing.chosen, folder, device, seed, context.progress)
    states = {pooling: load_states(folder, pooling) for pooling in settings.poolings}
    what = f"{choice.name}, {weights}"
    return Model(choice.name, weights, read, _probe_layers(what, states, probing, folder, context.progress))


def _probe_layers(
    what: str, states: Mapping[str, NDArray], probing: Probing, folder: Path, show: Progress
) -> dict[tuple[str, int], Probed]:
    """The probes of every pooling and layer, kept in `folder` one by one."""
    places = [(pooling, layer) for pooling, layers in states.items() for layer in range(len(layers))]
    found = {}
    for pooling, layer in show(places, f"{what}: probing"):
        path = folder / f"{pooling}-{layer:03}.npz"
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
