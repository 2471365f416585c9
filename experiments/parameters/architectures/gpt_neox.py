"""GPT-NeoX (Pythia): queries, keys and values in one layer, two LayerNorms a block, an output layer of its own.

Source: transformers/models/gpt_neox/modeling_gpt_neox.py.
"""

from collections.abc import Iterator

from experiments.parameters.config import Config
from experiments.parameters.modules import Module, embedding, linear, norm


def gpt_neox(config: Config, head: str, labels: int) -> Iterator[Module]:
    """The modules of a GPT-NeoX model with this head."""
    hidden, heads = config.integer("hidden_size"), config.integer("num_attention_heads")
    if hidden % heads:
        raise config.error(f"hidden_size {hidden} is not a multiple of num_attention_heads {heads}", "hidden_size")
    stem, vocabulary = "" if head == "none" else "gpt_neox.", config.integer("vocab_size")
    inner, bias = config.integer("intermediate_size"), config.flag("attention_bias", True)
    yield embedding(f"{stem}embed_in", vocabulary, hidden)
    for index in range(config.layers()):
        layer = f"{stem}layers.{index}"
        yield norm(f"{layer}.input_layernorm", hidden, bias=True)
        yield norm(f"{layer}.post_attention_layernorm", hidden, bias=True)
        yield linear(f"{layer}.attention.query_key_value", "attention", hidden, 3 * hidden, bias)
        yield linear(f"{layer}.attention.dense", "attention", hidden, hidden, bias)
        yield linear(f"{layer}.mlp.dense_h_to_4h", "mlp", hidden, inner, bias=True)
        yield linear(f"{layer}.mlp.dense_4h_to_h", "mlp", inner, hidden, bias=True)
    yield norm(f"{stem}final_layer_norm", hidden, bias=True)
    if head == "causal":
        tied = config.flag("tie_word_embeddings", False)
        yield linear("lm_head", "head", hidden, vocabulary, tied_weight=tied)
    elif head == "classification":
        yield linear("score", "head", hidden, labels)
    elif head == "qa":
        yield linear("qa_outputs", "head", hidden, 2, bias=True)
