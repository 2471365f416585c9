"""Reads PEFT's ``adapter_config.json``: what the adapter is, and on what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from experiments.parameters.architectures.shape import Head
from experiments.parameters.config import Config, ConfigError, read_config
from experiments.parameters.lora import Bias, Lora, LoraError, layer_pattern

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
_NOT_COUNTED = {
    "target_parameters": "it puts adapters on single parameters",
    "kasa_config": "KaSA trains singular values too",
    "monteclora_config": "MonteCLoRA trains the parameters of its sampling too",
    "use_bdlora": "BD-LoRA has adapters of blocks",
    "arrow_config": "Arrow routes between other adapters",
    "use_qalora": "QA-LoRA pools the inputs of an adapter",
    "megatron_config": "it adapts layers of Megatron",
    "ensure_weight_tying": "it adapts what is tied to a target as well",
}
"""Keys of PEFT 0.21.2's LoraConfig with which an adapter has other parameters, or that take more than a config."""
_MOST_LAYERS = 10_000


class NotCountedError(ConfigError):
    """An adapter of a sort that PEFT has, but whose parameters the config alone does not tell here."""


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
    """The adapter in ``path``, an adapter_config.json or a folder that holds one.

    Raises :class:`ConfigError`, and :class:`NotCountedError` for what cannot be counted from the config.
    """
    file = path / "adapter_config.json" if path.is_dir() else path
    config = read_config(file)
    if not {"peft_type", "r"} & set(config.values):
        other = "is the config of a model" if "model_type" in config.values else "has neither peft_type nor r"
        raise config.error(
            f"{other}, not of an adapter; name PEFT's adapter_config.json, or write the LoRA as r=8", "model_type"
        )
    kind = config.text("peft_type", "LORA")
    if kind != "LORA":
        raise config.error(f"peft_type is {kind!a}; only LORA can be counted from its config", "peft_type")
    _refuse_what_is_not_counted(config)
    bias = config.text("bias", "none")
    if bias not in get_args(Bias):
        raise config.error(f"bias is {bias!a}; it must be {', '.join(get_args(Bias))}", "bias")
    layers = config.values.get("layers_to_transform")
    if config.values.get("layers_pattern") and layers is None:
        raise config.error("layers_pattern goes with layers_to_transform: PEFT refuses it alone", "layers_pattern")
    layers = [] if layers is None else layers if isinstance(layers, list) else [layers]
    task = None if config.values.get("task_type") is None else config.text("task_type")
    saved = _names(config, "modules_to_save")
    targets, expression = _targets(config)
    try:
        lora = Lora(
            config.integer("r", 8),
            targets,
            config.flag("use_dora", False),
            bias,
            tuple(_whole(config, "layers_to_transform", layer, 0) for layer in layers),
            saved,
            _ranks(config),
            _excluded(config),
            config.flag("lora_bias", False),
            expression,
            _layer_lists(config),
            _tokens(config),
            _replication(config),
        )
    except LoraError as error:
        raise config.error(str(error), error.key) from None
    base = config.values.get("base_model_name_or_path")
    return Adapter(
        lora, _HEADS.get(task), _HEAD_NAMES.get(task, ()), base if isinstance(base, str) else None, config.place
    )


def _refuse_what_is_not_counted(config: Config) -> None:
    """Raise :class:`NotCountedError` for what changes the number of trained parameters in a way that is not counted."""
    values = config.values
    for key, what in _NOT_COUNTED.items():
        if values.get(key) not in (None, False, []):  # an empty object switches a variant on
            raise _not_counted(config, f"{key}: {what}, which cannot be counted from the config", key)
    weights = values.get("init_lora_weights", True)
    if weights == "mica":
        raise _not_counted(
            config,
            "init_lora_weights is 'mica': it trains half of an adapter, which is not counted",
            "init_lora_weights",
        )
    if weights == "eva" and not values.get("rank_pattern"):
        what = "it changes the ranks once it has seen data, and rank_pattern does not give them"
        raise _not_counted(config, f"init_lora_weights is 'eva': {what}", "init_lora_weights")
    if values.get("lora_bias") is True and not isinstance(weights, bool):
        raise config.error(f"lora_bias does not go with init_lora_weights {weights!a}: PEFT refuses it", "lora_bias")


