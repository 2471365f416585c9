"""Counts the parameters of a model in closed form: from its config, without building it and without torch."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from experiments.parameters.architectures import architecture_of
from experiments.parameters.architectures.shape import Head, Method
from experiments.parameters.catalogue import Model
from experiments.parameters.gguf_types import gguf_bytes
from experiments.parameters.lora import (
    Lora,
    LoraError,
    adapted,
    saved_head,
    saved_modules,
    trained_bias,
)
from experiments.parameters.modules import COMPONENTS, Module
from experiments.parameters.quantization import GGUF, Quantization, QuantizationError, packed, stored_weight
from experiments.parameters.replication import replicated
from experiments.parameters.token_rows import trained_tokens
from experiments.tables.errors import UserError

_COUNTED_LABELS = ("bert", "roberta", "xlm-roberta", "camembert", "gpt2", "t5", "mt5")
"""Whose question-answering model has as many outputs as its config has labels; all others have 2."""

_EXPERTS = re.compile(r"(^|\.)experts\.")


class HeadError(UserError):
    """A task head that the architecture does not have, or a number of labels that it cannot have."""


@dataclass
class Columns:
    """The four counts, in elements."""

    logical_base: int = 0
    added: int = 0
    trainable: int = 0
    stored: int = 0

    def __add__(self, other: "Columns") -> "Columns":
        return Columns(*(mine + theirs for mine, theirs in zip(self.values(), other.values(), strict=True)))

    def values(self) -> tuple[int, ...]:
        return self.logical_base, self.added, self.trainable, self.stored


@dataclass(frozen=True)
class Count:
    """What was counted, by component. ``notes`` say what a reader of the numbers should know."""

    model: str
    head: Head
    labels: int | None
    lora: Lora | None
    quantization: Quantization | None
    method: Method
    components: dict[str, Columns]
    notes: list[str] = field(default_factory=list)

    @property
    def total(self) -> Columns:
        return sum(self.components.values(), Columns())

    def rows(self) -> Iterator[tuple[str, Columns]]:
        """Each component, then ``total``."""
        yield from self.components.items()
        yield "total", self.total

    def as_json(self) -> dict[str, object]:
        shown = asdict(self)
        shown["lora"] = self.lora.as_json() if self.lora else None
        shown["components"] = {name: asdict(columns) for name, columns in self.components.items()}
        return {**shown, "total": asdict(self.total)}


def count(
    model: Model,
    head: Head | None = None,
    labels: int | None = None,
    lora: Lora | None = None,
    quantization: Quantization | None = None,
) -> Count:
    """Count ``model`` with a task head, LoRA adapters and quantised weights.

    ``head`` defaults to the language-model head of a decoder, and to none (the encoder with its pooler) for BERT;
    ``labels`` to what the config says, else 2. Without adapters everything that is not packed is trainable, as
    transformers leaves it; with them, the adapters and the copy of a saved head are.
    Raises :class:`HeadError`, :class:`LoraError` or :class:`ConfigError`.
    """
    head, labels = task(model, head, labels)
    modules = model_modules(model, head, labels or 2)
    architecture = architecture_of(model.config)
    skipped = [module.name for module in modules if module.kind == "parameter" and _EXPERTS.search(module.name)]
    if lora and lora.replication:
        if quantization:
            raise LoraError("layer_replication: layers that are quantised and replicated are not counted")
        modules = replicated(lora, modules)
    saved = saved_head(head, modules) | saved_modules(lora.saved, modules) if lora else frozenset()
    adapters = _adapters(model, head, labels, lora, modules, saved) if lora else {}
    tokens = trained_tokens(lora, modules, adapters.keys() | saved) if lora else {}
    stored = _stored(model, modules, head, saved, lora, quantization)
    components = {name: Columns() for name in COMPONENTS}
    for module in modules:
        added = adapters.get(module.name, 0) + tokens.get(module.name, 0)
        added += _copied(module, modules, saved) if module.name in saved else 0
        saving = module.weight - stored[module.name] if module.name in stored else 0
        own = module.owned - module.weight if module.name in stored else module.owned
        if lora:
            frozen = module.name in saved or any(_shares(each, module) for each in modules if each.name in saved)
            own = 0 if frozen else trained_bias(lora, module, module.name in adapters)
        trainable = added + own
        columns = Columns(module.owned, added, trainable, module.owned - saving + added)
        components[module.component] = components.get(module.component, Columns()) + columns
    notes = _notes(model, modules, lora, saved, bool(stored))
    if lora and lora.all_linear and (left := [name for name in skipped if name not in adapters]):
        notes.append(
            f"all-linear leaves the experts alone: {left[0]} and the like are no linear layers (PEFT adapts them with "
            "target_parameters)"
        )
    if architecture.method == "meta device":
        notes.insert(
            0, f"counted from the model that transformers builds for {architecture.model_type}, without weights"
        )
    return Count(model.name, head, labels, lora, quantization, architecture.method, components, notes)


def _copied(module: Module, modules: list[Module], saved: frozenset[str]) -> int:
    """Elements of the copy of a saved module. A bias that it shares with what holds it is copied with that, once."""
    shared = any(_shares(module, each) for each in modules if each.name in saved)
    return module.elements - (module.rows if shared else 0)


def _shares(module: Module, owner: Module) -> bool:
    """Whether the bias of a module is the tensor that hangs on what holds it, as that of BERT's output layer is."""
    return module.tied_bias and owner.kind == "parameter" and owner.name.endswith(".bias") and owner.rows == module.rows


