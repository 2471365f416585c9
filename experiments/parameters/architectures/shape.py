"""What is known of an architecture, whether it is counted in closed form or built on the meta device."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Literal, get_args

from experiments.parameters.config import Config
from experiments.parameters.modules import Module
from experiments.quiet import no_warnings

Head = Literal["none", "causal", "masked", "seq2seq", "classification", "qa"]
HEADS: tuple[Head, ...] = get_args(Head)
Method = Literal["closed form", "meta device"]


@dataclass(frozen=True)
class Architecture:
    """What transformers and PEFT know about one ``model_type``.

    ``heads`` are those that transformers' auto classes build (AutoModel, AutoModelForCausalLM, AutoModelForMaskedLM,
    AutoModelForSeq2SeqLM, AutoModelForSequenceClassification, AutoModelForQuestionAnswering). ``listed_targets`` is the
    entry in PEFT 0.21.2's ``TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING`` (``peft/utils/constants.py``), empty
    where it has none, None where PEFT itself is to be asked. ``sizes`` are the defaults of the config class for what
    makes a model large (num_key_value_heads where it does not follow the heads), ``tied`` its default of
    ``tie_word_embeddings``, ``aliases`` other names that it takes.
    ``never_packed`` are modules that transformers keeps in float32 whatever the rest is packed into.
    """

    model_type: str
    modules: Callable[[Config, str, int], Iterator[Module]]
    heads: tuple[Head, ...]
    default_head: Head
    listed_targets: tuple[str, ...] | None
    sizes: Mapping[str, int] = field(default_factory=dict)
    tied: bool = False
    aliases: Mapping[str, str] = field(default_factory=dict)
    never_packed: tuple[str, ...] = ()
    method: Method = "closed form"

    @property
    def default_targets(self) -> tuple[str, ...]:
        """The modules that PEFT adapts unless told; empty where it has to be told."""
        if self.listed_targets is not None:
            return self.listed_targets
        return _listed_by_peft(self.model_type)


def _listed_by_peft(model_type: str) -> tuple[str, ...]:
    """PEFT's default targets of ``model_type``; empty where it has none, or is not installed."""
    if find_spec("peft") is None:
        return ()
    with no_warnings():
        from peft.utils.constants import TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING

    found = TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING.get(model_type, ())
    return tuple(found) if isinstance(found, list | tuple) else ()
