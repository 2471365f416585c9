"""adapter_config.json: counted on a model, and held against the adapter beside it."""

import json

import pytest

from experiments.parameters.adapter_file import read_adapter
from experiments.parameters.catalogue import find_model
from experiments.parameters.checkpoint import count_checkpoint
from experiments.parameters.config import ConfigError
from experiments.parameters.count import count

OPTIONS = {
    "dora-and-saved": {"target_modules": ["q_proj", "v_proj"], "use_dora": True, "modules_to_save": ["embed_tokens"]},
    "ranks-and-layers": {
        "target_modules": ["q_proj", "up_proj"],
        "rank_pattern": {"up_proj": 2},
        "alpha_pattern": {"up_proj": 32},
        "layers_to_transform": [0, 3],
    },
    "bias-of-the-adapter": {
        "target_modules": ["k_proj"],
        "lora_bias": True,
        "exclude_modules": ["layers.1.self_attn.k_proj"],
    },
    "expression": {"target_modules": r".*layers\.[0-2]\..*(q|v)_proj", "use_rslora": True},
    "defaults": {},
}


@pytest.mark.parametrize("head", ["causal", "classification"])
@pytest.mark.parametrize("name", OPTIONS)
def test_the_count_is_that_of_the_model_which_peft_makes(reference, tmp_path, experiments, name, head):
    model = find_model("stories260k")
    base = reference.AUTO_CLASSES[head][0].from_config(reference.transformers_config(model.config.values))
    wrapped = reference.with_adapter(base, head, r=4, **OPTIONS[name])
    wrapped.save_pretrained(tmp_path)
    adapter = read_adapter(tmp_path)
    assert adapter.head == head
    total = count(model, adapter.head, lora=adapter.lora).total
    assert (total.logical_base + total.added, total.trainable) == reference.totals(wrapped)
    counted = count_checkpoint(tmp_path, model)
    assert counted.total.added == counted.total.trainable == total.added
    assert any(note.startswith("agrees with adapter_config.json on stories260k") for note in counted.notes)
    shown = experiments("count", "stories260k", "--lora", str(tmp_path), "--json")
    assert json.loads(shown.out)["total"]["trainable"] == total.trainable
    refused = experiments("count", str(tmp_path))
    assert refused.code == 1
    assert "--lora" in refused.err


def test_the_first_layer_alone_can_be_adapted(tmp_path):
    file = tmp_path / "adapter_config.json"
    counted = []
    for layers in (0, [0], None):
        file.write_text(json.dumps({"r": 4, "layers_to_transform": layers}), encoding="utf-8")
        counted.append(count(find_model("stories260k"), lora=read_adapter(file).lora).total.added)
    assert counted[0] == counted[1] < counted[2]


def test_trained_biases_are_not_added(reference, tmp_path):
    model = find_model("minilm-l6")
    base = reference.AUTO_CLASSES["none"][0].from_config(reference.transformers_config(model.config.values))
    wrapped = reference.with_adapter(base, "none", r=4, target_modules=["query"], bias="lora_only")
    wrapped.save_pretrained(tmp_path)
    total = count_checkpoint(tmp_path, model).total
    expected = count(model, lora=read_adapter(tmp_path).lora).total
    assert (total.added, total.trainable) == (expected.added, expected.trainable)
    assert total.trainable == total.added + 6 * 384


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"peft_type": "IA3"}, "peft_type is 'IA3'"),
        ({"r": 0}, "r is 0"),
        ({"r": 8, "bias": "some"}, "bias is 'some'"),
        ({"r": 8, "target_modules": [1]}, "target_modules must be a name, or a list of names"),
        ({"r": 8, "rank_pattern": [8]}, "rank_pattern must map names to ranks"),
        ({"r": 8, "rank_pattern": {"(": 1}}, "rank_pattern: '(' is no regular expression"),
        ({"r": 8, "layers_to_transform": 1.5}, "layers_to_transform is 1.5"),
        ({"model_type": "llama", "hidden_size": 64}, "is the config of a model, not of an adapter"),
        ({}, "has neither peft_type nor r"),
        ({"r": 8, "rank_pattern": {"q_proj": -1}}, "rank_pattern of q_proj is -1"),
        ({"r": 8, "layers_to_transform": ["one"]}, "layers_to_transform is 'one'"),
        ({"r": 8, "use_dora": "yes"}, "use_dora is 'yes'"),
        ({"r": 8, "target_parameters": ["experts.down_proj"]}, "target_parameters"),
    ],
)
def test_a_config_that_cannot_be(tmp_path, experiments, values, complaint):
    file = tmp_path / "adapter_config.json"
    file.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_adapter(file)
    assert complaint in str(caught.value)
    failed = experiments("count", "stories260k", "--lora", str(file))
    assert (failed.code, failed.out, failed.err.count("\n")) == (1, "", 1)
    assert "adapter_config.json" in failed.err


def test_ranks_in_the_files_that_the_config_contradicts(write_checkpoint, tmp_path):
    prefix = "base_model.model.model.layers.0.self_attn.q_proj"
    tensors = {f"{prefix}.lora_A.weight": ("F32", (16, 64)), f"{prefix}.lora_B.weight": ("F32", (64, 16))}
    write_checkpoint(tmp_path, tensors)
    (tmp_path / "adapter_config.json").write_text(json.dumps({"r": 8, "target_modules": ["q_proj"]}), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"the rank 8, but .*q_proj\.lora_A\.weight has the shape \[16, 64\]"):
        count_checkpoint(tmp_path)
