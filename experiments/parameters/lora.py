"""LoRA as PEFT 0.21.2 applies it: which modules a specification targets, and which it leaves alone.

Sources: ``peft/tuners/tuners_utils.py`` (``check_target_module_exists``, ``_maybe_include_all_linear_layers``) and
``peft/peft_model.py`` (``modules_to_save`` of the sequence-classification and question-answering models).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Literal, get_args

from experiments.parameters.architectures.shape import Architecture
from experiments.parameters.modules import Module
from experiments.tables.errors import UserError, printable

SYNTAX = "r=8,targets=all-linear|default|q_proj,v_proj,…"
FURTHER = "dora=yes, bias=all|lora_only, layers=0-3,7, save=lm_head,…, ranks=k_proj:4,…"
Bias = Literal["none", "all", "lora_only"]
_KEYS = ("r", "targets", "dora", "bias", "layers", "save", "ranks")
_NEXT_KEY = re.compile(r",(?=\s*\w+\s*=)")  # a comma before "key=": other commas separate target names
_NUMBER = re.compile(r"[+-]?\d{1,12}", re.ASCII)
_TASK_HEADS = ("classifier", "score", "qa_outputs")
_LAYER = re.compile(r".*?\.[^.]*\.(?P<index>\d+)\.")
_OUTPUTS = ("lm_head", "lm_head.decoder", "cls.predictions.decoder", "vocab_projector", "embed_out", "output_layer")
_REGULAR_EXPRESSION = re.compile(r"[\\*+?\[\](){}|^$]")


_NAMED = 3  # modules that are named where many are alike


class LoraError(UserError):
    """A LoRA specification that cannot be applied to the model; `key` is what PEFT's config calls what is wrong."""

    def __init__(self, message: str, key: str = "") -> None:
        self.key = key
        super().__init__(message)


class LoraSyntaxError(UserError):
    """A LoRA specification that is not written as :data:`SYNTAX` says."""


