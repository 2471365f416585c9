"""OPT: learnt positions with two rows more than positions, and in OPT-350m embeddings narrower than the layers.

Source: transformers/models/opt/modeling_opt.py.
"""

from collections.abc import Iterator

from experiments.parameters.config import Config
from experiments.parameters.modules import Module, embedding, linear, norm

_OFFSET = 2  # OPTLearnedPositionalEmbedding: rows before the first position


def opt(config: Config, head: str, labels: int) -> Iterator[Module]:
    """The modules of an OPT model with this head."""
    hidden, heads = config.integer("hidden_size"), config.integer("num_attention_heads")
    if hidden % heads:
        raise config.error(f"hidden_size {hidden} is not a multiple of num_attention_heads {heads}", "hidden_size")
    width = config.optional_integer("word_embed_proj_dim") or hidden
    stem, vocabulary = "decoder" if head == "none" else "model.decoder", config.integer("vocab_size")
    affine = config.flag("layer_norm_elementwise_affine", True)
    yield embedding(f"{stem}.embed_tokens", vocabulary, width)
    yield embedding(f"{stem}.embed_positions", config.integer("max_position_embeddings", 2048) + _OFFSET, hidden)
    if width != hidden:
        yield linear(f"{stem}.project_out", "embedding", hidden, width)
        yield linear(f"{stem}.project_in", "embedding", width, hidden)
    if config.flag("do_layer_norm_before", True) and not config.flag("_remove_final_layer_norm", False) and affine:
        yield norm(f"{stem}.final_layer_norm", hidden, bias=True)
    for index in range(config.layers()):
        yield from _layer(config, f"{stem}.layers.{index}", hidden, affine)
    if head == "causal":
        tied = config.flag("tie_word_embeddings", True)
        yield linear("lm_head", "head", width, vocabulary, tied_weight=tied)
    elif head == "classification":
        yield linear("score", "head", width, labels)
    elif head == "qa":
        yield linear("qa_outputs", "head", width, 2, bias=True)


def _layer(config: Config, name: str, hidden: int, affine: bool) -> Iterator[Module]:
    inner, bias = config.integer("ffn_dim"), config.flag("enable_bias", True)
    for projection in ("k_proj", "v_proj", "q_proj", "out_proj"):
        yield linear(f"{name}.self_attn.{projection}", "attention", hidden, hidden, bias)
    if affine:
        yield norm(f"{name}.self_attn_layer_norm", hidden, bias=True)
    yield linear(f"{name}.fc1", "mlp", hidden, inner, bias)
    yield linear(f"{name}.fc2", "mlp", inner, hidden, bias)
    if affine:
        yield norm(f"{name}.final_layer_norm", hidden, bias=True)
