"""One explanation of a reported count: an integer decomposition whose terms add up exactly, in words."""

from dataclasses import dataclass

from experiments.parameters.explain.bases import Base, Shape
from experiments.parameters.explain.targets import Targets

_LEFT_OUT = 0.75  # how unusual it is to leave the adapter out of the total
_CUT_OFF = 2.0  # and to print fewer digits of a count without rounding it

Terms = list[tuple[str, int]]


@dataclass(frozen=True)
class Trained:
    """What the trainable count covers: ``everything``, ``nothing``, ``head``, ``adapter``, ``adapter and head``."""

    what: str
    head_elements: int
    shape: Shape | None = None
    penalty: float = 0.0


@dataclass(frozen=True)
class Explanation:
    """A way of counting. ``base`` is None where no total was reported, ``trained`` where no trainable count was."""

    base: Base | None
    trained: Trained | None
    targets: Targets | None = None
    rank: int | None = None
    in_total: bool = False
    rank_penalty: float = 0.0
    cut_off: tuple[str, ...] = ()
    """The reported numbers, ``total`` or ``trainable``, that this gives only if their digits were cut off."""

    @property
    def adapter(self) -> int:
        return self.rank * self.targets.width if self.targets else 0

    @property
    def total_terms(self) -> Terms:
        """Terms of the total; empty where none was reported."""
        if self.base is None:
            return []
        terms = self.base.terms(self.in_total)
        if self.in_total:
            at = len(terms) - (self.base.copies == 2)
            terms.insert(at, (f"LoRA r={self.rank} on {self.targets.words}", self.adapter))
        return terms

    @property
    def trainable_terms(self) -> Terms:
        """Terms of the trainable count, one for each target of the adapter; empty where none was reported."""
        if self.trained is None:
            return []
        terms = [(f"LoRA r={self.rank} on {name}", self.rank * width) for name, width in self._parts.items()]
        if self.trained.what == "everything":
            terms.append(("every parameter is trained", self.trained.head_elements))
        elif self.trained.what == "nothing":
            terms.append(("every parameter is frozen", 0))
        elif self.trained.head_elements:
            terms.append((f"head of the model {self.trained.shape.words}", self.trained.head_elements))
        return terms

    @property
    def total(self) -> int:
        return sum(number for _, number in self.total_terms)

    @property
    def trainable(self) -> int:
        return sum(number for _, number in self.trainable_terms)

    @property
    def _parts(self) -> dict[str, int]:
        return self.targets.parts if self.targets else {}

    @property
    def penalty(self) -> float:
        """How unusual this way of counting is: 0 is what PEFT and transformers do when left alone."""
        penalty = self.rank_penalty + (self.targets.penalty if self.targets else 0.0)
        penalty += self.base.penalty if self.base else 0.0
        penalty += self.trained.penalty if self.trained else 0.0
        left_out = self.base is not None and self.targets is not None and not self.in_total
        copied = self.base is not None and self.base.copies == 1 and self.in_total
        misses_copy = copied and self.base.shape.head in ("classification", "qa")
        unasked = self.trained is None and self.targets is not None
        penalty += _CUT_OFF * len(self.cut_off)
        return penalty + _LEFT_OUT * left_out + 0.5 * misses_copy + 0.5 * unasked

    @property
    def likelihood(self) -> str:
        """How to take it: ``usual``, ``unusual``, or ``far-fetched`` (right as a sum, hardly what was done)."""
        return "usual" if self.penalty < 2 else "unusual" if self.penalty < 3.5 else "far-fetched"

    @property
    def sort_key(self) -> tuple[float, int, int]:
        return round(self.penalty, 6), len(self._parts), self.rank or 0