@dataclass(frozen=True)
class Lora:
    """A LoRA adapter, as PEFT's LoraConfig describes it.

    ``targets`` is ``default``, ``all-linear``, module names, or one regular expression: as in PEFT, a name matches a
    module of that name and every module whose dotted path ends in it, and a regular expression (anything with one of
    ``\\*+?[](){}|^$``, unless ``expression`` says which it is) must match the whole path; so must ``excluded`` where it
    is one string. ``layers`` are indices of the layers that are adapted (all if empty), ``layers_pattern`` the names of
    the lists that they count in, ``ranks`` the ranks of the modules whose path ends in a pattern, ``saved`` the modules
    that are copied, trained and saved whole, ``bias`` which biases of the model are trained too. ``dora`` adds a
    magnitude for each output, ``lora_bias`` a bias. ``tokens`` are the rows that are trained of the embeddings whose
    path ends in a name (of the input embedding where it is empty), ``replication`` the spans of layers, without their
    end, that PEFT stacks into a deeper model first.
    """

    rank: int
    targets: str = "default"
    dora: bool = False
    bias: Bias = "none"
    layers: tuple[int, ...] = ()
    saved: tuple[str, ...] = ()
    ranks: tuple[tuple[str, int], ...] = ()
    excluded: tuple[str, ...] | str = ()
    lora_bias: bool = False
    expression: bool | None = None
    layers_pattern: tuple[str, ...] = ()
    tokens: tuple[tuple[str, tuple[int, ...]], ...] = ()
    replication: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        for rank in (self.rank, *(rank for _, rank in self.ranks)):
            if rank < 1:
                raise LoraError(f"the LoRA rank r is {rank}; it must be a positive integer", "r")
        if self.layers and (self.all_linear or self.is_expression):
            what = "layers go with module names as targets: PEFT refuses them with all-linear and patterns"
            raise LoraError(what, "layers_to_transform")
        if self.dora and self.lora_bias:
            raise LoraError("lora_bias does not go with DoRA: PEFT refuses it", "lora_bias")

    @property
    def all_linear(self) -> bool:
        return self.targets.lower() == "all-linear"

    @property
    def target_modules(self) -> str | list[str] | None:
        """The targets as PEFT's LoraConfig takes them."""
        if self.targets == "default":
            return None
        return self.targets if self.all_linear or self.is_expression else _names(self.targets)

    @property
    def is_expression(self) -> bool:
        """Whether the targets are one regular expression."""
        return bool(_REGULAR_EXPRESSION.search(self.targets)) if self.expression is None else self.expression

    def excludes(self, name: str) -> bool:
        if isinstance(self.excluded, str):
            return bool(self.excluded) and _expression(self.excluded).fullmatch(name) is not None
        return any(_suffix(end).fullmatch(name) for end in self.excluded)

    def rank_of(self, name: str) -> int:
        """The rank of the module ``name``: that of the first pattern which its path ends in, else ``rank``."""
        return next((rank for key, rank in self.ranks if re.match(rf"(.*\.)?({key})$", name)), self.rank)

    def added(self, module: Module) -> int:
        """Elements that the adapter of a module has."""
        return self.rank_of(module.name) * module.adapter_width + (self.dora + self.lora_bias) * module.outputs

    def as_json(self) -> dict[str, object]:
        """Rank and targets, and of the rest what is not as PEFT has it by itself."""
        shown = {f.name: self.__dict__[f.name] for f in fields(self) if self.__dict__[f.name] != f.default}
        return {"rank": self.rank, "targets": self.targets, **shown}

    def __str__(self) -> str:
        parts = [f"r={self.rank}", f"targets={self.targets}"]
        parts += ["dora=yes"] if self.dora else []
        parts += [f"bias={self.bias}"] if self.bias != "none" else []
        parts += [f"layers={','.join(map(str, self.layers))}"] if self.layers else []
        parts += [f"save={','.join(self.saved)}"] if self.saved else []
        parts += [f"ranks={','.join(f'{name}:{rank}' for name, rank in self.ranks)}"] if self.ranks else []
        excluded = self.excluded if isinstance(self.excluded, str) else ",".join(self.excluded)
        parts += [f"excluded={printable(excluded)}"] if excluded else []
        parts += [f"tokens={sum(len(rows) for _, rows in self.tokens)}"] if self.tokens else []
        parts += [f"replicated={','.join(f'{a}-{b - 1}' for a, b in self.replication)}"] if self.replication else []
        return ",".join(parts)


def parse_lora(text: str) -> Lora:
    """Read ``r=8,targets=…`` and what :data:`FURTHER` shows; all but ``r`` may be left out.

    Raises :class:`LoraSyntaxError` or :class:`LoraError`.
    """
    found: dict[str, str] = {}
    for part in _NEXT_KEY.split(text):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or key not in _KEYS:
            raise _syntax(f"cannot read {printable(part)!r} in the LoRA specification")
        if key in found:
            raise _syntax(f"the LoRA specification gives {key} twice")
        found[key] = value
    if not _NUMBER.fullmatch(found.get("r", "")):
        raise _syntax("the LoRA specification needs a whole number r")
    if found.get("targets") == "":
        raise _syntax("the LoRA specification names no targets")
    if found.get("dora", "no") not in ("yes", "no"):
        raise _syntax(f"dora is {printable(found['dora'])!r}; it must be yes or no")
    if found.get("bias", "none") not in get_args(Bias):
        raise _syntax(f"bias is {printable(found['bias'])!r}; it must be {', '.join(get_args(Bias))}")
    return Lora(
        int(found["r"]),
        found.get("targets", "default"),
        found.get("dora") == "yes",
        found.get("bias", "none"),
        _layers(found["layers"]) if "layers" in found else (),
        tuple(_listed("save", found["save"])) if "save" in found else (),
        tuple(_rank(part) for part in _listed("ranks", found["ranks"])) if "ranks" in found else (),
    )


def _syntax(problem: str) -> LoraSyntaxError:
    return LoraSyntaxError(f"{problem}; write {SYNTAX} ({FURTHER})")


