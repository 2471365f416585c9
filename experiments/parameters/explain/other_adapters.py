"""Adapters of PEFT other than LoRA: prompt tuning, prefix tuning and IA3, told from how many elements they have.

Sizes follow PEFT 0.21.2: ``peft/tuners/{prompt_tuning,prefix_tuning,ia3}`` and ``_prepare_prompt_learning_config``. The
targets of IA3 are those of ``TRANSFORMERS_MODELS_TO_IA3_TARGET_MODULES_MAPPING`` (``peft/utils/constants.py``).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from experiments.parameters.explain.bases import Shape
from experiments.parameters.modules import Module

SEARCHED = "prompt tuning, prefix tuning (also with a projection) and IA3, as PEFT makes them"
_USUAL_TOKENS = {20: 0.0, 10: 0.0, 8: 0.25, 16: 0.25, 30: 0.25, 32: 0.25, 50: 0.25, 100: 0.25, 5: 0.5, 64: 0.5}
_MOST_TOKENS = 512
_IA3 = {
    "t5": (("k", "v"), ("wo",)),
    "gpt2": (("c_attn",), ("mlp.c_proj",)),
    "roberta": (("key", "value"), ("output.dense",)),
    "bert": (("key", "value"), ("output.dense",)),
    "opt": (("q_proj", "k_proj"), ("fc2",)),
    "gpt_neox": (("query_key_value",), ("dense_4h_to_h",)),
    "llama": (("k_proj", "v_proj"), ("down_proj",)),
    "mistral": (("k_proj", "v_proj"), ("down_proj",)),
    "phi": (("q_proj", "v_proj"), ("fc2",)),
    **dict.fromkeys(("gemma", "gemma2", "gemma3_text", "qwen2", "qwen3"), (("q_proj", "v_proj"), ("down_proj",))),
}
"""By ``model_type``: layers whose outputs IA3 scales, and feed-forward layers, whose inputs it scales."""


@dataclass(frozen=True)
class OtherAdapter:
    """One adapter that is not LoRA. ``tokens`` are the virtual tokens of prompt and prefix tuning."""

    method: str
    words: str
    elements: int
    penalty: float
    tokens: int | None = None


def other_adapters(shape: Shape, elements: int) -> Iterator[OtherAdapter]:
    """The adapters of a model that have exactly so many elements."""
    width = _first(shape, "hidden_size", "n_embd", "d_model")
    layers = _first(shape, "num_hidden_layers", "num_layers", "n_layer")
    if elements < 1 or width is None or layers is None:
        return
    inner = _key_width(shape, width)
    prefix = 2 * layers * inner
    stacks = 2 if shape.head == "seq2seq" else 1  # a prompt for the encoder, and one for the decoder
    yield from _tokens("prompt tuning", elements, width * stacks)
    yield from _tokens("prefix tuning", elements, prefix)
    projection = inner * inner + inner + inner * prefix + prefix
    yield from _tokens("prefix tuning with a projection", elements - projection, inner, projection)
    scaled = _scaled(shape)
    if scaled and sum(scaled.values()) == elements:
        named = ", ".join(scaled)
        yield OtherAdapter("IA3", f"IA3 on PEFT's default targets {named}", elements, 1.0)


def _tokens(method: str, elements: int, width: int, beside: int = 0) -> Iterator[OtherAdapter]:
    tokens, rest = divmod(elements, width)
    if not rest and 0 < tokens <= _MOST_TOKENS:
        words = f"{method}, {tokens} virtual token{'s' if tokens > 1 else ''}"
        yield OtherAdapter(method, words, elements + beside, 1.25 + _USUAL_TOKENS.get(tokens, 1.5), tokens)


def _key_width(shape: Shape, width: int) -> int:
    """Width of the keys of one layer, which grouped queries make smaller."""
    keys = next((module.rows for module in shape.modules if module.name.endswith(".k_proj")), None)
    heads, groups = _first(shape, "num_attention_heads"), _first(shape, "num_key_value_heads")
    return keys or (width // heads * groups if heads and groups else width)


def _scaled(shape: Shape) -> dict[str, int]:
    """Elements of IA3 by target."""
    outputs, inputs = _IA3.get(shape.model.config.text("model_type", ""), ((), ()))
    found = {name: sum(m.rows for m in _named(shape, name)) for name in outputs}
    return found | {name: sum(m.columns for m in _named(shape, name)) for name in inputs}


def _named(shape: Shape, target: str) -> list[Module]:
    return [m for m in shape.modules if m.kind == "linear" and f".{m.name}".endswith(f".{target}")]


def _first(shape: Shape, *keys: str) -> int | None:
    """The first of these sizes that the config has."""
    return next((size for key in keys if (size := shape.model.config.optional_integer(key)) is not None), None)
