"""One explanation of a reported count: an integer decomposition whose terms add up exactly, in words."""

from dataclasses import dataclass, field

from experiments.parameters.explain.bases import Base, Shape
from experiments.parameters.explain.other_adapters import OtherAdapter
from experiments.parameters.explain.targets import RANKS, Targets

_LEFT_OUT = 0.75  # how unusual it is to leave the adapter out of the total
_CUT_OFF = 2.0  # and to print fewer digits of a count without rounding it

ODD_RANK = 3.5
"""How unusual a rank is that nobody chooses: what needs one is a coincidence, and far-fetched."""

Terms = list[tuple[str, int]]


@dataclass(frozen=True)
class Trained:
    """What the trainable count covers: everything, nothing, head, adapter, adapter and head, or the last ``blocks``.

    Of ``blocks``, ``beside`` are the terms: the blocks, and the norm after them.
    """

    what: str
    head_elements: int
    shape: Shape | None = None
    penalty: float = 0.0
    beside: Terms = field(default_factory=list, compare=False)


@dataclass(frozen=True)
class Variant:
    """What a run did beside an adapter of one rank on every layer, or how its number was printed.

    ``magnitudes`` are the elements that DoRA adds; ``layers`` the number of adapted layers and of all; ``also`` other
    ranks and numbers of layers with as many elements; ``ranks`` the rank of each target where they differ;
    ``one_layer`` a target, its rank in one layer, and the elements that this adds (or takes away); ``saved`` the copies
    of modules that are trained whole; ``bias`` which biases are trained and how many elements they have; ``halved``
    says that a script for 4-bit models halved the trainable count.
    """

    magnitudes: int = 0
    layers: tuple[int, int] | None = None
    also: tuple[tuple[int, int], ...] = ()
    ranks: tuple[tuple[str, int], ...] = ()
    one_layer: tuple[str, int, int] | None = None
    saved: tuple[tuple[str, int], ...] = ()
    bias: tuple[str, int] | None = None
    halved: bool = False
    penalty: float = 0.0


