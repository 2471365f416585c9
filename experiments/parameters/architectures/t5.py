"""T5 and mT5: an encoder and a decoder that share their embedding, relative positions, RMSNorm, and no bias.

Source: transformers/models/t5/modeling_t5.py and transformers/models/mt5/modeling_mt5.py. transformers 5.23 ties the
output layer whatever the config says (configuration_t5.py), although the checkpoints of T5 1.1, Flan-T5 and mT5 have
one of their own.
"""

from collections.abc import Iterator

from experiments.parameters.config import Config
from experiments.parameters.modules import Module, embedding, linear, norm
from experiments.tables.errors import printable


def t5(config: Config, head: str, labels: int) -> Iterator[Module]:
    """The modules of a T5 model with this head."""
    hidden, vocabulary = config.integer("d_model"), config.integer("vocab_size")
    layers = config.layers("num_layers")
    stem = "transformer." if head == "classification" else ""
    yield embedding(f"{stem}shared", vocabulary, hidden)
    for stack, number in (("encoder", layers), ("decoder", config.optional_integer("num_decoder_layers") or layers)):
        yield embedding(f"{stem}{stack}.embed_tokens", vocabulary, hidden, tied_weight=True)
        for index in range(number):
            name = f"{stem}{stack}.block.{index}.layer"
            yield from _attention(config, f"{name}.0", "SelfAttention", positions=index == 0)
            if stack == "decoder":
                yield from _attention(config, f"{name}.1", "EncDecAttention", positions=False)
            yield from _feed_forward(config, f"{name}.{2 if stack == 'decoder' else 1}", hidden)
        yield norm(f"{stem}{stack}.final_layer_norm", hidden)
    if head == "seq2seq":
        yield linear("lm_head", "head", hidden, vocabulary, tied_weight=True)
    elif head == "classification":
        yield linear("classification_head.dense", "head", hidden, hidden, bias=True)
        yield linear("classification_head.out_proj", "head", hidden, labels, bias=True)
    elif head == "qa":
        yield linear("qa_outputs", "head", hidden, labels, bias=True)


def _attention(config: Config, name: str, kind: str, positions: bool) -> Iterator[Module]:
    hidden, heads = config.integer("d_model"), config.integer("num_heads")
    inner = heads * config.integer("d_kv", 64)
    for projection in ("q", "k", "v"):
        yield linear(f"{name}.{kind}.{projection}", "attention", hidden, inner)
    yield linear(f"{name}.{kind}.o", "attention", inner, hidden)
    if positions:
        buckets = config.integer("relative_attention_num_buckets", 32)
        yield Module(f"{name}.{kind}.relative_attention_bias", "embedding", "attention", buckets, heads)
    yield norm(f"{name}.layer_norm", hidden)


def _feed_forward(config: Config, name: str, hidden: int) -> Iterator[Module]:
    usual = "gated-gelu" if config.text("model_type") == "mt5" else "relu"
    inner, activation = config.integer("d_ff"), config.text("feed_forward_proj", usual)
    gated, _, function = activation.rpartition("-")
    if gated not in ("", "gated") or not function:
        raise config.error(
            f"feed_forward_proj is {printable(activation)!a}; it must be an activation, or gated- and one",
            "feed_forward_proj",
        )
    for projection in ("wi_0", "wi_1") if gated else ("wi",):
        yield linear(f"{name}.DenseReluDense.{projection}", "mlp", hidden, inner)
    yield linear(f"{name}.DenseReluDense.wo", "mlp", inner, hidden)
    yield norm(f"{name}.layer_norm", hidden)
