"""RoBERTa, XLM-RoBERTa and CamemBERT: BERT's encoder under heads of their own.

Source: transformers/models/roberta/modeling_roberta.py, and those of the same name for the other two. The
classification head has a dense layer of its own in the place of the pooler.
"""

from collections.abc import Iterator

from experiments.parameters.architectures.bert import encoder
from experiments.parameters.config import Config
from experiments.parameters.modules import Module, linear, norm


def roberta(config: Config, head: str, labels: int) -> Iterator[Module]:
    """The modules of a RoBERTa model with this head."""
    hidden, heads = config.integer("hidden_size"), config.integer("num_attention_heads")
    if hidden % heads:
        raise config.error(f"hidden_size {hidden} is not a multiple of num_attention_heads {heads}", "hidden_size")
    stem = "" if head == "none" else "roberta."
    yield from encoder(config, stem, hidden)
    if head == "none":
        yield linear("pooler.dense", "head", hidden, hidden, bias=True)
    elif head in ("causal", "masked"):
        vocabulary, tied = config.integer("vocab_size"), config.flag("tie_word_embeddings", True)
        yield Module("lm_head.bias", "parameter", "head", vocabulary, 1)
        yield linear("lm_head.dense", "head", hidden, hidden, bias=True)
        yield norm("lm_head.layer_norm", hidden, bias=True)
        yield linear("lm_head.decoder", "head", hidden, vocabulary, bias=True, tied_weight=tied, tied_bias=tied)
    elif head == "classification":
        yield linear("classifier.dense", "head", hidden, hidden, bias=True)
        yield linear("classifier.out_proj", "head", hidden, labels, bias=True)
    elif head == "qa":
        yield linear("qa_outputs", "head", hidden, labels, bias=True)
