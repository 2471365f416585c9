"""LoRA as PEFT 0.21.2 applies it: which modules a specification targets, and which it leaves alone.

Sources: ``peft/tuners/tuners_utils.py`` (``check_target_module_exists``, ``_maybe_include_all_linear_layers``) and
``peft/peft_model.py`` (``modules_to_save`` of the sequence-classification and question-answering models).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.parameters.architectures import Architecture
from experiments.parameters.modules import Module
from experiments.tables.errors import UserError, printable

SYNTAX = "r=8,targets=all-linear|default|q_proj,v_proj,…"
_NEXT_KEY = re.compile(r",(?=\s*\w+\s*=)")  # a comma before "key=": other commas separate target names
_REGULAR_EXPRESSION = re.compile(r"[\\*+?\[\](){}|^$]")


class LoraError(UserError):
    """A LoRA specification that cannot be applied to the model."""


class LoraSyntaxError(UserError):
    """A LoRA specification that is not written as :data:`SYNTAX` says."""


@dataclass(frozen=True)
class Lora:
    """Rank and targets. ``targets`` is ``default``, ``all-linear``, module names, or one regular expression.

    As in PEFT, a name matches a module of that name and every module whose dotted path ends in it, and a regular
    expression (anything with one of ``\\*+?[](){}|^$``) must match the whole path.
    """

    rank: int
    targets: str = "default"

    def __post_init__(self) -> None:
        if self.rank < 1:
            raise LoraError(f"the LoRA rank r is {self.rank}; it must be a positive integer")

    @property
    def all_linear(self) -> bool:
        return self.targets.lower() == "all-linear"

    def __str__(self) -> str:
        return f"r={self.rank},targets={self.targets}"


def parse_lora(text: str) -> Lora:
    """Read ``r=8,targets=…``; ``targets`` may be left out. Raises :class:`LoraSyntaxError` or :class:`LoraError`."""
    found: dict[str, str] = {}
    for part in _NEXT_KEY.split(text):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or key not in ("r", "targets"):
            raise LoraSyntaxError(f"cannot read {printable(part)!r} in the LoRA specification; write {SYNTAX}")
        if key in found:
            raise LoraSyntaxError(f"the LoRA specification gives {key} twice; write {SYNTAX}")
        found[key] = value
    if not re.fullmatch(r"[+-]?\d{1,12}", found.get("r", ""), re.ASCII):
        raise LoraSyntaxError(f"the LoRA specification needs a whole number r; write {SYNTAX}")
    if found.get("targets") == "":
        raise LoraSyntaxError(f"the LoRA specification names no targets; write {SYNTAX}")
    return Lora(int(found["r"]), found.get("targets", "default"))


def adapted(lora: Lora, architecture: Architecture, modules: Sequence[Module], saved: frozenset[str]) -> set[str]:
    """Names of the modules that get an adapter. Modules that are saved whole (``saved``) never do.

    Raises :class:`LoraError` where a target matches nothing (PEFT lets that pass if another matches) or matches
    something that is neither a linear layer nor an embedding.
    """
    candidates = {module.name for module in modules if module.kind in ("linear", "embedding")}
    if lora.all_linear:
        return {module.name for module in modules if module.kind == "linear"} - saved - output_layer(modules)
    if _REGULAR_EXPRESSION.search(lora.targets):
        matches = {_expression(lora.targets): lora.targets}
    else:
        names = architecture.default_targets if lora.targets == "default" else _names(lora.targets)
        matches = {_suffix(name): name for name in names}
    paths = _paths(modules)
    found: set[str] = set()
    for pattern, target in matches.items():
        matched = {path for path in paths if pattern.fullmatch(path)}
        if not matched:
            raise LoraError(f"the LoRA target {printable(target)!r} matches no module; {_offer(modules)}")
        unsupported = sorted(matched - candidates)
        if unsupported:
            what = f"matches {unsupported[0]}, which is neither a linear layer nor an embedding"
            raise LoraError(f"the LoRA target {printable(target)!r} {what}; {_offer(modules)}")
        found |= matched
    if not found - saved:
        what = f"only matches {', '.join(sorted(found))}, which is trained and saved whole"
        raise LoraError(f"the LoRA target {printable(lora.targets)!r} {what}; {_offer(modules)}")
    return found - saved


def saved_head(head: str, modules: Sequence[Module]) -> frozenset[str]:
    """The modules that PEFT copies, trains and saves whole for the task type that goes with ``head``.

    SEQ_CLS saves ``classifier`` or ``score``, QUESTION_ANS saves ``qa_outputs``. CAUSAL_LM and FEATURE_EXTRACTION
    save nothing. (PEFT 0.21.2 stops at ``all-linear`` with QUESTION_ANS, because it would adapt and save the head;
    what is counted here is what it does when ``modules_to_save=["qa_outputs"]`` is spelt out.)
    """
    names = {"classification": ("classifier", "score"), "qa": ("qa_outputs",)}.get(head, ())
    return frozenset(module.name for module in modules if module.name in names)


def output_layer(modules: Sequence[Module]) -> set[str]:
    """The language-model head, which ``all-linear`` and quantisation leave out: ``get_output_embeddings()``."""
    return {module.name for module in modules if module.name in ("lm_head", "cls.predictions.decoder")}


def target_names(modules: Sequence[Module]) -> list[str]:
    """The names by which the linear layers and embeddings of a model can be targeted, in their order."""
    leaves = (module.name.rpartition(".")[2] for module in modules if module.kind in ("linear", "embedding"))
    return list(dict.fromkeys(leaves))


def _offer(modules: Sequence[Module]) -> str:
    return f"there are {', '.join(target_names(modules))}, all-linear and default"


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
    paths = set()
    for module in modules:
        parts = module.name.split(".")
        if module.kind == "parameter":  # a parameter is no module, but what holds it is
            parts.pop()
        paths.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return paths
