"""From what the probes of a study found to the rows of its tables."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from statistics import median

import numpy as np

from experiments.data.splits import digest
from experiments.models.report import Weights
from experiments.probing.anomalies import anomaly_rows
from experiments.probing.comparisons import comparison_rows
from experiments.probing.examples import Chosen
from experiments.probing.found import Model
from experiments.probing.plan import Probing
from experiments.probing.probe import Predicted, baseline
from experiments.probing.results import added
from experiments.probing.scores import score_probe
from experiments.probing.study import Settings
from experiments.system import Progress
from experiments.tables.digest import sha256_json

Row = dict[str, object]

PROBES = {"classification": "logistic regression", "regression": "ridge regression"}


class Rows:
    """`seed` is that of the intervals too, so that every score is resampled with the same examples."""

    def __init__(
        self, settings: Settings, chosen: Chosen, probing: Probing, models: Sequence[Model], seed: int, show: Progress
    ) -> None:
        self._settings, self._chosen, self._probing, self._models = settings, chosen, probing, models
        self._seed, self._show = seed, show

    @cached_property
    def _constants(self) -> dict[str, Predicted]:
        """The predictions of the baseline by target."""
        return {target: baseline(task, self._probing.plan) for target, task in self._probing.tasks.items()}

    def selection(self) -> Iterator[Row]:
        for number, step in enumerate(self._chosen.steps, start=1):
            yield {"step": number, **vars(step)}

    def targets(self) -> Iterator[Row]:
        settings, folds = self._settings, self._probing.plan.folds
        types = Counter(self._chosen.types(settings.controls.by))
        ids = [example.id for example in self._chosen.examples]
        for target in settings.targets:
            values = self._probing.tasks[target.field].targets
            names = self._probing.names[target.field]
            number = target.kind == "regression"
            yield {
                "target": target.field,
                "kind": target.kind,
                "probe": PROBES[target.kind],
                "dataset": settings.data.name,
                "split": settings.split,
                "n": len(values),
                "classes": None if number else len(names),
                "majority": None if number else names[int(np.bincount(values).argmax())],
                "mean": float(values.mean()) if number else None,
                "sd": float(values.std()) if number else None,
                "types_by": settings.controls.by,
                "types": len(types),
                "types_alone": sum(size == 1 for size in types.values()),
                "folds": settings.folds,
                "sha256": digest(self._chosen.examples),
                "folds_sha256": sha256_json(list(zip(ids, folds.tolist(), strict=True))),
            }

    def classes(self) -> Iterator[Row]:
        for target, names in self._probing.names.items():
            for number, label in enumerate(names):
                held = self._probing.tasks[target].targets == number
                yield {"target": target, "label": label, "count": int(held.sum()), "n": len(held), "share": held.mean()}

    def inputs(self) -> Iterator[Row]:
        for model in self._models:
            yield {"model": model.name, **vars(model.read["trained"].inputs)}

    def layers(self) -> Iterator[Row]:
        for model in self._show(self._models, "scores"):
            twins = list(self._layers_of(model, "random"))
            for row, twin in zip(self._layers_of(model, "trained"), twins, strict=True):
                yield {**row, "twin": twin["value"]}
            yield from ({**twin, "twin": None} for twin in twins)

    def _layers_of(self, model: Model, weights: Weights) -> Iterator[Row]:
        """The rows of one model, by pooling, layer, target and score alike for the trained one and its twin."""
        for (pooling, layer), probed in model.probed[weights].items():
            geometry = {**vars(probed.geometry), "degenerate": probed.geometry.degenerate}
            for target, predicted in probed.predicted.items():
                task, offered = self._probing.tasks[target], self._settings.penalties
                edges = {min(offered), max(offered)}
                for score in score_probe(task, predicted, self._constants[target], self._seed):
                    yield {
                        "model": model.name,
                        "weights": weights,
                        "pooling": pooling,
                        "target": target,
                        "layer": layer,
                        "score": score.name,
                        "depth": model.depth,
                        "value": score.value,
                        "low": score.interval.low,
                        "high": score.interval.high,
                        "interval": score.interval_kind,
                        "n": len(task.targets),
                        "baseline": score.baseline,
                        "control_mean": float(score.controls.mean()),
                        "control_sd": float(score.controls.std(ddof=1)) if len(score.controls) > 1 else None,
                        "controls": len(score.controls),
                        "control_baseline": score.control_baseline,
                        "selectivity": score.selectivity,
                        "selectivity_low": score.selectivity_interval.low,
                        "selectivity_high": score.selectivity_interval.high,
                        "penalty": median(predicted.penalties),
                        "penalty_at_edge": sum(penalty in edges for penalty in predicted.penalties),
                        **geometry,
                    }

    def anomalies(self) -> Iterator[Row]:
        models = self._show(self._models, "anomalies")
        constants = {target: found.targets for target, found in self._constants.items()}
        yield from anomaly_rows(models, self._settings.poolings, self._probing.tasks, constants, self._seed)

    def comparisons(self) -> Iterator[Row]:
        yield from comparison_rows(self._models, self._settings.poolings, self._probing.tasks, self._seed)

    def cost(self) -> Iterator[Row]:
        for model in self._models:
            for weights, read in model.read.items():
                probed = list(model.probed[weights].values())
                tasks = len(probed) * len(self._probing.tasks) * (self._settings.controls.n + 1)
                common = {"model": model.name, "weights": weights, "n": read.inputs.n}
                yield {**common, "stage": "states", "tasks": None, **read.usage.row()}
                yield {**common, "stage": "probes", "tasks": tasks, **added([one.usage for one in probed]).row()}


def digests(models: Sequence[Model]) -> Mapping[str, str]:
    """SHA-256 of the models by what they are of."""
    return {name: value for model in models for read in model.read.values() for name, value in read.models.items()}
