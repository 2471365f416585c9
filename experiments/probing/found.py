"""What a run has found: the probes of every model, trained and random, by pooling and layer."""

from collections.abc import Mapping
from dataclasses import dataclass

from numpy.typing import NDArray

from experiments.models.report import Weights
from experiments.probing.results import Probed, Read

Place = tuple[str, int]


@dataclass(frozen=True)
class Model:
    """One model: how it read the prompts, and its probes by pooling and layer, trained and as a random twin."""

    name: str
    read: Mapping[Weights, Read]
    probed: Mapping[Weights, Mapping[Place, Probed]]

    @property
    def depth(self) -> int:
        return self.read["trained"].inputs.depth

    @property
    def places(self) -> dict[str, int]:
        """The layers that the source compared."""
        return {"first": 0, "middle": self.depth // 2, "last": self.depth}

    def at(self, pooling: str, layer: int, weights: Weights = "trained") -> Probed:
        return self.probed[weights][pooling, layer]

    def predicted(self, pooling: str, layer: int, target: str, weights: Weights = "trained") -> NDArray:
        """The out-of-fold predictions (n,)."""
        return self.at(pooling, layer, weights).predicted[target].targets

    def degenerate(self, pooling: str, layer: int, weights: Weights = "trained") -> bool:
        return self.at(pooling, layer, weights).geometry.degenerate
