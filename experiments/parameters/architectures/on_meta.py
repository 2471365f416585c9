"""Any architecture that transformers knows: its model is built on the meta device, where it takes no memory.

Only this module and `by_peft` of the parameter counts need torch and transformers; they are imported where no closed
form exists.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from experiments.parameters.architectures.shape import HEADS, Architecture, Head
from experiments.parameters.components import component_of
from experiments.parameters.config import Config, ConfigError
from experiments.parameters.modules import Module
from experiments.quiet import no_warnings
from experiments.tables.errors import printable

if TYPE_CHECKING:
    import torch


def built_architecture(config: Config, model_type: str) -> Architecture:
    """What transformers builds for ``model_type``. Raises :class:`ConfigError` without transformers or if unknown."""
    if find_spec("torch") is None or find_spec("transformers") is None:
        raise config.error(
            f"there is no closed form for {printable(model_type)!r} (model_type), and its model cannot be built here: "
            "that takes torch and transformers, which `make experiments` installs",
            "model_type",
        )
    import transformers
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    if model_type not in CONFIG_MAPPING:
        version = transformers.__version__
        raise config.error(
            f"unknown architecture {printable(model_type)!a} (model_type): transformers {version} does not have it, "
            "and code that comes with a model is not run",
            "model_type",
        )
    heads = tuple(head for head in HEADS if _class_of(model_type, head))
    return Architecture(model_type, _modules, heads, _default_head(heads), None, method="meta device")


def default_values(config: Config, model_type: str, missing: str) -> dict[str, object]:
    """What the config class of ``model_type`` has under each key unless told.

    Raises :class:`ConfigError`, which names the key that is ``missing``, where transformers is not installed.
    """
    if find_spec("transformers") is None:
        raise config.error(
            f"the key {missing} is missing; give it, or install transformers, which has its default, by "
            "`make experiments`"
        )
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    with no_warnings():
        built = CONFIG_MAPPING[model_type]()
    return built.to_dict() | {other: built.to_dict().get(name) for other, name in built.attribute_map.items()}


def default_ties(config: Config) -> bool | None:
    """Whether transformers ties the output layer of this ``model_type`` unless told; None where it is not known."""
    model_type = config.values.get("model_type")
    if not isinstance(model_type, str) or find_spec("transformers") is None:
        return None
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    if model_type not in CONFIG_MAPPING:
        return None
    try:
        with no_warnings():
            return bool(CONFIG_MAPPING[model_type]().tie_word_embeddings)
    except (AttributeError, ValueError, TypeError):
        return None


@cache
def _class_of(model_type: str, head: Head) -> type | None:
    """transformers' auto class that has a model of ``model_type`` with ``head``; None where there is none."""
    from transformers.models.auto import modeling_auto as auto
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    candidates = {
        "none": ((auto.AutoModel, auto.MODEL_MAPPING),),
        "causal": (
            (auto.AutoModelForCausalLM, auto.MODEL_FOR_CAUSAL_LM_MAPPING),
            (auto.AutoModelForImageTextToText, auto.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING),
        ),
        "masked": ((auto.AutoModelForMaskedLM, auto.MODEL_FOR_MASKED_LM_MAPPING),),
        "seq2seq": (
            (auto.AutoModelForSeq2SeqLM, auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING),
            (auto.AutoModelForSpeechSeq2Seq, auto.MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING),
        ),
        "classification": ((auto.AutoModelForSequenceClassification, auto.MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING),),
        "qa": ((auto.AutoModelForQuestionAnswering, auto.MODEL_FOR_QUESTION_ANSWERING_MAPPING),),
    }
    config_class = CONFIG_MAPPING[model_type]
    return next((built for built, known in candidates[head] if config_class in known), None)


def _default_head(heads: tuple[Head, ...]) -> Head:
    """An encoder-decoder generates, an encoder (told by its masked-language model) has no head, a decoder is causal."""
    for head, chosen in (("seq2seq", "seq2seq"), ("masked", "none"), ("causal", "causal")):
        if head in heads and chosen in heads:
            return chosen
    return heads[0] if heads else "none"


def _modules(config: Config, head: Head, labels: int) -> Iterator[Module]:
    """The modules of the model, in the order of ``named_modules()``; a second owner of a parameter is tied."""
    import torch
    from transformers.pytorch_utils import Conv1D

    model = build_model(config, head, labels)
    output = model.get_output_embeddings()
    seen: set[int] = set()
    for name, module in model.named_modules():
        own = dict(module.named_parameters(recurse=False))
        if not own:
            continue
        tied = {key for key, parameter in own.items() if id(parameter) in seen}
        seen.update(id(parameter) for parameter in own.values())
        ties = {"tied_weight": "weight" in tied, "tied_bias": "bias" in tied}
        component = component_of(f"{name}.weight")
        if set(own) <= {"weight", "bias"} and isinstance(module, torch.nn.Linear | torch.nn.Embedding | Conv1D):
            rows, columns = own["weight"].shape if not isinstance(module, Conv1D) else own["weight"].shape[::-1]
            kind = "embedding" if isinstance(module, torch.nn.Embedding) else "linear"
            yield Module(name, kind, component, rows, columns, "bias" in own, **ties, is_output=module is output)
        elif set(own) <= {"weight", "bias"} and "weight" in own and own["weight"].dim() == 1:
            yield Module(name, "norm", component, own["weight"].numel(), 1, "bias" in own, **ties)
        else:
            for key, parameter in own.items():
                part = f"{name}.{key}" if name else key
                yield Module(part, "parameter", component_of(part), parameter.numel(), 1, tied_weight=key in tied)


def parameter_names(config: Config) -> frozenset[str]:
    """The names of all parameters of the model with its default head. Raises :class:`ConfigError` if it has none."""
    architecture = built_architecture(config, config.text("model_type"))
    model = build_model(config, architecture.default_head, None)
    return frozenset(name for name, _ in model.named_parameters(remove_duplicate=False))


def build_model(config: Config, head: Head, labels: int | None) -> "torch.nn.Module":
    """Build the model on the meta device. Raises :class:`ConfigError` where transformers cannot."""
    import torch
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    values = {key: value for key, value in config.values.items() if key not in ("quantization_config", "auto_map")}
    with _as_one_line(config), no_warnings(), torch.device("meta"):
        built = CONFIG_MAPPING[config.text("model_type")].from_dict(values)
        if head in ("classification", "qa") and labels:
            built.num_labels = labels
        return _class_of(config.text("model_type"), head).from_config(built, attn_implementation="eager")


@contextmanager
def _as_one_line(config: Config) -> Iterator[None]:
    """What transformers says of a config that it cannot build, as one line that names the config."""
    try:
        yield
    except ConfigError:
        raise
    except Exception as error:
        said = " ".join(str(error).split()) or type(error).__name__
        named = re.findall(r"\w+", said)  # all that transformers tells of the place
        raise config.error(f"transformers cannot build this model: {printable(said, 300)}", *named) from None
