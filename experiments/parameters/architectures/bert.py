"""BERT: an encoder with learnt positions, LayerNorm after each block, and a bias everywhere.

Source: transformers/models/bert/modeling_bert.py. The pooler (a dense layer over the first token) exists in the
bare encoder and under the classification head, and is left out under the causal and the question-answering head; it
counts as part of the head, as does the transform of the language-model head.
"""

from collections.abc import Iterator

from experiments.parameters.config import Config
from experiments.parameters.modules import Module, embedding, linear, norm


def bert(config: Config, head: str, labels: int) -> Iterator[Module]:
    """The modules of a BERT model with this head."""
    hidden, heads = config.integer("hidden_size"), config.integer("num_attention_heads")
    if hidden % heads:
        raise config.error(f"hidden_size {hidden} is not a multiple of num_attention_heads {heads}", "hidden_size")
    stem = "" if head == "none" else "bert."
    yield from encoder(config, stem, hidden)
    if head in ("none", "classification"):
        yield linear(f"{stem}pooler.dense", "head", hidden, hidden, bias=True)
    if head in ("causal", "masked"):
        yield from _language_model_head(config, hidden)
    elif head == "classification":
        yield linear("classifier", "head", hidden, labels, bias=True)
    elif head == "qa":
        yield linear("qa_outputs", "head", hidden, labels, bias=True)


def encoder(config: Config, stem: str, hidden: int) -> Iterator[Module]:
    """The embeddings and the layers, which RoBERTa has too."""
    yield from _embeddings(config, f"{stem}embeddings", hidden)
    for index in range(config.layers()):
        yield from _layer(config, f"{stem}encoder.layer.{index}", hidden)


def _embeddings(config: Config, name: str, hidden: int) -> Iterator[Module]:
    yield embedding(f"{name}.word_embeddings", config.integer("vocab_size"), hidden)
    yield embedding(f"{name}.position_embeddings", config.integer("max_position_embeddings"), hidden)
    yield embedding(f"{name}.token_type_embeddings", config.integer("type_vocab_size", 2), hidden)
    yield norm(f"{name}.LayerNorm", hidden, bias=True)


def _layer(config: Config, name: str, hidden: int) -> Iterator[Module]:
    inner = config.integer("intermediate_size")
    yield from _attention(f"{name}.attention", hidden)
    if config.flag("add_cross_attention", False):
        if not config.flag("is_decoder", False):
            raise config.error("add_cross_attention is true but is_decoder is not", "add_cross_attention")
        yield from _attention(f"{name}.crossattention", hidden)
    yield linear(f"{name}.intermediate.dense", "mlp", hidden, inner, bias=True)
    yield linear(f"{name}.output.dense", "mlp", inner, hidden, bias=True)
    yield norm(f"{name}.output.LayerNorm", hidden, bias=True)


def _attention(name: str, hidden: int) -> Iterator[Module]:
    for projection in ("query", "key", "value"):
        yield linear(f"{name}.self.{projection}", "attention", hidden, hidden, bias=True)
    yield linear(f"{name}.output.dense", "attention", hidden, hidden, bias=True)
    yield norm(f"{name}.output.LayerNorm", hidden, bias=True)


def _language_model_head(config: Config, hidden: int) -> Iterator[Module]:
    vocabulary, tied = config.integer("vocab_size"), config.flag("tie_word_embeddings", True)
    yield Module("cls.predictions.bias", "parameter", "head", vocabulary, 1)
    yield linear("cls.predictions.transform.dense", "head", hidden, hidden, bias=True)
    yield norm("cls.predictions.transform.LayerNorm", hidden, bias=True)
    yield linear("cls.predictions.decoder", "head", hidden, vocabulary, bias=True, tied_weight=tied, tied_bias=tied)
