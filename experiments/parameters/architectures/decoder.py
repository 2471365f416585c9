"""What all decoders share: where the backbone hangs, and the head on top of it.

Sources: ``transformers/modeling_layers.py`` (GenericForSequenceClassification: ``score`` without a bias;
GenericForQuestionAnswering: ``qa_outputs`` with one and always two outputs) and each ``*ForCausalLM``.
"""

from collections.abc import Iterator

from experiments.parameters.config import Config
from experiments.parameters.modules import Module, linear


def prefix(head: str) -> str:
    """Where the backbone hangs: AutoModel *is* the backbone, a task model holds it as ``model``."""
    return "" if head == "none" else "model."


def head_modules(config: Config, head: str, labels: int, *, tied: bool, lm_bias: bool = False) -> Iterator[Module]:
    """The task head of a decoder. ``tied`` is the config class's default of ``tie_word_embeddings``."""
    hidden = config.integer("hidden_size")
    if head == "causal":
        tied = config.flag("tie_word_embeddings", tied)
        yield linear("lm_head", "head", hidden, config.integer("vocab_size"), lm_bias, tied_weight=tied)
    elif head == "classification":
        yield linear("score", "head", hidden, labels)
    elif head == "qa":
        yield linear("qa_outputs", "head", hidden, 2, bias=True)