def _listed(key: str, text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise _syntax(f"the LoRA specification has an empty entry in {key}")
    return parts


def _layers(text: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in _listed("layers", text):
        span = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", part, re.ASCII)
        if span is None:
            raise _syntax(f"{printable(part)!r} is no layer, and no span of layers")
        found += range(int(span[1]), int(span[2] or span[1]) + 1)
    return tuple(found)


def _rank(part: str) -> tuple[str, int]:
    name, _, rank = part.rpartition(":")
    if not name or not _NUMBER.fullmatch(rank) or not re.fullmatch(r"[\w.*^$-]+", name):
        raise _syntax(f"{printable(part)!r} gives no rank for a module name")
    return name, int(rank)


def adapted(lora: Lora, architecture: Architecture, modules: Sequence[Module], saved: frozenset[str]) -> set[str]:
    """Names of the modules that get an adapter. Modules that are saved whole (``saved``) never do.

    Raises :class:`LoraError` where a target matches nothing (PEFT lets that pass if another matches) or matches
    something that is neither a linear layer nor an embedding.
    """
    candidates = {module.name for module in modules if module.kind in ("linear", "embedding")}
    excluded = saved | {name for name in candidates if lora.excludes(name)}
    if lora.all_linear:
        return {module.name for module in modules if module.kind == "linear"} - excluded - output_layer(modules)
    if lora.targets == "default" and not architecture.default_targets:
        raise LoraError(
            f"PEFT has no default targets for {architecture.model_type}; name them: {describe_targets(modules)}"
        )
    if lora.is_expression:
        matches = {_expression(lora.targets): lora.targets}
    else:
        names = architecture.default_targets if lora.targets == "default" else _names(lora.targets)
        matches = {_suffix(name): name for name in names}
    paths = _paths(modules)
    found: set[str] = set()
    for pattern, target in matches.items():
        matched = {path for path in paths if pattern.fullmatch(path)}
        if not matched:
            raise LoraError(
                f"the LoRA target {printable(target)!r} matches no module{_hint(target)}; {describe_targets(modules)}"
            )
        unsupported = sorted(path for path in matched - candidates if not lora.excludes(path))
        if unsupported:
            what = f"matches {unsupported[0]}, which is neither a linear layer nor an embedding"
            raise LoraError(f"the LoRA target {printable(target)!r} {what}; {describe_targets(modules)}")
        found |= matched & candidates
    if lora.layers:
        named = set(matches.values())  # PEFT asks for no layer where a target is the whole path
        found = {name for name in found if layer_of(name, lora.layers_pattern) in lora.layers or name in named}
        if not found:
            layers = (layer_of(module.name, lora.layers_pattern) for module in modules)
            there = [layer for layer in layers if layer is not None]
            last = f"the last is {max(there)}" if there else "there are none"
            raise LoraError(f"no target lies in layer {', '.join(map(str, lora.layers))}; {last}")
    if not found - excluded:
        left = "trained and saved whole" if found <= saved else "excluded"
        names = ", ".join(sorted(found)[:_NAMED]) + (", …" if len(found) > _NAMED else "")
        what = f"only matches {names}, which is {left}"
        raise LoraError(f"the LoRA target {printable(lora.targets)!r} {what}; {describe_targets(modules)}")
    embeddings = {module.name for module in modules if module.kind == "embedding"} & found - excluded
    if lora.lora_bias and embeddings:
        raise LoraError(f"lora_bias does not go with {min(embeddings)}, an embedding: PEFT refuses it")
    return found - excluded


def trained_bias(lora: Lora, module: Module, is_target: bool) -> int:
    """Elements of the module's own bias that the adapter trains along."""
    if lora.bias == "all" and module.kind == "parameter":
        return module.owned if module.name.endswith(".bias") else 0
    if lora.bias == "lora_only" and is_target:  # wherever it counts: the tensor is trained
        return module.rows if module.has_bias else 0
    return module.bias if lora.bias == "all" else 0


def layer_of(name: str, lists: Sequence[str] = ()) -> int | None:
    """The layer that a module is in, as PEFT tells it: the first number in its path; None outside the layers.

    With ``lists`` only a number that stands after one of these patterns counts.
    """
    return _layer_of(name, tuple(lists))


@lru_cache(maxsize=1 << 14)
def _layer_of(name: str, lists: tuple[str, ...]) -> int | None:
    patterns = [re.compile(layer_pattern(each)) for each in lists] or [_LAYER]
    found = next((match for pattern in patterns if (match := pattern.match(name))), None)
    return int(found["index"]) if found else None


def layer_pattern(name: str) -> str:
    """The expression by which PEFT finds the number of a layer in the lists of layers that ``name`` matches."""
    return rf"(?:^|.*?\.){name}\.(?P<index>\d+)\."


def saved_modules(names: Sequence[str], modules: Sequence[Module]) -> frozenset[str]:
    """The modules that ``modules_to_save`` means: those whose path, or that of what holds them, ends in a name.

    Raises :class:`LoraError` for a name that means none, unless it is one that PEFT adds for a task by itself.
    """
    found = set()
    for name in names:
        held = {module.name for module in modules if any(path.endswith(name) for path in path_above(module))}
        if not held and name not in _TASK_HEADS:
            raise LoraError(f"there is no module {printable(name)!r} to save; {describe_targets(modules)}")
        found |= held
    return frozenset(found)


def saved_head(head: str, modules: Sequence[Module]) -> frozenset[str]:
    """The modules that PEFT copies, trains and saves whole for the task type that goes with ``head``.

    SEQ_CLS saves ``classifier`` or ``score``, QUESTION_ANS saves ``qa_outputs``. CAUSAL_LM and FEATURE_EXTRACTION
    save nothing. (PEFT 0.21.2 stops at ``all-linear`` with QUESTION_ANS, because it would adapt and save the head;
    what is counted here is what it does when ``modules_to_save=["qa_outputs"]`` is spelt out.)
    """
    names = {"classification": ("classifier", "score"), "qa": ("qa_outputs",)}.get(head, ())
    return saved_modules(names, modules)


def output_layer(modules: Sequence[Module]) -> set[str]:
    """The language-model head, which ``all-linear`` and quantisation leave out: ``get_output_embeddings()``."""
    return {module.name for module in modules if module.is_output or module.name in _OUTPUTS}


def target_names(modules: Sequence[Module]) -> list[str]:
    """The names by which the linear layers and embeddings of a model can be targeted, in their order."""
    leaves = (module.name.rpartition(".")[2] for module in modules if module.kind in ("linear", "embedding"))
    return list(dict.fromkeys(leaves))


def describe_targets(modules: Sequence[Module]) -> str:
    """What can be targeted, for an error."""
    return f"there are {', '.join(target_names(modules))}, all-linear and default"


def _hint(target: str) -> str:
    """How two targets are written, where one names several in another way."""
    names = [name for name in re.split(r"[+|;&\s]+", target) if name]
    if len(names) < 2 or not all(re.fullmatch(r"[\w.]+", name) for name in names):
        return ""
    return f" (several targets are written with commas: targets={','.join(names)})"


def _names(targets: str) -> list[str]:
    names = [name.strip() for name in targets.split(",")]
    if not all(names):
        raise LoraSyntaxError(f"the LoRA specification has an empty target name; write {SYNTAX}")
    sets = [name for name in names if name == "default" or name.lower() == "all-linear"]
    if sets:  # PEFT would look for a module of that name
        raise LoraError(f"the LoRA target {sets[0]!r} is a whole set of modules: give it alone, or name the modules")
    return names


def _suffix(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:.*\.)?{re.escape(name)}")


def _expression(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise LoraError(f"the LoRA target {printable(text)!r} is no regular expression: {error}") from None


def _paths(modules: Sequence[Module]) -> set[str]:
    """Every dotted path in the model, with the containers above each module."""
    return {path for module in modules for path in path_above(module)}


def path_above(module: Module) -> list[str]:
    """The path of a module, and of each container above it."""
    parts = module.name.split(".")
    if module.kind == "parameter":  # a parameter is no module, but what holds it is
        parts.pop()
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
