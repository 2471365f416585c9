"""The families in closed form against the model that transformers builds, and against published totals."""

import json

import pytest

from experiments.parameters.architectures import ARCHITECTURES, completed
from experiments.parameters.catalogue import Model, find_model
from experiments.parameters.config import Config, ConfigError
from experiments.parameters.count import count, model_modules
from experiments.parameters.lora import Lora

QWEN2_05B = {
    "model_type": "qwen2",
    "vocab_size": 151936,
    "hidden_size": 896,
    "intermediate_size": 4864,
    "num_hidden_layers": 24,
    "num_attention_heads": 14,
    "num_key_value_heads": 2,
    "tie_word_embeddings": True,
}
BERT_BASE = {"vocab_size": 28996, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12}
BERT_BASE |= {"intermediate_size": 3072, "max_position_embeddings": 512, "type_vocab_size": 2}
PYTHIA_70M = {"model_type": "gpt_neox", "vocab_size": 50304, "hidden_size": 512, "intermediate_size": 2048}
PYTHIA_70M |= {"num_hidden_layers": 6, "num_attention_heads": 8, "tie_word_embeddings": False}
OPT = {"model_type": "opt", "vocab_size": 50272, "max_position_embeddings": 2048}
T5 = {"model_type": "t5", "vocab_size": 32128, "d_kv": 64}
LLAMA = {"model_type": "llama", "vocab_size": 49152, "hidden_size": 576, "intermediate_size": 1536}
LLAMA |= {"num_hidden_layers": 30, "num_attention_heads": 9, "num_key_value_heads": 3, "tie_word_embeddings": True}
GEMMA3 = {"model_type": "gemma3_text", "vocab_size": 262144, "hidden_size": 640, "intermediate_size": 2048}
GEMMA3 |= {"num_hidden_layers": 18, "num_attention_heads": 4, "num_key_value_heads": 1, "head_dim": 256}

