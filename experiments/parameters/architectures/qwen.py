"""Qwen 2 and Qwen 3: Llama with a bias on queries, keys and values, or with a norm of queries and keys instead."""

from collections.abc import Iterator

from experiments.parameters.architectures.attention import attention
from experiments.parameters.architectures.decoder import head_modules, prefix
from experiments.parameters.architectures.llama import gated_mlp, projections
from experiments.parameters.config import Config
from experiments.parameters.modules import Module, embedding, norm


def qwen2(config: Config, head: str, labels: int) -> Iterator[Module]:
    """Source: transformers/models/qwen2/modeling_qwen2.py. The bias is fixed, whatever the config says."""
    return _model(config, head, labels, bias=True, output_bias=False, head_dim=None, normed=False)


def qwen3(config: Config, head: str, labels: int) -> Iterator[Module]:
    """Source: transformers/models/qwen3/modeling_qwen3.py; heads of 128 (configuration_qwen3.py)."""
    bias = config.flag("attention_bias", False)
    return _model(config, head, labels, bias=bias, output_bias=bias, head_dim=128, normed=True)


def _model(
    config: Config, head: str, labels: int, *, bias: bool, output_bias: bool, head_dim: int | None, normed: bool
) -> Iterator[Module]:
    sizes = attention(config, kv_heads=32, head_dim=head_dim)
    stem = "transformer." if head == "qa" else prefix(head)
    yield embedding(f"{stem}embed_tokens", config.integer("vocab_size"), sizes.hidden)
    for index in range(config.layers()):
        layer = f"{stem}layers.{index}"
        yield from projections(f"{layer}.self_attn", sizes, bias, output_bias=output_bias)
        if normed:
            yield norm(f"{layer}.self_attn.q_norm", sizes.head_dim)
            yield norm(f"{layer}.self_attn.k_norm", sizes.head_dim)
        yield from gated_mlp(f"{layer}.mlp", sizes.hidden, config.integer("intermediate_size"), False)
        yield norm(f"{layer}.input_layernorm", sizes.hidden)
        yield norm(f"{layer}.post_attention_layernorm", sizes.hidden)
    yield norm(f"{stem}norm", sizes.hidden)
    yield from head_modules(config, head, labels, tied=False)
