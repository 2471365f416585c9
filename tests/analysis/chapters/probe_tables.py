"""Small tables of a study of probes, from a few numbers that a test sets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from analysis.this_report.probes import STUDY

TARGETS = {"certificate": "accuracy", "rating": "mse"}
BESIDE = {"accuracy": ("macro_f1",), "mse": ("mae", "r2")}
DEPTH, N = 2, 200
Key = tuple[object, ...]


@dataclass
class Probes:
    """What differs from a study in which nothing is found: all accuracies 0.5, all errors 1, all p-values 1.

    `scores` are by model, pooling, target and layer (of the control with "random" in front), `p` by rule, model,
    pooling, target, layer and what it is compared with, `better` (p-values) by pooling, target, place, model and other,
    `constant` the states without a feature that varies by model, pooling and layer, `distinct` the distinct states by
    the same.
    """

    scores: Mapping[Key, float] = field(default_factory=dict)
    p: Mapping[Key, float] = field(default_factory=dict)
    better: Mapping[Key, float] = field(default_factory=dict)
    constant: frozenset[Key] = frozenset()
    distinct: Mapping[Key, int] = field(default_factory=dict)
    last_tokens: int = 1
    selectivity: tuple[float, float, float] = (0.1, 0.05, 0.15)
    models: tuple[str, ...] = ("small", "large")
    poolings: tuple[str, ...] = ("last", "mean")
    depth: int = DEPTH
    seeds: int = 1

    def score(self, *key: object) -> float:
        return self.scores.get(key, 0.5 if TARGETS[str(key[-2])] == "accuracy" else 1.0)

    def freeze(self, write: Callable[..., None]) -> None:
        """Write all tables with `freeze` of the chapter tests."""
        for name, rows in (
            ("layers", self._layers()),
            ("anomalies", self._anomalies()),
            ("comparisons", self._comparisons()),
            ("inputs", self._inputs()),
            ("targets", self._targets()),
            ("classes", CLASSES),
            ("selection", SELECTION),
        ):
            write(f"{STUDY}/{name}", list(rows), like=f"layer-probe-movies/{name}")

    def _curves(self):
        return ((m, p, t) for m in self.models for p in self.poolings for t in TARGETS)

    def _layers(self):
        for model, pooling, target in self._curves():
            for weights in ("trained", "random"):
                for layer in range(self.depth + 1):
                    for score in (TARGETS[target], *BESIDE[TARGETS[target]]):
                        yield self._layer(model, weights, pooling, target, layer, score)

    def _layer(self, model, weights, pooling, target, layer, score):
        flat = (model, pooling, layer) in self.constant
        key = (model, pooling, target, layer)
        value = self.score(*key) if weights == "trained" else self.score("random", *key)
        selectivity, low, high = self.selectivity
        return {
            "model": model,
            "weights": weights,
            "pooling": pooling,
            "target": target,
            "layer": layer,
            "score": score,
            "depth": self.depth,
            "value": value,
            "low": value - 0.05,
            "high": value + 0.05,
            "interval": "wilson",
            "n": N,
            "seeds": self.seeds,
            "seed_sd": None if self.seeds == 1 else 0.01 * (layer + 1),
            "baseline": self.score("", "", target, 0),
            "control_mean": 0.4,
            "control_sd": 0.1,
            "controls": 20,
            "control_baseline": 0.45,
            "selectivity": selectivity,
            "selectivity_low": low,
            "selectivity_high": high,
            "random_weights": self.score("random", *key) if weights == "trained" else None,
            "penalty": 10.0,
            "penalty_at_edge": 0,
            "effective_rank": 0.0 if flat else 30.0,
            "features": 64,
            "share_constant": float(flat),
            "distinct": 1 if flat else self.distinct.get((model, pooling, layer), N),
            "degenerate": flat,
        }

    def _anomalies(self):
        for model, pooling, target in self._curves():
            made = [
                ("later-worse", later, f"layer-{earlier}", self.score(model, pooling, target, earlier))
                for earlier, later in combinations(range(self.depth + 1), 2)
            ]
            made += [("error-grows", self.depth, "layer-0", self.score(model, pooling, target, 0))]
            for layer in range(self.depth + 1):
                made += [
                    ("at-baseline", layer, "baseline", self.score("", "", target, 0)),
                    (
                        "random-weights-better",
                        layer,
                        "random-weights",
                        self.score("random", model, pooling, target, layer),
                    ),
                ]
            for rule, layer, against, reference in made:
                yield self._anomaly(model, pooling, target, rule, layer, against, reference)

    def _anomaly(self, model, pooling, target, rule, layer, against, reference):
        value = self.score(model, pooling, target, layer)
        p = self.p.get((rule, model, pooling, target, layer, against), 1.0)
        less = TARGETS[target] == "mse"
        effect = value - reference
        if rule == "error-grows" and not less:
            effect = -effect
        worse = effect > 0 if less or rule == "error-grows" else effect < 0
        better = effect < 0 if less or rule == "error-grows" else effect > 0
        layers = [layer, int(against.removeprefix("layer-"))] if against.startswith("layer-") else [layer]
        return {
            "model": model,
            "pooling": pooling,
            "target": target,
            "rule": rule,
            "layer": layer,
            "against": against,
            "score": TARGETS[target],
            "value": value,
            "reference": reference,
            "effect": effect,
            "low": effect - 0.01,
            "high": effect + 0.01,
            "n": N,
            "seeds": self.seeds,
            "test": "paired-bootstrap" if less or self.seeds > 1 or rule == "error-grows" else "mcnemar-exact",
            "p_value": p,
            "p_holm": p,
            "tests": 3,
            "found": not (p < 0.05 and better) if rule == "at-baseline" else p < 0.05 and worse,
            "degenerate": any((model, pooling, one) in self.constant for one in layers),
        }

    def _comparisons(self):
        places = {"first": 0, "middle": self.depth // 2, "last": self.depth}
        for pooling in self.poolings:
            for target, score in TARGETS.items():
                for place, layer in places.items():
                    for one, other in combinations(self.models, 2):
                        ours, theirs = (self.score(model, pooling, target, layer) for model in (one, other))
                        p = self.better.get((pooling, target, place, one, other), 1.0)
                        ahead = ours < theirs if score == "mse" else ours > theirs
                        yield {
                            "pooling": pooling,
                            "target": target,
                            "place": place,
                            "model": one,
                            "other": other,
                            "layer": layer,
                            "other_layer": layer,
                            "score": score,
                            "value": ours,
                            "other_value": theirs,
                            "difference": ours - theirs,
                            "low": ours - theirs - 0.01,
                            "high": ours - theirs + 0.01,
                            "n": N,
                            "seeds": self.seeds,
                            "only_model": None,
                            "only_other": None,
                            "test": "paired-bootstrap",
                            "p_value": p,
                            "p_holm": p,
                            "tests": 3,
                            "better": (one if ahead else other) if p < 0.05 and ours != theirs else None,
                            "degenerate": any((model, pooling, layer) in self.constant for model in (one, other)),
                        }

    def _inputs(self):
        for model in self.models:
            yield {
                "model": model,
                "n": N,
                "depth": self.depth,
                "features": 64,
                "tokens": 4000,
                "longest": 40,
                "context": 256,
                "last_tokens": self.last_tokens,
                "unknown": 0,
            }

    def _targets(self):
        common = {
            "dataset": "movies",
            "split": "all",
            "n": N,
            "types_by": "genres",
            "types": 30,
            "types_alone": 4,
            "folds": 5,
            "sha256": "a",
            "folds_sha256": "b",
        }
        yield {
            **common,
            "target": "certificate",
            "kind": "classification",
            "probe": "logistic regression",
            "classes": 2,
            "majority": "R",
            "mean": None,
            "sd": None,
        }
        yield {
            **common,
            "target": "rating",
            "kind": "regression",
            "probe": "ridge regression",
            "classes": None,
            "majority": None,
            "mean": 6.0,
            "sd": 1.0,
        }


CLASSES = [
    {"target": "certificate", "label": "R", "count": 120, "n": N, "share": 0.6},
    {"target": "certificate", "label": "PG", "count": 80, "n": N, "share": 0.4},
]
SELECTION = [
    {"step": 1, "rule": "is not rated", "left_out": 1, "remaining": 210},
    {"step": 2, "rule": "is of a certificate with fewer than 100 examples", "left_out": 10, "remaining": N},
]
