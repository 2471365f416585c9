"""GPT-2: learnt positions, LayerNorm before each block, queries, keys and values in one layer, a bias everywhere.

Source: transformers/models/gpt2/modeling_gpt2.py. Its linear layers are of the class Conv1D, whose weight is
transposed; PEFT and bitsandbytes treat them as linear.
"""

from collections.abc import Iterator

from experiments.parameters.config import Config
from experiments.parameters.modules import Module, embedding, linear, norm


def gpt2(config: Config, head: str, labels: int) -> Iterator[Module]:
    """The modules of a GPT-2 model with this head."""
    hidden, heads = config.integer("n_embd"), config.integer("n_head")
    if hidden % heads:
        raise config.error(f"n_embd {hidden} is not a multiple of n_head {heads}", "n_embd")
    stem, vocabulary = "" if head == "none" else "transformer.", config.integer("vocab_size")
    yield embedding(f"{stem}wte", vocabulary, hidden)
    yield embedding(f"{stem}wpe", config.integer("n_positions", 1024), hidden)
    for index in range(config.layers("n_layer")):
        yield from _layer(config, f"{stem}h.{index}", hidden)
    yield norm(f"{stem}ln_f", hidden, bias=True)
    if head == "causal":
        tied = config.flag("tie_word_embeddings", True)
        yield linear("lm_head", "head", hidden, vocabulary, tied_weight=tied)
    elif head == "classification":
        yield linear("score", "head", hidden, labels)
    elif head == "qa":
        yield linear("qa_outputs", "head", hidden, labels, bias=True)


def _layer(config: Config, name: str, hidden: int) -> Iterator[Module]:
    inner = config.optional_integer("n_inner") or 4 * hidden
    yield norm(f"{name}.ln_1", hidden, bias=True)
    yield linear(f"{name}.attn.c_attn", "attention", hidden, 3 * hidden, bias=True)
    yield linear(f"{name}.attn.c_proj", "attention", hidden, hidden, bias=True)
    yield norm(f"{name}.ln_2", hidden, bias=True)
    if config.flag("add_cross_attention", False):
        yield linear(f"{name}.crossattention.c_attn", "attention", hidden, 2 * hidden, bias=True)
        yield linear(f"{name}.crossattention.q_attn", "attention", hidden, hidden, bias=True)
        yield linear(f"{name}.crossattention.c_proj", "attention", hidden, hidden, bias=True)
        yield norm(f"{name}.ln_cross_attn", hidden, bias=True)
    yield linear(f"{name}.mlp.c_fc", "mlp", hidden, inner, bias=True)
    yield linear(f"{name}.mlp.c_proj", "mlp", inner, hidden, bias=True)