PLAIN = Variant()


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
    variant: Variant = PLAIN
    other: OtherAdapter | None = None
    """An adapter in the place of LoRA."""
    rank_is_told: bool = False
    """Whether the report states the rank, so that another one is no answer."""

    @property
    def has_adapter(self) -> bool:
        return self.targets is not None or self.other is not None

    @property
    def adapter(self) -> int:
        return sum(self._parts.values())

    @property
    def is_coincidence(self) -> bool:
        """Whether the rank is one that nobody chooses, so that the targets are no more than what makes it come out."""
        return self.rank_penalty >= ODD_RANK

    @property
    def also(self) -> tuple[tuple[int, int], ...]:
        """Other ranks, and in how many of the layers each gives as many elements."""
        variant, layers = self.variant, self.targets.layers if self.targets else None
        if variant.layers or layers is None or self.rank_is_told or self.is_coincidence:
            return variant.also
        if variant.magnitudes or variant.ranks or variant.one_layer or (variant.bias and variant.bias[0] != "all"):
            return ()
        total = self.rank * layers
        return tuple((rank, total // rank) for rank in RANKS if rank > self.rank and total % rank == 0)

    @property
    def elsewhere(self) -> list[tuple[tuple[str, ...], list[tuple[int, int]]]]:
        """Documented sets of modules, with ranks and numbers of layers in which they have as many elements."""
        if self.targets is None or self.variant != PLAIN or self.is_coincidence:
            return []
        sets = [each for each in self.targets.documented if each.parts != self.targets.parts]
        found = [(tuple(each.parts), each.in_some_layers(self.rank * self.targets.width)) for each in sets]
        told = self.rank if self.rank_is_told else None
        kept = [(names, [(rank, some) for rank, some in pairs if told in (None, rank)]) for names, pairs in found]
        return [(names, pairs) for names, pairs in kept if pairs]

    @property
    def adapter_words(self) -> str:
        """Rank and targets, and what is special about them."""
        named = ", ".join(self.targets.parts) if self.is_coincidence else self.targets.words
        ranks = "".join(f" (r={rank} on {name})" for name, rank in self.variant.ranks if rank != self.rank)
        if self.variant.one_layer:
            ranks += f" (r={self.variant.one_layer[1]} on {self.variant.one_layer[0]} in one layer)"
        layers = f" in {self.variant.layers[0]} of {self.variant.layers[1]} layers" if self.variant.layers else ""
        return f"{'DoRA' if self.variant.magnitudes else 'LoRA'} r={self.rank} on {named}{ranks}{layers}"

    @property
    def total_terms(self) -> Terms:
        """Terms of the total; empty where none was reported."""
        if self.base is None:
            return []
        terms = self.base.terms(self.in_total)
        if self.in_total:
            at = len(terms) - (self.base.copies == 2)
            lora = [(self.adapter_words, self.adapter)] if self.targets else []
            terms[at:at] = [*lora, *self._beside]
        return terms

    @property
    def trainable_terms(self) -> Terms:
        """Terms of the trainable count, one for each target of the adapter; empty where none was reported."""
        if self.trained is None:
            return []
        ranks, words = dict(self.variant.ranks), "DoRA" if self.variant.magnitudes else "LoRA"
        layers = f", {self.variant.layers[0]} of {self.variant.layers[1]} layers" if self.variant.layers else ""
        terms = [
            (f"{words} r={ranks.get(name, self.rank)} on {name}{layers}", elements)
            for name, elements in self._parts.items()
        ]
        terms += self._beside
        if self.variant.bias:
            terms.append(
                (f"biases of the model that are trained too (bias={self.variant.bias[0]})", self.variant.bias[1])
            )
        terms += self.trained.beside
        if self.trained.what == "everything":
            terms.append(("every parameter is trained", self.trained.head_elements))
        elif self.trained.what == "nothing":
            terms.append(("every parameter is frozen", 0))
        elif self.trained.head_elements:
            terms.append((f"head of the model {self.trained.shape.words}", self.trained.head_elements))
        if self.variant.halved:
            terms.append(("the half that a script for 4-bit models leaves out", -(sum(n for _, n in terms) // 2)))
        return terms

    @property
    def total(self) -> int:
        return sum(number for _, number in self.total_terms)

    @property
    def trainable(self) -> int:
        return sum(number for _, number in self.trainable_terms)

    @property
    def _parts(self) -> dict[str, int]:
        """Elements of the LoRA matrices by target."""
        if not self.targets:
            return {}
        ranks = dict(self.variant.ranks)
        some, every = self.variant.layers or (1, 1)
        return {name: ranks.get(name, self.rank) * width * some // every for name, width in self.targets.parts.items()}

    @property
    def _beside(self) -> Terms:
        """What is added beside LoRA matrices and the head of the task."""
        terms = (
            [("magnitudes of DoRA, one for each output", self.variant.magnitudes)] if self.variant.magnitudes else []
        )
        if self.other:
            terms.append((self.other.words, self.other.elements))
        if self.variant.one_layer:
            name, rank, elements = self.variant.one_layer
            terms.append((f"r={rank} instead of {self.rank} on {name} in one layer", elements))
        return terms + [(f"copy of {name}, trained and saved whole", n) for name, n in self.variant.saved]

    @property
    def penalty(self) -> float:
        """How unusual this way of counting is: 0 is what PEFT and transformers do when left alone."""
        penalty = self.variant.penalty + self.rank_penalty + (self.targets.penalty if self.targets else 0.0)
        penalty += self.base.penalty if self.base else 0.0
        penalty += self.other.penalty if self.other else 0.0
        penalty += self.trained.penalty if self.trained else 0.0
        left_out = self.base is not None and self.has_adapter and not self.in_total
        copied = self.base is not None and self.base.copies == 1 and self.in_total
        misses_copy = copied and self.base.shape.head in ("classification", "qa")
        unasked = self.trained is None and self.has_adapter
        penalty += _CUT_OFF * len(self.cut_off)
        return penalty + _LEFT_OUT * left_out + 0.5 * misses_copy + 0.5 * unasked

    @property
    def likelihood(self) -> str:
        """How to take it: ``usual``, ``unusual``, or ``far-fetched`` (right as a sum, hardly what was done)."""
        return "usual" if self.penalty < 2 else "unusual" if self.penalty < 3.5 else "far-fetched"

    @property
    def sort_key(self) -> tuple[float, int, int]:
        return round(self.penalty, 6), len(self._parts), self.rank or 0
