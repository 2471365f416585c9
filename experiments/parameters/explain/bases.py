"""The ways to count a model before any adapter: which head, how often, packed or not, tied weights once or twice."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from experiments.parameters.architectures import architecture_of
from experiments.parameters.architectures.shape import Architecture, Head
from experiments.parameters.catalogue import Model
from experiments.parameters.count import model_modules
from experiments.parameters.explain.targets import LikelySet, Targets, likely_sets, target_sets
from experiments.parameters.lora import Lora, output_layer, saved_head, trained_bias
from experiments.parameters.modules import Module
from experiments.parameters.quantization import packed, stored_weight

_BLOCK = re.compile(r"(.*?\.)(\d+)\.")
LABELS = range(1, 11)  # tried where the number of labels is not given
_USUAL_LABELS = {2: 0.0, 3: 0.2}


@dataclass(frozen=True)
class Shape:
    """A model with one head: what it consists of, and what LoRA could target in it."""

    model: Model
    head: Head
    labels: int | None

    @property
    def architecture(self) -> Architecture:
        return architecture_of(self.model.config)

    @cached_property
    def modules(self) -> list[Module]:
        return model_modules(self.model, self.head, self.labels or 2)

    @cached_property
    def logical(self) -> int:
        return sum(module.owned for module in self.modules)

    @cached_property
    def saved(self) -> frozenset[str]:
        """The modules that PEFT copies and trains whole for the task of the head."""
        return saved_head(self.head, self.modules)

    @cached_property
    def head_elements(self) -> int:
        """Elements of the module that a saved copy of the head holds; a tied weight is copied too."""
        names = self.saved or output_layer(self.modules)
        return sum(m.weight + (m.rows if m.has_bias else 0) for m in self.modules if m.name in names)

    @cached_property
    def tied(self) -> int:
        """Elements of the language-model head that are the embedding's."""
        outputs = output_layer(self.modules)
        return sum(module.weight for module in self.modules if module.tied_weight and module.name in outputs)

    @cached_property
    def word_embedding(self) -> Module | None:
        """The first embedding of the model, which is that of its tokens; None where it has none."""
        return next((module for module in self.modules if module.kind == "embedding"), None)

    @property
    def vocabulary(self) -> int:
        return self.word_embedding.rows if self.word_embedding else 0

    @cached_property
    def row(self) -> int:
        """Elements that one more row of the vocabulary brings: in the embedding, and in an untied head and its bias."""
        outputs = output_layer(self.modules)
        holders = {f"{name.rpartition('.')[0]}.bias" for name in outputs}
        grown = [m for m in self.modules if m is self.word_embedding or m.name in outputs | holders]
        return sum(module.owned // self.vocabulary for module in grown if module.rows == self.vocabulary)

    @cached_property
    def savable(self) -> list[Module]:
        """What ``modules_to_save`` lists beside a task head: the embedding of the tokens and the output layer."""
        outputs = output_layer(self.modules)
        return [module for module in self.modules if module is self.word_embedding or module.name in outputs]

    @cached_property
    def biases(self) -> int:
        """Elements of all biases of the model, but for those of a head that is copied."""
        adapter = Lora(1, bias="all")
        return sum(trained_bias(adapter, module, False) for module in self.modules if module.name not in self.saved)

    @cached_property
    def blocks(self) -> list[int]:
        """Elements of each block, first to last; empty where the model has none, or more than one stack of them."""
        found: dict[tuple[str, int], int] = {}
        for module in self.modules:
            if block := _BLOCK.match(module.name):
                key = (block[1], int(block[2]))
                found[key] = found.get(key, 0) + module.owned
        return [found[key] for key in sorted(found)] if len({stack for stack, _ in found}) == 1 else []

    @cached_property
    def final_norm(self) -> int:
        """Elements of the norms that come after the last block."""
        last = max((at for at, module in enumerate(self.modules) if _BLOCK.match(module.name)), default=0)
        return sum(
            module.owned
            for module in self.modules[last:]
            if module.component == "norms" and not _BLOCK.match(module.name)
        )

    @cached_property
    def targets(self) -> list[Targets]:
        return target_sets(self.architecture, self._adaptable)

    @cached_property
    def likely_targets(self) -> list[LikelySet]:
        return likely_sets(self.architecture, self._adaptable)

    @property
    def _adaptable(self) -> list[Module]:
        return [module for module in self.modules if module.name not in self.saved]

    @cached_property
    def hidden(self) -> dict[bool, int]:
        """Elements that NF4 packing hides, without and with adapters (a head that they train along stays unpacked)."""
        heads = {False: frozenset(), True: self.saved}
        never = self.architecture.never_packed
        names = {adapters: packed(self.modules, head, never) for adapters, head in heads.items()}
        saving = {m.name: m.weight - stored_weight(m.weight, "nf4") for m in self.modules}
        return {adapters: sum(saving[name] for name in chosen) for adapters, chosen in names.items()}

    @property
    def words(self) -> str:
        return {
            "none": "without a head",
            **dict.fromkeys(("causal", "masked", "seq2seq"), "with its language-model head"),
            "classification": f"with a {self.labels}-way classification head",
            "qa": "with a question-answering head",
        }[self.head]


@dataclass(frozen=True)
class Base:
    """One way to count a model of one shape. ``rows`` are vocabulary rows that the shipped config does not have."""

    shape: Shape
    copies: int
    tied_twice: bool
    nf4: bool
    penalty: float
    rows: int = 0

    def terms(self, adapters: bool) -> list[tuple[str, int]]:
        """The signed terms, in words, that make up the count; the second copy of a head comes last."""
        terms = [(f"logical base {self.shape.words}", self.shape.logical)]
        if self.rows:
            direction = "more" if self.rows > 0 else "fewer"
            terms.append((f"{abs(self.rows):,} {direction} rows in the vocabulary", self.rows * self.row))
        if self.tied_twice:
            terms.append(("tied language-model head counted a second time", self.shape.tied))
        if self.nf4:
            terms.append(("hidden by NF4, which packs two weights into one element", -self.shape.hidden[adapters]))
        if self.copies == 2:
            terms.append(("second copy of the head, which PEFT trains and saves", self.shape.head_elements))
        return terms

    def elements(self, adapters: bool) -> int:
        return sum(number for _, number in self.terms(adapters))

    @property
    def row(self) -> int:
        """Elements of one vocabulary row, with the row of a tied head where that is counted again."""
        again = self.shape.tied // self.shape.vocabulary if self.tied_twice else 0
        return self.shape.row + again

    def with_rows(self, rows: int) -> "Base":
        """This count for a model whose vocabulary has ``rows`` more (or fewer) rows."""
        unusual = (1.5 if rows % 64 == 0 else 2.5) + (0.75 if rows > self.shape.vocabulary else 0.0)
        return replace(self, rows=rows, penalty=self.penalty + unusual)


def shapes(model: Model, labels: int | None) -> list[Shape]:
    """The model with each head that it can have."""
    architecture, found = architecture_of(model.config), []
    for head in architecture.heads:
        if head == "masked" and "causal" in architecture.heads:
            continue  # the same layers
        outputs: list[int | None] = [None]
        if head == "classification":
            outputs = [labels] if labels else list(LABELS)
        found += [Shape(model, head, number) for number in outputs]
    return found


def bases(found: list[Shape], labels: int | None) -> Iterator[Base]:
    """Every way to count each shape, with how unusual it is."""
    for shape in found:
        for copies in (1, 2) if shape.head_elements else (1,):
            for tied_twice in (False, True) if shape.tied else (False,):
                for nf4 in (False, True):
                    penalty = _head_penalty(shape, labels) + tied_twice + 0.5 * nf4
                    penalty += 1.5 if copies == 2 and not shape.saved else 0
                    yield Base(shape, copies, tied_twice, nf4, penalty)


def _head_penalty(shape: Shape, labels: int | None) -> float:
    if shape.head == "classification":
        return 0.0 if labels else 0.5 + _USUAL_LABELS.get(shape.labels, 1.0)
    usual = 0.0 if shape.head == shape.architecture.default_head else 1.0
    return usual + (1.5 if labels else 0.0)
