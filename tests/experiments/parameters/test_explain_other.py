"""Prompt tuning, prefix tuning and IA3, told from the numbers that PEFT's own model has."""

import pytest

from experiments.parameters.explain import explain, parse_figure

LLAMA = {"model_type": "llama", "vocab_size": 3200, "hidden_size": 64, "intermediate_size": 160}
LLAMA |= {"num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2, "tie_word_embeddings": False}
QWEN3 = {**LLAMA, "model_type": "qwen3", "head_dim": 32}
BERT = {"model_type": "bert", "vocab_size": 305, "hidden_size": 48, "intermediate_size": 96}
BERT |= {"num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 64}
GPT2 = {"model_type": "gpt2", "vocab_size": 50257, "n_embd": 48, "n_layer": 3, "n_head": 4, "n_positions": 64}
T5 = {"model_type": "t5", "vocab_size": 320, "d_model": 64, "d_kv": 8, "d_ff": 128, "num_layers": 3, "num_heads": 4}
TOKENS = {"prompt tuning": 20, "prefix tuning": 10, "prefix tuning with a projection": 10, "IA3": None}


@pytest.mark.parametrize("method", TOKENS)
@pytest.mark.parametrize(
    ("values", "head"),
    [(LLAMA, "classification"), (QWEN3, "causal"), (BERT, "classification"), (GPT2, "causal"), (T5, "seq2seq")],
    ids=["llama", "qwen3", "bert", "gpt2", "t5"],
)
def test_the_way_is_found_from_what_peft_makes(reference, model_of, values, head, method):
    labels = 2 if head == "classification" else None
    model = reference.with_other_adapter(reference.meta_model(values, head, labels), head, method, TOKENS[method])
    total, trainable = reference.totals(model)
    for printed in (parse_figure(f"{total}"), None):
        found = explain(model_of(values), printed, parse_figure(f"{trainable}"), labels).explanations
        entry = next(entry for entry in found if entry.other and entry.other.method == method)
        assert entry.other.tokens == TOKENS[method]
        assert entry.likelihood == "usual"
        assert (entry.trainable, entry.total if printed else total) == (trainable, total)


def test_a_reported_rank_leaves_other_adapters_out(model_of):
    found = explain(model_of(LLAMA), None, parse_figure("1280"), rank=8)
    assert not [entry for entry in found.explanations if entry.other]
