"""DistilBERT: BERT without token types and pooler.

Source: transformers/models/distilbert/modeling_distilbert.py.
"""

from collections.abc import Iterator

from experiments.parameters.config import Config
from experiments.parameters.modules import Module, embedding, linear, norm


def distilbert(config: Config, head: str, labels: int) -> Iterator[Module]:
    """The modules of a DistilBERT model with this head."""
    hidden, heads = config.integer("dim"), config.integer("n_heads")
    if hidden % heads:
        raise config.error(f"dim {hidden} is not a multiple of n_heads {heads}", "dim")
    stem, vocabulary = "" if head == "none" else "distilbert.", config.integer("vocab_size")
    yield embedding(f"{stem}embeddings.word_embeddings", vocabulary, hidden)
    yield embedding(f"{stem}embeddings.position_embeddings", config.integer("max_position_embeddings", 512), hidden)
    yield norm(f"{stem}embeddings.LayerNorm", hidden, bias=True)
    for index in range(config.layers("n_layers")):
        yield from _layer(f"{stem}transformer.layer.{index}", hidden, config.integer("hidden_dim"))
    if head == "masked":
        tied = config.flag("tie_word_embeddings", True)
        yield linear("vocab_transform", "head", hidden, hidden, bias=True)
        yield norm("vocab_layer_norm", hidden, bias=True)
        yield linear("vocab_projector", "head", hidden, vocabulary, bias=True, tied_weight=tied)
    elif head == "classification":
        yield linear("pre_classifier", "head", hidden, hidden, bias=True)
        yield linear("classifier", "head", hidden, labels, bias=True)
    elif head == "qa":
        yield linear("qa_outputs", "head", hidden, 2, bias=True)


def _layer(name: str, hidden: int, inner: int) -> Iterator[Module]:
    for projection in ("q_lin", "k_lin", "v_lin", "out_lin"):
        yield linear(f"{name}.attention.{projection}", "attention", hidden, hidden, bias=True)
    yield norm(f"{name}.sa_layer_norm", hidden, bias=True)
    yield linear(f"{name}.ffn.lin1", "mlp", hidden, inner, bias=True)
    yield linear(f"{name}.ffn.lin2", "mlp", inner, hidden, bias=True)
    yield norm(f"{name}.output_layer_norm", hidden, bias=True)