# The totals that the hub shows for the checkpoint, or that the authors print. Configs from the same repository.
PUBLISHED = {
    "HuggingFaceTB/SmolLM2-135M": (LLAMA, 134_515_008),
    "google/gemma-3-270m": (GEMMA3, 268_098_176),
    "Qwen/Qwen2-0.5B": (QWEN2_05B, 494_032_768),
    "Qwen/Qwen2.5-1.5B": (
        QWEN2_05B
        | {"hidden_size": 1536, "intermediate_size": 8960, "num_hidden_layers": 28, "num_attention_heads": 12},
        1_543_714_304,
    ),
    "Qwen/Qwen3-0.6B": (
        QWEN2_05B
        | {"model_type": "qwen3", "hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28}
        | {"num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128},
        596_049_920,
    ),
    "openai-community/gpt2": (
        {"model_type": "gpt2", "vocab_size": 50257, "n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024},
        124_439_808,
    ),
    "FacebookAI/roberta-base": (
        BERT_BASE
        | {"model_type": "roberta", "vocab_size": 50265, "max_position_embeddings": 514, "type_vocab_size": 1},
        124_645_632,
    ),
    "google-bert/bert-base-cased": (BERT_BASE | {"model_type": "bert"}, 108_310_272),
    "distilbert/distilbert-base-uncased": (
        {"model_type": "distilbert", "vocab_size": 30522, "dim": 768, "hidden_dim": 3072, "n_layers": 6, "n_heads": 12},
        66_362_880,
    ),
    "google-t5/t5-small": (T5 | {"d_model": 512, "d_ff": 2048, "num_layers": 6, "num_heads": 8}, 60_506_624),
    "facebook/opt-125m": (
        OPT | {"hidden_size": 768, "ffn_dim": 3072, "num_hidden_layers": 12, "num_attention_heads": 12},
        125_239_296,
    ),
    "facebook/opt-350m": (
        OPT
        | {"hidden_size": 1024, "ffn_dim": 4096, "num_hidden_layers": 24, "num_attention_heads": 16}
        | {"word_embed_proj_dim": 512, "do_layer_norm_before": False},
        331_196_416,
    ),
    "EleutherAI/pythia-70m": (PYTHIA_70M, 70_426_624),
    "microsoft/Phi-3-mini-4k-instruct": (
        {"model_type": "phi3", "vocab_size": 32064, "hidden_size": 3072, "intermediate_size": 8192}
        | {"num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32},
        3_821_079_552,
    ),
}
TINY = {"vocab_size": 96, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
TINY_T5 = {"vocab_size": 96, "d_model": 32, "d_kv": 6, "d_ff": 48, "num_layers": 2, "num_heads": 4}
TINY_BERT = TINY | {"max_position_embeddings": 20}
SMALL = {
    "llama": TINY,
    "mistral": TINY | {"num_key_value_heads": 2},
    "qwen2": TINY | {"num_key_value_heads": 2},
    "qwen3": TINY | {"num_key_value_heads": 2, "head_dim": 10, "attention_bias": True},
    "gemma": TINY | {"num_key_value_heads": 1, "head_dim": 10},
    "gemma2": TINY | {"num_key_value_heads": 2, "head_dim": 10},
    "gemma3_text": TINY | {"num_key_value_heads": 2, "head_dim": 10, "attention_bias": True},
    "phi": TINY,
    "phi3": TINY | {"num_key_value_heads": 2, "tie_word_embeddings": True},
    "gpt2": {"vocab_size": 96, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_inner": 40, "add_cross_attention": True},
    "gpt_neox": TINY | {"attention_bias": False},
    "opt": {"vocab_size": 96, "hidden_size": 32, "ffn_dim": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
    | {"word_embed_proj_dim": 20, "enable_bias": False, "max_position_embeddings": 20},
    "bert": TINY_BERT,
    "roberta": TINY_BERT | {"type_vocab_size": 1, "tie_word_embeddings": False},
    "xlm-roberta": TINY_BERT,
    "camembert": TINY_BERT,
    "distilbert": {"vocab_size": 96, "dim": 32, "hidden_dim": 48, "n_layers": 2, "n_heads": 4},
    "t5": TINY_T5 | {"num_decoder_layers": 3, "feed_forward_proj": "gated-gelu"},
    "mt5": TINY_T5,
}
HEADS = [(family, head) for family, entry in ARCHITECTURES.items() for head in entry.heads]
NAMES = {
    "phi3": "qkv_proj,gate_up_proj",
    "gpt2": "c_attn,c_proj,mlp.c_fc",
    "gpt_neox": "query_key_value,dense_h_to_4h",
    "distilbert": "q_lin,ffn.lin2",
    "t5": "q,wi_0,EncDecAttention.v",
    "mt5": "q,wi_0,EncDecAttention.v",
    **dict.fromkeys(("bert", "roberta", "xlm-roberta", "camembert"), "query,output.dense"),
    **dict.fromkeys(("phi", "opt"), "k_proj,fc1"),
}


def built(reference, family, head, values=None):
    return reference.meta_model(
        {"model_type": family, "pad_token_id": 0} | (values or SMALL[family]),
        head,
        3 if head == "classification" else None,
    )


def counted(model_of, family, head, lora=None):
    model = model_of({"model_type": family} | SMALL[family])
    return count(model, head, 3 if head == "classification" else None, lora)


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_totals(reference, model_of, name):
    values, total = PUBLISHED[name]
    found = count(model_of(values))
    assert found.method == "closed form"
    assert found.total.logical_base == total
    assert reference.totals(reference.meta_model(values, found.head))[0] == total


@pytest.mark.parametrize(("family", "head"), HEADS)
def test_every_parameter_of_every_head(reference, model_of, family, head):
    model = model_of({"model_type": family} | SMALL[family])
    labels = 3 if head == "classification" else None
    names = [
        module.name if module.kind == "parameter" else f"{module.name}.{part}"
        for module in model_modules(model, head, labels or 2)
        for part in ("weight", "bias")
        if (part == "weight" or module.has_bias) and not (part == "bias" and module.kind == "parameter")
    ]
    state = built(reference, family, head)
    assert {*names} == {name for name, _ in state.named_parameters(remove_duplicate=False)}
    total = counted(model_of, family, head).total
    assert (total.logical_base, total.trainable) == reference.totals(state)


@pytest.mark.parametrize(
    ("family", "head"), [case for case in HEADS if case[1] in ("classification", "none", "seq2seq")]
)
def test_adapters_of_every_sort(reference, model_of, family, head):
    names = NAMES.get(family, "q_proj,down_proj")
    targets = names.split(",")
    # PEFT 0.21.2 would adapt this layer and save it, which it then refuses
    also = {"exclude_modules": ["pre_classifier"]} if (family, head) == ("distilbert", "classification") else {}
    layers = None if head == "none" else (1,)  # PEFT finds no layers in a model that nothing is around
    saved = ["embed_tokens"] if family in ("llama", "qwen2", "opt") else None
    for lora, options in (
        (Lora(4, "all-linear"), {"target_modules": "all-linear"} | also),
        (Lora(4, names, dora=True), {"target_modules": targets, "use_dora": True}),
        (Lora(4, names, bias="all"), {"target_modules": targets, "bias": "all"}),
        (
            Lora(4, names, bias="lora_only", layers=layers or ()),
            {"target_modules": targets, "bias": "lora_only", "layers_to_transform": layers},
        ),
        (
            Lora(4, names, saved=tuple(saved or ()), ranks=((targets[0], 2),)),
            {"target_modules": targets, "modules_to_save": saved, "rank_pattern": {targets[0]: 2}},
        ),
    ):
        wrapped = reference.with_adapter(built(reference, family, head), head, r=4, **options)
        total = counted(model_of, family, head, lora).total
        assert (total.logical_base + total.added, total.trainable) == reference.totals(wrapped), str(lora)


@pytest.mark.parametrize(
    "options",
    [
        {"target_modules": ["query"], "modules_to_save": ["HEAD"]},
        {"target_modules": ["query"], "modules_to_save": ["decoder"], "bias": "all"},
        {"target_modules": ["query", "decoder"], "bias": "lora_only"},
        {"target_modules": ["query"], "modules_to_save": ["HEAD", "word_embeddings"], "bias": "lora_only"},
    ],
)
@pytest.mark.parametrize(("family", "head"), [("bert", "cls"), ("xlm-roberta", "lm_head"), ("roberta", "lm_head")])
def test_a_bias_that_the_output_layer_shares_is_trained_and_copied_once(reference, model_of, family, head, options):
    saved = [head if name == "HEAD" else name for name in options.get("modules_to_save", [])]
    lora = Lora(4, ",".join(options["target_modules"]), bias=options.get("bias", "none"), saved=tuple(saved))
    config = reference.transformers_config({"model_type": family, "pad_token_id": 0} | SMALL[family])
    model = reference.AUTO_CLASSES["masked"][0].from_config(config)  # with weights: what is tied is one tensor
    wrapped = reference.with_adapter(model, "masked", r=4, **options | {"modules_to_save": saved or None})
    total = counted(model_of, family, "masked", lora).total
    assert (total.logical_base + total.added, total.trainable) == reference.totals(wrapped)


@pytest.mark.parametrize("family", ARCHITECTURES)
def test_a_config_without_sizes_is_the_default_model(reference, family):
    config, notes = completed(Config({"model_type": family}, "test config"))
    assert "defaults of transformers" in notes[0]
    found = count(Model("test", "test", "test", config, {}, tuple(notes)))
    assert found.notes[0] == notes[0]
    assert found.total.logical_base == reference.totals(reference.meta_model({"model_type": family}, found.head))[0]
    assert ARCHITECTURES[family].tied == reference.transformers_config({"model_type": family}).tie_word_embeddings


def some_size(key: str, default: int) -> int:
    """A value of a size that goes with the defaults of all others, and is none of them."""
    if "layer" in key:
        return 2
    if "heads" in key or key == "n_head":
        return default // 2
    return {"vocab_size": default + 8, "d_kv": 32, "max_position_embeddings": 100}.get(key, default * 2)


@pytest.mark.parametrize(
    ("family", "key"), [(family, key) for family, architecture in ARCHITECTURES.items() for key in architecture.sizes]
)
def test_a_size_that_a_config_leaves_out_is_the_default_one(reference, tmp_path, family, key):
    sizes = ARCHITECTURES[family].sizes
    layers = next(name for name in sizes if "layer" in name)
    values = {"model_type": family, layers: 2} | {key: some_size(key, sizes[key])}
    (tmp_path / "config.json").write_text(json.dumps(values), "utf-8")
    found = count(find_model(str(tmp_path)))
    assert found.total.logical_base == reference.totals(reference.meta_model(values, found.head))[0]
    [note] = [note for note in found.notes if "defaults of transformers" in note]
    assert all((f" {name} " in note) == (name not in values) for name in sizes if name != "num_key_value_heads")


SMALL_ENCODER = {"hidden_size": 64, "num_attention_heads": 4, "num_hidden_layers": 2, "intermediate_size": 128}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        *(
            ({"model_type": family, "vocab_size": 500} | SMALL_ENCODER, "max_position_embeddings 512")
            for family in ("bert", "roberta", "xlm-roberta", "camembert")
        ),
        ({"model_type": "gpt2", "n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 128}, "vocab_size 50,257"),
        ({"model_type": "gpt2", "hidden_size": 64, "n_layer": 2, "n_head": 4, "n_ctx": 128}, "vocab_size 50,257"),
        ({"model_type": "qwen2", "hidden_size": 64}, "vocab_size 151,936, intermediate_size 22,016"),
        ({"model_type": "qwen2", "vocab_size": 500} | SMALL_ENCODER, "num_key_value_heads is 32 by default"),
        ({"model_type": "gemma", "vocab_size": 500} | SMALL_ENCODER, "num_key_value_heads is 16 by default"),
        ({"model_type": "llama", "num_key_value_heads": 2} | SMALL_ENCODER, "vocab_size 32,000"),
    ],
)
def test_what_people_leave_out_is_told_on_the_command_line(reference, experiments, tmp_path, values, told):
    (tmp_path / "config.json").write_text(json.dumps(values), "utf-8")
    found = json.loads(experiments("count", str(tmp_path), "--json").out)
    built = reference.totals(reference.meta_model(values, found["head"]))[0]
    assert found["total"]["logical_base"] == built
    assert [told in note for note in found["notes"]].count(True) == 1
    assert told in experiments("count", str(tmp_path)).out


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"model_type": "gpt2", "n_embd": 64, "n_layers": 2, "n_head": 4, "vocab_size": 9}, "did you mean n_layer?"),
        ({"model_type": "gpt2", "n_embed": 64, "n_layer": 2, "n_head": 4, "vocab_size": 9}, "did you mean n_embd?"),
        ({"model_type": "bert", "num_layers": 2, "hidden_size": 24}, "did you mean num_hidden_layers?"),
        ({"model_type": "bert", "Hidden_Size": 64, "num_hidden_layers": 2}, "did you mean hidden_size?"),
        ({"model_type": "bert", "max_position_embedding": 64, "num_hidden_layers": 2}, "mean max_position_embeddings?"),
        ({"model_type": "llama", "d_model": 64, "num_hidden_layers": 2}, "d_model is no size of llama; it has no"),
        ({"model_type": "t5", "num_encoder_layers": 2, "d_model": 64}, "did you mean num_layers?"),
    ],
)
def test_a_size_by_another_name_is_not_passed_over(experiments, tmp_path, values, said):
    (tmp_path / "config.json").write_text(json.dumps(values, indent=1), "utf-8")
    failed = experiments("count", str(tmp_path))
    assert (failed.code, failed.out, failed.err.count("\n")) == (1, "", 1)
    assert said in failed.err
    line = int(failed.err.split("config.json:")[1].split(":")[0])
    assert any(f'"{key}"' in json.dumps(values, indent=1).splitlines()[line - 1] for key in values)


def test_sizes_that_are_left_out_take_transformers(monkeypatch):
    from experiments.parameters.architectures import on_meta

    monkeypatch.setattr(on_meta, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"x: the key vocab_size is missing; .*make experiments"):
        completed(Config({"model_type": "qwen2", "hidden_size": 64}, "x"))


@pytest.mark.parametrize("family", ["gpt2", "distilbert", "t5"])
def test_the_general_names_of_sizes_are_taken_too(model_of, family):
    names = {own: general for general, own in ARCHITECTURES[family].aliases.items()}
    general = {names.get(key, key): value for key, value in SMALL[family].items()}
    config, notes = completed(Config({"model_type": family} | general, "test config"))
    assert notes == []
    assert count(Model("t", "t", "t", config, {})).total == counted(model_of, family, None).total
    own, other = next(iter(names.items()))
    with pytest.raises(ConfigError, match=f"{own} is .* another name"):
        completed(Config({"model_type": family, own: 4, other: 8}, "test config"))


def test_an_output_layer_that_transformers_ties_all_the_same(reference, model_of):
    """Flan-T5: its checkpoints have a matrix of their own, its model in transformers 5.23 has not."""
    values = {"model_type": "t5", "tie_word_embeddings": False} | SMALL["t5"]
    found = count(model_of(values))
    assert found.total.logical_base == reference.totals(reference.meta_model(values, "seq2seq"))[0]
    assert any("unties the output layer" in note for note in found.notes)


@pytest.mark.parametrize(
    ("family", "named", "told"),
    [
        ("llama", ["MistralForCausalLM"], True),
        ("phi", ["Phi3ForCausalLM"], True),
        ("bert", ["RobertaForMaskedLM"], True),
        ("gpt2", ["GPT2LMHeadModel"], False),
        ("gpt_neox", ["GPTNeoXForCausalLM"], False),
        ("gemma3_text", ["Gemma3ForCausalLM"], False),
        ("t5", ["T5WithLMHeadModel"], False),
        ("xlm-roberta", ["XLMRobertaModel"], False),
        ("llama", "MistralForCausalLM", False),
    ],
)
def test_classes_of_another_family_than_the_model_type_are_told(tmp_path, family, named, told):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": family, "architectures": named}))
    notes = find_model(str(tmp_path)).notes
    assert any("counted by model_type" in note for note in notes) == told
