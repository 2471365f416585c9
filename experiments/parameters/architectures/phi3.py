"""Phi-3: Llama with queries, keys and values in one layer, and with gate and up in one."""

from collections.abc import Iterator

from experiments.parameters.architectures.attention import attention
from experiments.parameters.architectures.decoder import head_modules, prefix
from experiments.parameters.config import Config
from experiments.parameters.modules import Module, embedding, linear, norm


def phi3(config: Config, head: str, labels: int) -> Iterator[Module]:
    """Source: transformers/models/phi3/modeling_phi3.py. It has no bias and no question-answering model."""
    sizes, stem, inner = attention(config), prefix(head), config.integer("intermediate_size")
    yield embedding(f"{stem}embed_tokens", config.integer("vocab_size"), sizes.hidden)
    for index in range(config.layers()):
        layer = f"{stem}layers.{index}"
        yield linear(f"{layer}.self_attn.o_proj", "attention", sizes.queries, sizes.hidden)
        yield linear(f"{layer}.self_attn.qkv_proj", "attention", sizes.hidden, sizes.queries + 2 * sizes.keys)
        yield linear(f"{layer}.mlp.gate_up_proj", "mlp", sizes.hidden, 2 * inner)
        yield linear(f"{layer}.mlp.down_proj", "mlp", inner, sizes.hidden)
        yield norm(f"{layer}.input_layernorm", sizes.hidden)
        yield norm(f"{layer}.post_attention_layernorm", sizes.hidden)
    yield norm(f"{stem}norm", sizes.hidden)
    yield from head_modules(config, head, labels, tied=False)