def _adapters(
    model: Model, head: Head, labels: int | None, lora: Lora, modules: list[Module], saved: frozenset[str]
) -> dict[str, int]:
    """Elements of the adapter of each module that gets one."""
    architecture = architecture_of(model.config)
    if architecture.method == "meta device":
        from experiments.parameters.by_peft import adapters_by_peft, fuses_experts

        if fuses_experts(model.config):
            if lora.replication:
                raise LoraError("layer_replication: layers with fused experts are not counted")
            return adapters_by_peft(
                model.config,
                head,
                labels or 2,
                r=lora.rank,
                target_modules=lora.target_modules,
                exclude_modules=lora.excluded if isinstance(lora.excluded, str) else list(lora.excluded),
                use_dora=lora.dora,
                lora_bias=lora.lora_bias,
                layers_to_transform=list(lora.layers) or None,
                layers_pattern=list(lora.layers_pattern) or None,
                rank_pattern=dict(lora.ranks),
                modules_to_save=[*lora.saved, *(["qa_outputs"] if head == "qa" else [])] or None,
            )
    targets = adapted(lora, architecture, modules, saved)
    return {module.name: lora.added(module) for module in modules if module.name in targets}


def _stored(
    model: Model,
    modules: list[Module],
    head: Head,
    saved: frozenset[str],
    lora: Lora | None,
    quantization: Quantization | None,
) -> dict[str, int]:
    """Elements of the tensors that hold packed weights, by the names of their modules."""
    architecture = architecture_of(model.config)
    if quantization is None:
        return {}
    if quantization in GGUF:
        if lora is not None or head != "causal":
            raise QuantizationError(
                f"{quantization} is how a GGUF file stores a language model: count it with its causal head alone"
            )
        return gguf_bytes(modules, quantization, architecture.model_type)
    names = packed(modules, saved, architecture.never_packed)
    return {module.name: stored_weight(module.weight, quantization) for module in modules if module.name in names}


def task(model: Model, head: Head | None, labels: int | None) -> tuple[Head, int | None]:
    """The head and its labels, with the defaults filled in. Raises :class:`HeadError` for what there is not."""
    architecture = architecture_of(model.config)
    head = head or architecture.default_head
    if head not in architecture.heads:
        there = ", ".join(architecture.heads)
        raise HeadError(f"{model.name}: transformers has no {head} model for {architecture.model_type}; heads: {there}")
    if head == "qa":
        fixed = architecture.model_type not in _COUNTED_LABELS and architecture.method == "closed form"
        if labels not in (None, 2):
            raise HeadError(f"a question-answering head has 2 outputs (start and end), not {labels}")
        return head, 2 if fixed or labels else model.config.labels()
    if head != "classification":
        if labels is not None:
            raise HeadError(f"the head {head} takes no labels; give them with classification")
        return head, None
    labels = model.config.labels() if labels is None else labels
    if not 0 < labels <= 10**9:
        raise HeadError(f"a classification head cannot have {labels} labels; give a positive number")
    return head, labels


def model_modules(model: Model, head: Head, labels: int) -> list[Module]:
    """The modules of the model with its head, in the order of ``named_modules()``."""
    return list(architecture_of(model.config).modules(model.config, head, labels))


def _notes(model: Model, modules: list[Module], lora: Lora | None, saved: frozenset[str], hidden: bool) -> list[str]:
    notes = list(model.notes)
    if architecture_of(model.config).model_type in ("t5", "mt5") and not model.config.flag("tie_word_embeddings", True):
        notes.append(
            "the config unties the output layer, but transformers ties it: a checkpoint may hold a matrix more"
        )
    notes += [f"{key} is to be confirmed: {what}" for key, what in model.to_confirm.items()]
    if lora and lora.replication:
        notes.append("layers that PEFT replicates share their weights: each is counted once, with an adapter for each")
    else:
        tied = [module.name for module in modules if module.tied_weight]
        notes += [f"{name} is tied to the embedding and counted there" for name in tied]
    if saved:
        name = " and ".join(sorted(saved))
        notes.append(f"PEFT keeps {name} twice: the original, frozen, and a copy that is trained and saved")
        if hidden and modules[-1].has_bias:
            notes.append(f"{name} is counted unpacked: list it in llm_int8_skip_modules, or PEFT cannot train it")
        if "qa_outputs" in saved and lora and lora.all_linear:
            notes.append("PEFT 0.21.2 takes all-linear here only with modules_to_save=['qa_outputs'] spelt out")
        if "pre_classifier" in saved and lora and lora.all_linear:
            notes.append("PEFT 0.21.2 takes all-linear here only with exclude_modules=['pre_classifier'] spelt out")
    return notes
