"""Gemma 1 to 3: like Llama with heads of 256 and tied embeddings; from Gemma 2 on each block is normed twice."""

from collections.abc import Iterator

from experiments.parameters.architectures.attention import attention
from experiments.parameters.architectures.decoder import head_modules, prefix
from experiments.parameters.architectures.llama import gated_mlp, projections
from experiments.parameters.config import Config
from experiments.parameters.modules import Module, embedding, norm

_NORMS = ("input_layernorm", "post_attention_layernorm")
_NORMS_2 = (*_NORMS, "pre_feedforward_layernorm", "post_feedforward_layernorm")


def gemma(config: Config, head: str, labels: int) -> Iterator[Module]:
    """Source: transformers/models/gemma/modeling_gemma.py; defaults: configuration_gemma.py."""
    return _model(config, head, labels, _NORMS, kv_heads=16, divides=False)


def gemma2(config: Config, head: str, labels: int) -> Iterator[Module]:
    """Source: transformers/models/gemma2/modeling_gemma2.py; defaults: configuration_gemma2.py."""
    return _model(config, head, labels, _NORMS_2, kv_heads=4, divides=True)


def gemma3_text(config: Config, head: str, labels: int) -> Iterator[Module]:
    """The modules of a Gemma 3 text model, which norms queries and keys too.

    Source: transformers/models/gemma3/modeling_gemma3.py; defaults: configuration_gemma3.py.
    """
    return _model(config, head, labels, _NORMS_2, kv_heads=4, divides=True, normed=True)


def _model(
    config: Config,
    head: str,
    labels: int,
    norms: tuple[str, ...],
    *,
    kv_heads: int,
    divides: bool,
    normed: bool = False,
) -> Iterator[Module]:
    sizes = attention(config, kv_heads=kv_heads, head_dim=256, divides=divides)
    bias, stem = config.flag("attention_bias", False), prefix(head)
    yield embedding(f"{stem}embed_tokens", config.integer("vocab_size"), sizes.hidden)
    for index in range(config.layers()):
        layer = f"{stem}layers.{index}"
        yield from projections(f"{layer}.self_attn", sizes, bias)
        if normed:
            yield norm(f"{layer}.self_attn.q_norm", sizes.head_dim)
            yield norm(f"{layer}.self_attn.k_norm", sizes.head_dim)
        yield from gated_mlp(f"{layer}.mlp", sizes.hidden, config.integer("intermediate_size"), False)
        for name in norms:
            yield norm(f"{layer}.{name}", sizes.hidden)
    yield norm(f"{stem}norm", sizes.hidden)
    yield from head_modules(config, head, labels, tied=True)
