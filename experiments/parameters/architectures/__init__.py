"""The architectures that can be counted, by ``model_type`` of their config.

Each follows the modeling file of the same name in transformers 5.23 (``transformers/models/<model_type>/``), module
for module and name for name, because LoRA targets are matched against those names.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from experiments.parameters.architectures import bert, gemma, llama, phi
from experiments.parameters.config import Config
from experiments.parameters.modules import Module

Head = Literal["none", "causal", "classification", "qa"]
HEADS: tuple[Head, ...] = ("none", "causal", "classification", "qa")


@dataclass(frozen=True)
class Architecture:
    """What transformers and PEFT know about one ``model_type``.

    ``heads`` are those that transformers' auto classes build (AutoModel, AutoModelForCausalLM,
    AutoModelForSequenceClassification, AutoModelForQuestionAnswering). ``default_targets`` is the entry in PEFT
    0.21.2's ``TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING`` (``peft/utils/constants.py``).
    """

    model_type: str
    modules: Callable[[Config, str, int], Iterator[Module]]
    heads: tuple[Head, ...]
    default_head: Head
    default_targets: tuple[str, ...]


_QUERY_VALUE = ("q_proj", "v_proj")

ARCHITECTURES = {
    architecture.model_type: architecture
    for architecture in (
        Architecture("llama", llama.llama, HEADS, "causal", _QUERY_VALUE),
        Architecture("mistral", llama.mistral, HEADS, "causal", _QUERY_VALUE),
        Architecture("gemma", gemma.gemma, ("none", "causal", "classification"), "causal", _QUERY_VALUE),
        Architecture("gemma2", gemma.gemma2, ("none", "causal", "classification"), "causal", _QUERY_VALUE),
        Architecture("phi", phi.phi, ("none", "causal", "classification"), "causal", (*_QUERY_VALUE, "fc1", "fc2")),
        # BERT is an encoder: without a task it is the encoder with its pooler, as AutoModel builds it.
        Architecture("bert", bert.bert, HEADS, "none", ("query", "value")),
    )
}


def architecture_of(config: Config) -> Architecture:
    """The architecture of a config. Raises :class:`ConfigError` with the known ones where it is unknown."""
    model_type = config.text("model_type")
    if model_type not in ARCHITECTURES:
        known = ", ".join(sorted(ARCHITECTURES))
        raise config.error(f"unknown architecture {model_type!a} (model_type); there are {known}")
    return ARCHITECTURES[model_type]