def _not_counted(config: Config, problem: str, key: str) -> NotCountedError:
    return NotCountedError(str(config.error(problem, key)))


def _targets(config: Config) -> tuple[str, bool | None]:
    """The targets, and whether they are an expression where their characters do not tell: in PEFT a string is one."""
    value = config.values.get("target_modules")
    if value is None:
        return "default", None
    if value in ("", []):
        raise config.error("target_modules is empty: PEFT has nothing to adapt", "target_modules")
    if isinstance(value, str):
        if value.lower() == "all-linear":
            return value, None
        _patterns(config, "target_modules")
        return value, None if Lora(1, value).is_expression and value != "default" else True
    names = _names(config, "target_modules")
    if sets := [name for name in names if name == "default" or name.lower() == "all-linear"]:
        raise config.error(
            f"target_modules: in a list {sets[0]!a} is the name of a module, and there is none", "target_modules"
        )
    return ",".join(names), False if Lora(1, ",".join(names)).is_expression else None


def _excluded(config: Config) -> tuple[str, ...] | str:
    key = "exclude_modules"
    return "".join(_patterns(config, key)) if isinstance(config.values.get(key), str) else _names(config, key)


def _patterns(config: Config, key: str) -> tuple[str, ...]:
    """The regular expressions under ``key``, one or a list."""
    found = () if config.values.get(key) in ("", []) else _names(config, key)
    for text in found:
        _check_expression(config, key, text, text)
    return found


def _check_expression(config: Config, key: str, text: str, composed: str) -> None:
    try:
        re.compile(text)
        re.compile(composed)
    except (re.error, RecursionError, OverflowError) as error:
        raise config.error(f"{key}: {text!a} is no regular expression: {error}", key) from None


def _layer_lists(config: Config) -> tuple[str, ...]:
    found = _patterns(config, "layers_pattern")
    for text in found:
        _check_expression(config, "layers_pattern", text, layer_pattern(text))
    return found


def _tokens(config: Config) -> tuple[tuple[str, tuple[int, ...]], ...]:
    key = "trainable_token_indices"
    value = config.values.get(key)
    if value is None:
        return ()
    if isinstance(value, list):
        value = {"": value}
    if not isinstance(value, Mapping) or not all(
        isinstance(rows, list) and all(isinstance(row, int) and not isinstance(row, bool) for row in rows)
        for rows in value.values()
    ):
        raise config.error(f"{key} must be a list of whole numbers, or map the names of embeddings to such lists", key)
    return tuple((name, tuple(rows)) for name, rows in value.items())


def _replication(config: Config) -> tuple[tuple[int, int], ...]:
    key = "layer_replication"
    spans = config.values.get(key)
    if not spans:
        return ()
    if not isinstance(spans, list) or not all(isinstance(span, list) and len(span) == 2 for span in spans):
        raise config.error(f"{key} must be a list of pairs [start, end]", key)
    found = tuple((_whole(config, key, start, 0), _whole(config, key, end, 1)) for start, end in spans)
    if any(start >= end for start, end in found) or sum(end - start for start, end in found) > _MOST_LAYERS:
        raise config.error(f"{key} must give spans of at least one layer, and of at most {_MOST_LAYERS:,} in all", key)
    if config.text("bias", "none") != "none":
        raise config.error(f"{key}: the biases that layers share are not counted; count it with bias none", key)
    return found


def _names(config: Config, key: str) -> tuple[str, ...]:
    value = config.values.get(key)
    if value is None:
        return ()
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise config.error(f"{key} must be a name, or a list of names", key)
    return tuple(sorted(names))


def _ranks(config: Config) -> tuple[tuple[str, int], ...]:
    pattern = config.values.get("rank_pattern") or {}
    if not isinstance(pattern, Mapping):
        raise config.error("rank_pattern must map names to ranks", "rank_pattern")
    for name in pattern:
        _check_expression(config, "rank_pattern", name, rf"(.*\.)?({name})$")
    return tuple((name, _whole(config, f"rank_pattern of {name}", rank, 1)) for name, rank in pattern.items())


def _whole(config: Config, key: str, value: object, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise config.error(f"{key} is {value!a}; it must be a whole number, at least {least}", key.partition(" ")[0])
    return value
