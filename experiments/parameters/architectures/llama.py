"""Llama and Mistral: RMSNorm before attention and before a gated MLP; grouped key and value heads."""

from collections.abc import Iterator

from experiments.parameters.architectures.attention import Attention, attention
from experiments.parameters.architectures.decoder import head_modules, prefix
from experiments.parameters.config import Config
from experiments.parameters.modules import Module, embedding, linear, norm


def llama(config: Config, head: str, labels: int) -> Iterator[Module]:
    """The modules of a Llama model with this head.

    Source: transformers/models/llama/modeling_llama.py. Its question-answering model calls the backbone
    ``transformer``, which is why a causal checkpoint does not load into it.
    """
    sizes = attention(config, divides=True)
    biases = config.flag("attention_bias", False), config.flag("mlp_bias", False)
    stem = "transformer." if head == "qa" else prefix(head)
    yield from _backbone(config, sizes, stem, *biases)
    yield from head_modules(config, head, labels, tied=False)


def mistral(config: Config, head: str, labels: int) -> Iterator[Module]:
    """Source: transformers/models/mistral/modeling_mistral.py. It never has a bias, whatever the config says."""
    yield from _backbone(config, attention(config, kv_heads=8), prefix(head), False, False)
    yield from head_modules(config, head, labels, tied=False)


def _backbone(config: Config, sizes: Attention, stem: str, attention_bias: bool, mlp_bias: bool) -> Iterator[Module]:
    hidden = sizes.hidden
    yield embedding(f"{stem}embed_tokens", config.integer("vocab_size"), hidden)
    for index in range(config.layers()):
        layer = f"{stem}layers.{index}"
        yield from projections(f"{layer}.self_attn", sizes, attention_bias)
        yield from gated_mlp(f"{layer}.mlp", hidden, config.integer("intermediate_size"), mlp_bias)
        yield norm(f"{layer}.input_layernorm", hidden)
        yield norm(f"{layer}.post_attention_layernorm", hidden)
    yield norm(f"{stem}norm", hidden)


def projections(
    name: str, sizes: Attention, bias: bool, output: str = "o_proj", output_bias: bool | None = None
) -> Iterator[Module]:
    """Queries, keys, values and output; the output has a bias where the others have, unless it is said."""
    yield linear(f"{name}.q_proj", "attention", sizes.hidden, sizes.queries, bias)
    yield linear(f"{name}.k_proj", "attention", sizes.hidden, sizes.keys, bias)
    yield linear(f"{name}.v_proj", "attention", sizes.hidden, sizes.keys, bias)
    yield linear(
        f"{name}.{output}", "attention", sizes.queries, sizes.hidden, bias if output_bias is None else output_bias
    )


def gated_mlp(name: str, hidden: int, inner: int, bias: bool) -> Iterator[Module]:
    """The three linear layers of a gated MLP: gate, up and down projection."""
    yield linear(f"{name}.gate_proj", "mlp", hidden, inner, bias)
    yield linear(f"{name}.up_proj", "mlp", hidden, inner, bias)
    yield linear(f"{name}.down_proj", "mlp", inner, hidden, bias)
