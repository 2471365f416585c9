"""Keys of adapter_config.json that change the count: counted as PEFT makes the model, or refused in one line."""

import json

import pytest

from experiments.parameters.adapter_file import NotCountedError, read_adapter
from experiments.parameters.checkpoint import count_checkpoint
from experiments.parameters.count import count
from experiments.tables.errors import UserError

TINY = {"vocab_size": 100, "hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 4}
LLAMA = TINY | {"model_type": "llama", "num_hidden_layers": 4, "num_key_value_heads": 2}
TIED = LLAMA | {"tie_word_embeddings": True}
BERT = TINY | {"model_type": "bert", "num_hidden_layers": 4, "max_position_embeddings": 20, "type_vocab_size": 2}
GPT2 = {"model_type": "gpt2", "vocab_size": 100, "n_embd": 32, "n_layer": 4, "n_head": 4, "n_positions": 20}
T5 = {"model_type": "t5", "vocab_size": 100, "d_model": 32, "d_ff": 64, "d_kv": 8, "num_layers": 2, "num_heads": 4}
MIXTRAL = LLAMA | {"model_type": "mixtral", "num_hidden_layers": 2, "num_local_experts": 4}
QWEN2_MOE = LLAMA | {"model_type": "qwen2_moe", "num_hidden_layers": 2, "num_experts": 4}
QWEN2_MOE |= {"moe_intermediate_size": 16, "shared_expert_intermediate_size": 16}
QWEN3_MOE = LLAMA | {"model_type": "qwen3_moe", "num_hidden_layers": 2, "num_experts": 4, "moe_intermediate_size": 16}
TWICE = [[0, 3], [1, 4]]
LATER = r".*layers\.[01]\..*"


def adapter_of(folder, options):
    file = folder / "adapter_config.json"
    file.write_text(json.dumps({"peft_type": "LORA", "r": 4, "target_modules": ["q_proj", "v_proj"]} | options))
    return file


@pytest.mark.parametrize(
    ("values", "head", "options", "trainable"),
    [
        (LLAMA, "causal", {}, 1792),
        (LLAMA, "causal", {"trainable_token_indices": [1, 2, 3]}, 1888),
        (LLAMA, "causal", {"trainable_token_indices": [-1]}, 1824),
        (LLAMA, "causal", {"trainable_token_indices": []}, 1792),
        (LLAMA, "causal", {"trainable_token_indices": {"embed_tokens": [1, 2], "lm_head": [1, 2]}}, 1920),
        (TIED, "causal", {"trainable_token_indices": {"embed_tokens": [1, 2]}}, 1856),
        (TIED, "causal", {"trainable_token_indices": {"embed_tokens": [1, 2], "lm_head": [1, 2]}}, 1856),
        (TIED, "causal", {"trainable_token_indices": {"embed_tokens": [1, 2], "lm_head": [1, 3, 4]}}, 1952),
        (TIED, "causal", {"trainable_token_indices": {"lm_head": [1, 3, 4]}}, 1888),
        (BERT, "none", {"trainable_token_indices": [1, 2], "target_modules": ["query"]}, 1088),
        (GPT2, "causal", {"trainable_token_indices": [1, 2], "target_modules": ["c_attn"]}, 2112),
        (T5, "seq2seq", {"trainable_token_indices": [1, 2], "target_modules": ["q"]}, 1600),
        (LLAMA, "causal", {"layer_replication": TWICE}, 2688),
        (LLAMA, "causal", {"layer_replication": [[2, 4], [0, 4]]}, 2688),
        (LLAMA, "causal", {"layer_replication": [[0, 2]]}, 896),
        (LLAMA, "causal", {"layer_replication": TWICE, "layers_to_transform": [5]}, 448),
        (LLAMA, "causal", {"layer_replication": TWICE, "modules_to_save": ["o_proj"]}, 8832),
        (TIED, "causal", {"layer_replication": TWICE, "target_modules": "all-linear"}, 12288),
        (BERT, "none", {"layer_replication": TWICE, "target_modules": ["query"]}, 1536),
        (GPT2, "none", {"layer_replication": TWICE, "target_modules": ["c_attn"]}, 3072),
        (LLAMA, "causal", {"exclude_modules": LATER}, 896),
        (LLAMA, "causal", {"exclude_modules": "q_proj"}, 1792),
        (LLAMA, "causal", {"exclude_modules": [LATER]}, 1792),
        (LLAMA, "causal", {"exclude_modules": LATER, "target_modules": "all-linear"}, 4096),
        (LLAMA, "causal", {"target_modules": "model.layers.0.self_attn.q_proj"}, 256),
        (LLAMA, "causal", {"layers_to_transform": [1], "layers_pattern": "layers"}, 448),
        (
            LLAMA,
            "causal",
            {"layers_to_transform": [1], "target_modules": ["model.layers.0.self_attn.q_proj"]},
            256,
        ),
        (MIXTRAL, "causal", {"target_modules": "all-linear"}, 15392),
        (MIXTRAL, "causal", {}, 896),
        (MIXTRAL, "causal", {"target_modules": ["w1", "w3"]}, 10240),
        (MIXTRAL, "causal", {"target_modules": ".*(q_proj|w2)"}, 3584),
        (MIXTRAL, "causal", {"target_modules": "all-linear", "rank_pattern": {"q_proj": 2}}, 15136),
        (MIXTRAL, "causal", {"target_modules": "all-linear", "exclude_modules": ["q_proj"]}, 14880),
        (MIXTRAL, "classification", {"target_modules": "all-linear"}, 15456),
        (MIXTRAL, "qa", {"target_modules": "all-linear"}, 15458),
        (QWEN2_MOE, "causal", {"target_modules": "all-linear"}, 3208),
        (QWEN3_MOE, "causal", {"target_modules": "all-linear"}, None),
    ],
)
def test_the_count_is_that_of_peft(reference, model_of, tmp_path, values, head, options, trainable):
    config = read_adapter(adapter_of(tmp_path, options))
    counted = count(model_of(values), head, 2 if head == "classification" else None, lora=config.lora)
    built = reference.meta_model(values, head)
    given = {"r": 4, "target_modules": ["q_proj", "v_proj"]} | json.loads(json.dumps(options))
    everything, trained = reference.totals(reference.with_adapter(built, head, **given))
    assert (counted.total.logical_base + counted.total.added, counted.total.trainable) == (everything, trained)
    assert trainable in (trained, None)


@pytest.mark.parametrize(
    ("values", "options", "complaint"),
    [
        (LLAMA, {"target_modules": "q_proj"}, "'q_proj' matches no module"),
        (LLAMA, {"target_modules": [".*q_proj"]}, "'.*q_proj' matches no module"),
        (LLAMA, {"target_modules": "default"}, "'default' matches no module"),
        (LLAMA, {"target_modules": ["all-linear"]}, "'all-linear' is the name of a module"),
        (LLAMA, {"target_modules": []}, "target_modules is empty"),
        (LLAMA, {"exclude_modules": ["q_proj", "v_proj"]}, "which is excluded"),
        (LLAMA, {"lora_bias": True, "target_modules": ["embed_tokens"]}, "lora_bias does not go with"),
        (LLAMA, {"lora_bias": True, "use_dora": True}, "lora_bias does not go with DoRA"),
        (LLAMA, {"lora_bias": True, "init_lora_weights": "gaussian"}, "lora_bias does not go with"),
        (LLAMA, {"trainable_token_indices": {"nothing": [1]}}, "no module 'nothing'"),
        (LLAMA, {"trainable_token_indices": [1], "target_modules": ["embed_tokens"]}, "adapted or trained whole"),
        (LLAMA, {"layer_replication": [[0, 9]]}, "there is no layer 8; the last is 3"),
        (GPT2, {"layer_replication": TWICE, "target_modules": ["c_attn"]}, "replicates no layers"),
        (LLAMA, {"layers_to_transform": [1], "layers_pattern": "h"}, "no target lies in layer 1"),
        (LLAMA, {"layers_pattern": "layers"}, "layers_pattern goes with layers_to_transform"),
        (MIXTRAL, {"target_modules": ["w1"]}, "without also targeting w3"),
        (MIXTRAL, {"target_modules": "all-linear", "use_dora": True}, "use_dora"),
    ],
)
def test_what_peft_refuses_is_refused_in_a_line_that_names_the_file(
    reference, experiments, tmp_path, values, options, complaint
):
    file = adapter_of(tmp_path, options)
    reference.write_config(tmp_path, values)
    failed = experiments("count", str(tmp_path), "--lora", str(file))
    assert (failed.code, failed.out, failed.err.count("\n")) == (1, "", 1)
    assert complaint in failed.err
    assert "adapter_config.json" in failed.err
    given = {"r": 4, "target_modules": ["q_proj", "v_proj"]} | options
    with pytest.raises((ValueError, TypeError, IndexError)):
        reference.with_adapter(reference.meta_model(values, "causal"), "causal", **given)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"kasa_config": {}}, "kasa_config"),
        ({"monteclora_config": {}}, "monteclora_config"),
        ({"use_bdlora": {}}, "use_bdlora"),
        ({"arrow_config": {}}, "arrow_config"),
        ({"use_qalora": True}, "use_qalora"),
        ({"megatron_config": {"hidden_size": 4}}, "megatron_config"),
        ({"ensure_weight_tying": True}, "ensure_weight_tying"),
        ({"init_lora_weights": "mica"}, "'mica'"),
        ({"init_lora_weights": "eva"}, "'eva'"),
    ],
)
def test_what_the_config_does_not_tell_is_refused(tmp_path, options, complaint):
    with pytest.raises(NotCountedError, match=rf"adapter_config\.json:1: .*{complaint}"):
        read_adapter(adapter_of(tmp_path, options))


