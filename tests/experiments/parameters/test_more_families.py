"""Families that people bring beside those of the closed forms, against the model that transformers and PEFT build."""

import pytest

from experiments.parameters.checkpoint import count_checkpoint
from experiments.parameters.count import count
from experiments.parameters.lora import Lora

ENCODER = {"vocab_size": 60, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2}
ENCODER |= {"num_attention_heads": 4, "max_position_embeddings": 20}
BART = {"vocab_size": 60, "d_model": 32, "encoder_layers": 2, "decoder_layers": 3, "encoder_ffn_dim": 48}
BART |= {"decoder_ffn_dim": 40, "encoder_attention_heads": 4, "decoder_attention_heads": 4}
DISENTANGLED = {"relative_attention": True, "pos_att_type": ["c2p", "p2c"], "type_vocab_size": 0}
FAMILIES = {
    "bart": (BART, ("seq2seq", "classification", "qa")),
    "pegasus": (BART, ("seq2seq",)),
    "electra": (ENCODER | {"embedding_size": 16}, ("none", "masked", "classification", "qa")),
    "deberta-v2": (ENCODER | DISENTANGLED, ("none", "masked", "classification", "qa")),
    "albert": (ENCODER | {"embedding_size": 16, "num_hidden_layers": 3}, ("none", "masked", "classification", "qa")),
    "mt5": ({"vocab_size": 60, "d_model": 32, "d_ff": 48, "d_kv": 8, "num_layers": 2, "num_heads": 4}, ("qa",)),
    "modernbert": (ENCODER | {"num_hidden_layers": 3}, ("none", "masked", "classification", "qa")),
    "bert": (ENCODER, ("qa",)),
    "xlm-roberta": (ENCODER, ("masked", "qa")),
    "mpnet": (ENCODER, ("masked", "classification")),
    "xlnet": ({"vocab_size": 60, "d_model": 32, "n_layer": 2, "n_head": 4, "d_inner": 48}, ("causal", "qa")),
    "gptj": ({"vocab_size": 60, "n_embd": 32, "n_layer": 2, "n_head": 4, "rotary_dim": 4}, ("causal",)),
    "falcon": (ENCODER, ("causal", "classification")),
}
SPECIAL = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "cls_token_id": 1, "sep_token_id": 2}
CASES = [(family, head) for family, (_, heads) in FAMILIES.items() for head in heads]


@pytest.mark.parametrize(("family", "head"), CASES)
def test_the_counts_of_a_model_its_adapters_and_its_file(reference, model_of, write_checkpoint, tmp_path, family, head):
    values, labels = {"model_type": family} | FAMILIES[family][0] | SPECIAL, 3 if head == "classification" else None
    built = reference.meta_model(values, head, labels)
    counted = count(model_of(values), head, labels)
    assert counted.total.logical_base == reference.totals(built)[0]
    tensors = {name: ("F32", tuple(parameter.shape)) for name, parameter in built.named_parameters()}
    stored = count_checkpoint(write_checkpoint(tmp_path, tensors, values))
    assert stored.total.logical_base == counted.total.logical_base
    every = dict(built.named_parameters(remove_duplicate=False))  # as older files have it: what is tied is there twice
    tensors = {name: ("F32", tuple(parameter.shape)) for name, parameter in every.items()}
    stored = count_checkpoint(write_checkpoint(tmp_path, tensors, values))
    logical = {part: columns.logical_base for part, columns in stored.components.items()}
    assert logical == {part: columns.logical_base for part, columns in counted.components.items()}
    wrapped = reference.with_lora(reference.meta_model(values, head, labels), head, 4, "all-linear")
    total = count(model_of(values), head, labels, Lora(4, "all-linear")).total
    assert (total.logical_base + total.added, total.trainable) == reference.totals(wrapped)


@pytest.mark.parametrize(("family", "head"), [("deberta-v2", "causal"), ("pegasus", "qa"), ("bert", "seq2seq")])
def test_a_head_that_transformers_does_not_have_is_one_line(tmp_path, experiments, reference, family, head):
    file = reference.write_config(tmp_path, {"model_type": family} | FAMILIES[family][0])
    failed = experiments("count", str(file), "--head", head)
    assert (failed.code, failed.out, failed.err.count("\n")) == (1, "", 1)
    assert f"no {head} model for {family}" in failed.err
