"""Which component a tensor belongs to, and what is said of a head that is not stored, in every family."""

import json

import pytest

from experiments.parameters.architectures import ARCHITECTURES, completed
from experiments.parameters.catalogue import Model
from experiments.parameters.checkpoint import count_checkpoint
from experiments.parameters.config import Config
from experiments.parameters.count import count

TINY = {"vocab_size": 500, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
MODELS = {
    "opt": (TINY | {"ffn_dim": 256, "word_embed_proj_dim": 32}, "causal"),
    "distilbert": ({"dim": 64, "hidden_dim": 256, "n_layers": 2, "n_heads": 4, "vocab_size": 500}, "masked"),
    "t5": ({"d_model": 64, "d_ff": 256, "num_layers": 2, "num_heads": 4, "d_kv": 16, "vocab_size": 500}, "seq2seq"),
    "gpt2": ({"n_embd": 64, "n_layer": 2, "n_head": 4, "vocab_size": 500}, "causal"),
    "gpt_neox": (TINY | {"intermediate_size": 128}, "causal"),
    "roberta": (TINY | {"intermediate_size": 128, "max_position_embeddings": 40}, "classification"),
    "phi3": (TINY | {"intermediate_size": 128, "pad_token_id": 0}, "causal"),
}
# Families that have no closed form, and what of them lies in each component: (block of the MLP, a norm).
BUILT = {
    "bart": ({"d_model": 32, "encoder_layers": 1, "decoder_layers": 1, "vocab_size": 60}, "seq2seq"),
    "mixtral": (TINY | {"intermediate_size": 32, "num_local_experts": 2}, "causal"),
    "bloom": ({"hidden_size": 32, "n_layer": 2, "n_head": 4, "vocab_size": 60}, "causal"),
    "ctrl": ({"n_embd": 32, "n_layer": 1, "n_head": 4, "vocab_size": 60, "dff": 80}, "causal"),
    "xlm": ({"emb_dim": 32, "n_layers": 1, "n_heads": 4, "n_words": 60}, "masked"),
    "squeezebert": (TINY | {"embedding_size": 64, "intermediate_size": 128}, "masked"),
    "electra": (TINY | {"embedding_size": 16, "intermediate_size": 48}, "none"),
}


def stored(reference, write_checkpoint, folder, family, values, head):
    built = reference.meta_model({"model_type": family} | values, head)
    tensors = {name: ("F32", tuple(parameter.shape)) for name, parameter in built.named_parameters()}
    return count_checkpoint(write_checkpoint(folder, tensors, {"model_type": family} | values))


@pytest.mark.parametrize("family", MODELS)
def test_the_tensors_of_a_family_lie_where_its_closed_form_has_them(reference, write_checkpoint, tmp_path, family):
    values, head = MODELS[family]
    counted = stored(reference, write_checkpoint, tmp_path, family, values, head)
    model = Model("m", "m", "m", Config({"model_type": family} | values, "test config"), {})
    assert counted.components == count(model, head).components
    assert counted.components["mlp"].stored > 0 < counted.components["norms"].stored


@pytest.mark.parametrize("family", BUILT)
def test_other_families_are_told_by_name_alike(reference, write_checkpoint, tmp_path, family):
    values, head = BUILT[family]
    counted = stored(reference, write_checkpoint, tmp_path, family, values, head)
    model = Model("m", "m", "m", Config({"model_type": family} | values, "test config"), {})
    found = count(model, head)
    assert found.method == "meta device"
    assert counted.components == found.components
    assert counted.components["mlp"].stored > counted.components["norms"].stored > 0
    assert "other" not in counted.components


@pytest.mark.parametrize(
    ("family", "tied"),
    [("gemma3_text", True), ("gpt2", True), ("opt", True), ("t5", True), ("qwen2", False), ("gpt_neox", False)],
)
def test_whether_a_head_is_tied_is_the_default_of_the_family(write_checkpoint, tmp_path, family, tied):
    tensors = {"model.embed_tokens.weight": ("BF16", (1000, 64)), "model.norm.weight": ("BF16", (64,))}
    notes = count_checkpoint(write_checkpoint(tmp_path, tensors, {"model_type": family, "vocab_size": 1000})).notes
    assert any("tied to the embedding" in note for note in notes) == tied
    assert any("newly initialised" in note for note in notes) != tied


def test_a_family_without_closed_form_and_a_config_in_two_parts(write_checkpoint, tmp_path):
    """bloom ties unless told; the text model of gemma3 says it in its own part."""
    tensors = {"embed_tokens.weight": ("BF16", (1000, 64))}
    for config in ({"model_type": "bloom"}, {"model_type": "gemma3", "text_config": {"tie_word_embeddings": True}}):
        notes = count_checkpoint(write_checkpoint(tmp_path, tensors, config)).notes
        assert any("tied to the embedding" in note for note in notes)
    for config in ({"model_type": "unheard-of"}, {"model_type": ["llama"]}, {}):
        notes = count_checkpoint(write_checkpoint(tmp_path, tensors, config)).notes
        assert any("may be tied" in note for note in notes)


def test_an_embedding_that_is_stored_three_times_counts_once(write_checkpoint, tmp_path):
    shared = ("F32", (50, 8))
    names = ("shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight")
    total = count_checkpoint(write_checkpoint(tmp_path, dict.fromkeys(names, shared), {"model_type": "t5"})).total
    assert (total.logical_base, total.stored) == (400, 1600)


@pytest.mark.parametrize(
    ("values", "total"),
    [
        ({"model_type": "mixtral"}, 46_702_792_704),  # Mixtral-8x7B-v0.1 on the hub
        (
            {"model_type": "albert", "hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 3072},
            11_683_584,
        ),
    ],
)
def test_known_totals_from_the_meta_device(model_of, values, total):
    found = count(model_of(values))
    assert (found.method, found.total.logical_base) == ("meta device", total)
    assert "meta device" in found.as_json()["method"]
    assert any("transformers builds" in note for note in found.notes)


def test_commands_say_that_a_model_was_built(tmp_path, experiments):
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"model_type": "bloom"} | BUILT["bloom"][0]), encoding="utf-8")
    assert "(meta device)" in experiments("count", str(file)).out
    counted = json.loads(experiments("count", str(file), "--json").out)
    assert counted["method"] == "meta device"
    total = str(counted["total"]["logical_base"])
    assert "(meta device)" in experiments("explain", str(file), "--total", total, "--labels", "2").out
    explained = json.loads(experiments("explain", str(file), "--total", total, "--labels", "2", "--json").out)
    assert explained["method"] == "meta device"
    assert explained["explanations"][0]["head"] == "causal"


