"""Phi-1, Phi-1.5 and Phi-2: attention and MLP side by side after one LayerNorm; every linear has a bias."""

from collections.abc import Iterator

from experiments.parameters.architectures.attention import attention
from experiments.parameters.architectures.decoder import head_modules, prefix
from experiments.parameters.architectures.llama import projections
from experiments.parameters.config import Config
from experiments.parameters.modules import Module, embedding, linear, norm


def phi(config: Config, head: str, labels: int) -> Iterator[Module]:
    """Source: transformers/models/phi/modeling_phi.py. It has no question-answering model."""
    sizes, stem, inner = attention(config), prefix(head), config.integer("intermediate_size")
    hidden, head_width = sizes.hidden, sizes.hidden // sizes.heads
    yield embedding(f"{stem}embed_tokens", config.integer("vocab_size"), hidden)
    for index in range(config.layers()):
        layer = f"{stem}layers.{index}"
        yield from projections(f"{layer}.self_attn", sizes, True, output="dense")
        if config.flag("qk_layernorm", False):
            yield norm(f"{layer}.self_attn.q_layernorm", head_width, bias=True)
            yield norm(f"{layer}.self_attn.k_layernorm", head_width, bias=True)
        yield linear(f"{layer}.mlp.fc1", "mlp", hidden, inner, bias=True)
        yield linear(f"{layer}.mlp.fc2", "mlp", inner, hidden, bias=True)
        yield norm(f"{layer}.input_layernorm", hidden, bias=True)
    yield norm(f"{stem}final_layernorm", hidden, bias=True)
    yield from head_modules(config, head, labels, tied=False, lm_bias=True)
