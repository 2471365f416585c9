"""Stored and trainable elements against models that were really loaded through bitsandbytes, on the CPU."""

import pytest

from experiments.parameters.count import count
from experiments.parameters.lora import Lora

SIZES = {"vocab_size": 96, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
SIZES |= {"num_attention_heads": 4}
CONFIGS = {
    "llama": {"model_type": "llama", "num_key_value_heads": 2, "tie_word_embeddings": True, "attention_bias": True},
    "mistral": {"model_type": "mistral", "num_key_value_heads": 2},
    "phi": {"model_type": "phi"},
    "bert": {"model_type": "bert", "max_position_embeddings": 32},
}
CASES = [
    (family, head)
    for family in CONFIGS
    for head in ("none", "causal", "classification", "qa")
    if (family, head) != ("phi", "qa")
]


@pytest.mark.parametrize("quantization", ["nf4", "int8"])
@pytest.mark.parametrize(("family", "head"), CASES)
def test_equals_the_loaded_model(reference, model_of, family, head, quantization):
    values, labels = SIZES | CONFIGS[family], 3 if head == "classification" else None
    loaded = reference.quantised_model(values, head, labels, quantization)
    total = count(model_of(values), head, labels, quantization=quantization).total
    assert (total.stored, total.trainable) == reference.totals(loaded)


OTHERS = {
    "gpt2": ({"vocab_size": 96, "n_embd": 64, "n_layer": 2, "n_head": 4}, "causal"),
    "opt": (
        {"vocab_size": 96, "hidden_size": 64, "ffn_dim": 128, "num_hidden_layers": 2, "num_attention_heads": 4},
        "qa",
    ),
    "t5": ({"vocab_size": 96, "d_model": 64, "d_kv": 16, "d_ff": 128, "num_layers": 2, "num_heads": 4}, "seq2seq"),
    "distilbert": ({"vocab_size": 96, "dim": 64, "hidden_dim": 128, "n_layers": 2, "n_heads": 4}, "classification"),
    "roberta": (SIZES | {"max_position_embeddings": 32}, "masked"),
    "gpt_neox": (SIZES, "causal"),
    "phi3": (SIZES | {"pad_token_id": 0}, "classification"),
    "bloom": ({"vocab_size": 96, "hidden_size": 64, "n_layer": 2, "n_head": 4}, "causal"),
}


@pytest.mark.parametrize("family", OTHERS)
def test_other_families_equal_the_loaded_model(reference, model_of, family):
    values, head = OTHERS[family]
    values, labels = {"model_type": family} | values, 3 if head == "classification" else None
    loaded = reference.quantised_model(values, head, labels, "nf4")
    total = count(model_of(values), head, labels, quantization="nf4").total
    assert (total.stored, total.trainable) == reference.totals(loaded)


@pytest.mark.parametrize(("family", "head"), [("llama", "classification"), ("bert", "classification"), ("bert", "qa")])
def test_equals_the_loaded_model_with_an_adapter(reference, model_of, family, head):
    values, labels = SIZES | CONFIGS[family], 3 if head == "classification" else None
    skip = {"llama": None, "bert": ["classifier", "qa_outputs"]}[family]  # PEFT cannot train a packed head
    wrapped = reference.with_lora(reference.quantised_model(values, head, labels, "nf4", skip), head, 4, None)
    counted = count(model_of(values), head, labels, Lora(4), "nf4")
    assert (counted.total.stored, counted.total.trainable) == reference.totals(wrapped)
    assert bool(skip) == any("llm_int8_skip_modules" in note for note in counted.notes)


def test_an_odd_number_of_weights_is_rounded_up_to_whole_bytes(reference, model_of):
    values = SIZES | CONFIGS["bert"] | {"hidden_size": 63, "num_attention_heads": 3, "intermediate_size": 65}
    loaded = reference.quantised_model(values, "qa", None, "nf4")
    assert count(model_of(values), "qa", quantization="nf4").total.stored == reference.totals(loaded)[0]