def test_adapters_and_heads_of_a_model_without_closed_form(reference, model_of):
    from experiments.parameters.lora import Lora

    values = {"model_type": "bloom"} | BUILT["bloom"][0] | {"pad_token_id": 0}
    for targets in ("all-linear", "default"):
        wanted = None if targets == "default" else targets
        wrapped = reference.with_lora(reference.meta_model(values, "classification", 3), "classification", 4, wanted)
        total = count(model_of(values), "classification", 3, Lora(4, targets)).total
        assert (total.logical_base + total.added, total.trainable) == reference.totals(wrapped)


def test_without_torch_there_is_one_line(model_of, monkeypatch):
    from experiments.parameters.architectures import on_meta
    from experiments.parameters.config import ConfigError

    monkeypatch.setattr(on_meta, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"no closed form for 'mixtral'.*make experiments"):
        count(model_of({"model_type": "mixtral"}))
    assert count(model_of(completed(Config({"model_type": "qwen2"}, "x"))[0].values)).method == "closed form"


def test_every_parameter_of_every_closed_form_is_told_by_its_name():
    from experiments.parameters.components import component_of
    from experiments.parameters.count import model_modules

    for family, architecture in ARCHITECTURES.items():
        model = Model("m", "m", "m", completed(Config({"model_type": family}, "x"))[0], {})
        for head in architecture.heads:
            for module in model_modules(model, head, 2):
                name = module.name if module.kind == "parameter" else f"{module.name}.weight"
                assert component_of(name) == module.component, (family, head, name)