@pytest.mark.parametrize(
    "options",
    [
        {"trainable_token_indices": 3},
        {"trainable_token_indices": {"embed_tokens": ["a"]}},
        {"trainable_token_indices": [True]},
        {"layer_replication": [3]},
        {"layer_replication": [[2, 1]]},
        {"layer_replication": [[0, 10**9]]},
        {"layer_replication": TWICE, "bias": "all"},
        {"exclude_modules": "("},
        {"layers_to_transform": [1], "layers_pattern": "(?i)layers"},
        {"rank_pattern": {"(?i)q_proj": 2}},
        {"trainable_token_indices": [100]},
        {"trainable_token_indices": {"o_proj": [1]}},
    ],
)
def test_values_that_cannot_be(model_of, tmp_path, options):
    with pytest.raises(UserError):
        count(model_of(LLAMA), lora=read_adapter(adapter_of(tmp_path, options)).lora)


def test_keys_that_change_nothing(model_of, tmp_path):
    options = {"use_rslora": True, "init_lora_weights": "pissa", "alpha_pattern": {"q_proj": 2}, "velora_config": {}}
    options |= {"kasa_config": None, "use_qalora": False, "corda_config": {}, "alora_invocation_tokens": [1]}
    assert count(model_of(LLAMA), lora=read_adapter(adapter_of(tmp_path, options)).lora).total.trainable == 1792


