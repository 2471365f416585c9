"""Reads PEFT's ``adapter_config.json``: what the adapter is, and on what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from experiments.parameters.architectures import Head
from experiments.parameters.config import Config, read_config
from experiments.parameters.lora import Bias, Lora

_HEADS: dict[str, Head] = {
    "CAUSAL_LM": "causal",
    "SEQ_2_SEQ_LM": "seq2seq",
    "SEQ_CLS": "classification",
    "QUESTION_ANS": "qa",
}
_HEAD_NAMES = {
    "SEQ_CLS": ("classifier", "score"),
    "QUESTION_ANS": ("qa_outputs",),
    "TOKEN_CLS": ("classifier", "score"),
}


@dataclass(frozen=True)
class Adapter:
    """A LoRA adapter with the head that its task type goes with (None where that says none) and its base model."""

    lora: Lora
    head: Head | None
    head_names: tuple[str, ...]
    base: str | None
    place: str

    def __str__(self) -> str:
        return f"LoRA {self.lora}{f' on {self.base}' if self.base else ''}"


def read_adapter(path: Path) -> Adapter:
    """The adapter in ``path``, an adapter_config.json or a folder that holds one. Raises :class:`ConfigError`."""
    file = path / "adapter_config.json" if path.is_dir() else path
    config = read_config(file)
    if not {"peft_type", "r"} & set(config.values):
        other = "is the config of a model" if "model_type" in config.values else "has neither peft_type nor r"
        raise config.error(f"{other}, not of an adapter; name PEFT's adapter_config.json, or write the LoRA as r=8")
    kind = config.text("peft_type", "LORA")
    if kind != "LORA":
        raise config.error(f"peft_type is {kind!a}; only LORA can be counted from its config")
    if config.values.get("target_parameters"):
        raise config.error("target_parameters: adapters on single parameters cannot be counted from the config")
    bias = config.text("bias", "none")
    if bias not in get_args(Bias):
        raise config.error(f"bias is {bias!a}; it must be {', '.join(get_args(Bias))}")
    layers = config.values.get("layers_to_transform")
    layers = [] if layers is None else layers if isinstance(layers, list) else [layers]
    task = None if config.values.get("task_type") is None else config.text("task_type")
    saved = _names(config, "modules_to_save")
    lora = Lora(
        config.integer("r", 8),
        _targets(config),
        config.flag("use_dora", False),
        bias,
        tuple(_whole(config, "layers_to_transform", layer, 0) for layer in layers),
        saved,
        _ranks(config),
        _names(config, "exclude_modules"),
        config.flag("lora_bias", False),
    )
    base = config.values.get("base_model_name_or_path")
    return Adapter(
        lora, _HEADS.get(task), _HEAD_NAMES.get(task, ()), base if isinstance(base, str) else None, config.place
    )


def _targets(config: Config) -> str:
    value = config.values.get("target_modules")
    if value is None:
        return "default"
    return value if isinstance(value, str) else ",".join(_names(config, "target_modules"))


def _names(config: Config, key: str) -> tuple[str, ...]:
    value = config.values.get(key)
    if value is None:
        return ()
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise config.error(f"{key} must be a name, or a list of names")
    return tuple(sorted(names))


def _ranks(config: Config) -> tuple[tuple[str, int], ...]:
    pattern = config.values.get("rank_pattern") or {}
    if not isinstance(pattern, Mapping):
        raise config.error("rank_pattern must map names to ranks")
    for name in pattern:
        try:
            re.compile(name)
        except re.error as error:
            raise config.error(f"rank_pattern: {name!a} is no regular expression: {error}") from None
    return tuple((name, _whole(config, f"rank_pattern of {name}", rank, 1)) for name, rank in pattern.items())


def _whole(config: Config, key: str, value: object, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise config.error(f"{key} is {value!a}; it must be a whole number, at least {least}")
    return value
