"""The modules of a model, reduced to what a count needs: name, shape, component and what is tied."""

from dataclasses import dataclass
from typing import Literal

Component = Literal["embedding", "attention", "mlp", "norms", "head", "other"]
COMPONENTS: tuple[Component, ...] = ("embedding", "attention", "mlp", "norms", "head")
"""The components that every count shows; ``other`` is shown where there is any."""


@dataclass(frozen=True, slots=True)
class Module:
    """A leaf of ``named_modules()``, or (``kind="parameter"``) a parameter that hangs on a container.

    ``rows`` and ``columns`` are (out_features, in_features) of a linear layer and (rows, width) of an embedding.
    A tied weight or bias belongs to another module, so that it counts there and not here. ``is_output`` marks the
    language-model head where its name does not tell.
    """

    name: str
    kind: Literal["linear", "embedding", "norm", "parameter"]
    component: Component
    rows: int
    columns: int
    has_bias: bool = False
    tied_weight: bool = False
    tied_bias: bool = False
    is_output: bool = False

    @property
    def weight(self) -> int:
        return self.rows * self.columns

    @property
    def owned(self) -> int:
        """Elements that count here: weight and bias, without what is tied to another module."""
        weight = 0 if self.tied_weight else self.weight
        bias = self.rows if self.has_bias and not self.tied_bias else 0
        return weight + bias

    @property
    def elements(self) -> int:
        """Elements of a copy of the module, which has weights of its own where the module's are tied."""
        return self.weight + (self.rows if self.has_bias else 0)

    @property
    def bias(self) -> int:
        """Elements of the bias, where it counts here."""
        return self.owned - (0 if self.tied_weight else self.weight)

    @property
    def outputs(self) -> int:
        """Outputs of a linear layer, or the width of an embedding: DoRA has a magnitude for each."""
        return self.columns if self.kind == "embedding" else self.rows

    @property
    def adapter_width(self) -> int:
        """Elements that LoRA adds for each unit of rank: A is (r, in), B is (out, r)."""
        return self.rows + self.columns


def linear(name: str, component: Component, inputs: int, outputs: int, bias: bool = False, **tied: bool) -> Module:
    """A linear layer: a weight (outputs, inputs) and, with `bias`, a bias (outputs,)."""
    return Module(name, "linear", component, outputs, inputs, bias, **tied)


def embedding(name: str, rows: int, width: int, **tied: bool) -> Module:
    """An embedding: a weight (rows, width)."""
    return Module(name, "embedding", "embedding", rows, width, **tied)


def norm(name: str, width: int, bias: bool = False) -> Module:
    """A norm: a weight (width,) and, with `bias`, a bias (width,)."""
    return Module(name, "norm", "norms", width, 1, bias)