def test_experts_that_are_left_alone_are_noted(model_of, tmp_path):
    lora = read_adapter(adapter_of(tmp_path, {"target_modules": "all-linear"})).lora
    assert any("leaves the experts alone" in note for note in count(model_of(QWEN2_MOE), lora=lora).notes)
    assert not any("experts" in note for note in count(model_of(MIXTRAL), lora=lora).notes)


def test_trained_tokens_in_a_file(reference, model_of, tmp_path):
    options = {"trainable_token_indices": [1, 2, 3]}
    base = reference.AUTO_CLASSES["causal"][0].from_config(reference.transformers_config(LLAMA))
    wrapped = reference.with_adapter(base, "causal", r=4, target_modules=["q_proj", "v_proj"], **options)
    wrapped.save_pretrained(tmp_path)
    counted = count_checkpoint(tmp_path, model_of(LLAMA))
    assert (counted.total.added, counted.total.trainable) == (1888, 1888)
    assert any("agrees with adapter_config.json" in note for note in counted.notes)


def test_files_whose_config_is_not_counted_are(reference, tmp_path):
    base = reference.AUTO_CLASSES["causal"][0].from_config(reference.transformers_config(LLAMA))
    reference.with_adapter(base, "causal", r=4, target_modules=["q_proj", "v_proj"]).save_pretrained(tmp_path)
    adapter_of(tmp_path, {"use_qalora": True})
    counted = count_checkpoint(tmp_path)
    assert counted.total.added == 1792
    assert any("use_qalora" in note for note in counted.notes)
