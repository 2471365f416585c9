"""What people do beside LoRA of one rank on every layer: found from the numbers that they print."""

import json

import pytest

from experiments.parameters.catalogue import Model, find_model
from experiments.parameters.config import Config
from experiments.parameters.count import count
from experiments.parameters.explain import explain, parse_figure
from experiments.parameters.explain.explanation import PLAIN
from experiments.parameters.lora import Lora

LLAMA_1B = {"model_type": "llama", "vocab_size": 32000, "hidden_size": 2048, "intermediate_size": 5504}
LLAMA_1B |= {
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "num_key_value_heads": 16,
    "tie_word_embeddings": False,
}
ALL = "q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj"
QWEN2 = {"model_type": "qwen2", "vocab_size": 151936, "hidden_size": 896, "intermediate_size": 4864}
QWEN2 |= {"num_hidden_layers": 24, "num_attention_heads": 14, "num_key_value_heads": 2, "tie_word_embeddings": True}
BERT = {"model_type": "bert", "vocab_size": 30522, "hidden_size": 768, "intermediate_size": 3072}
BERT |= {"num_hidden_layers": 12, "num_attention_heads": 12, "max_position_embeddings": 512}
GPT2 = {"model_type": "gpt2", "vocab_size": 50257, "n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024}


def find(model, total=None, trainable=None, **known):
    figures = [parse_figure(str(number)) if number is not None else None for number in (total, trainable)]
    return explain(model, *figures, **known)


def best(model, total=None, trainable=None, **known):
    entry = find(model, total, trainable, **known).explanations[0]
    assert entry.likelihood != "far-fetched"
    assert total is None or entry.total == total
    assert trainable is None or entry.trainable == trainable
    return entry


def trained(model, head=None, lora=None, quantization=None, labels=None):
    total = count(model, head, labels, lora, quantization).total
    return total.stored, total.trainable


@pytest.fixture(scope="module")
def llama():
    return find_model("llama-2-7b")


@pytest.mark.parametrize("with_total", [True, False])
@pytest.mark.parametrize("values", [LLAMA_1B, QWEN2], ids=["llama", "qwen2"])
def test_dora(model_of, values, with_total):
    model = model_of(values)
    total, trainable = trained(model, lora=Lora(16, "all-linear", dora=True))
    entry = best(model, total if with_total else None, trainable)
    assert (entry.rank, entry.targets.label, bool(entry.variant.magnitudes)) == (16, "all-linear", True)


def test_dora_of_llama(llama):
    entry = best(llama, 6_779_752_448, 41_336_832)
    assert (entry.rank, entry.targets.label, entry.variant.magnitudes) == (16, "all-linear", 1_359_872)


@pytest.mark.parametrize(
    ("values", "lora", "pair"),
    [
        (LLAMA_1B, Lora(64, ALL, layers=(5,)), (64, 1)),
        (QWEN2, Lora(8, "q_proj,v_proj", layers=tuple(range(8, 24))), (8, 16)),
        (BERT, Lora(16, "query,value", layers=(10, 11)), (16, 2)),
    ],
    ids=["llama", "qwen2", "bert"],
)
def test_some_of_the_layers(model_of, values, lora, pair):
    model = model_of(values)
    head = "causal" if values is not BERT else "classification"
    found = find(model, *trained(model, head, lora)).plausible
    entry = next(
        entry for entry in found if entry.variant.layers and {*entry.targets.parts} == {*lora.targets.split(",")}
    )
    assert pair in {(entry.rank, entry.variant.layers[0]), *entry.variant.also}
    assert all(rank * layers == pair[0] * pair[1] for rank, layers in entry.variant.also)


def test_other_modules_in_some_of_the_layers_stand_beside_a_usual_way(model_of):
    """``dense`` of BERT, three modules of a layer, in four layers is as much as PEFT's default in twelve."""
    model = model_of(BERT)
    numbers = trained(model, "classification", Lora(16, "intermediate.dense,output.dense", layers=(0, 1, 2, 3)))
    assert numbers == trained(model, "classification", Lora(16, "query,value"))
    entry = best(model, *numbers)
    assert (entry.targets.label, entry.rank) == ("default", 16)
    assert (16, 4) in {tuple(names): pairs for names, pairs in entry.elsewhere}[
        ("attention.output.dense", "intermediate.dense", "*.output.dense")
    ]
    told = best(model, *numbers, rank=16).elsewhere
    assert told
    assert {rank for _, pairs in told for rank, _ in pairs} == {16}


def test_a_vocabulary_of_any_size(llama, model_of):
    entry = best(llama, 6_889_689_088, 4_194_304)
    assert (entry.rank, entry.base.rows, entry.targets.label) == (8, 17_954, "default")
    grown = model_of(QWEN2 | {"vocab_size": 160_001})
    assert best(model_of(QWEN2), *trained(grown)).base.rows == 160_001 - 151_936
    assert best(model_of(QWEN2), trained(grown)[0]).base.rows == 160_001 - 151_936


@pytest.mark.parametrize("rows", [0, 17_954])
def test_modules_saved_whole_in_a_vocabulary_that_has_grown(llama, model_of, rows):
    """As the Chinese LLaMA was made: a larger vocabulary, whose embedding and output layer are trained whole."""
    larger = Model("m", "m", "m", Config({**llama.config.values, "vocab_size": 32_000 + rows}, "x"), {})
    entry = best(llama, *trained(larger, lora=Lora(8, "all-linear", saved=("embed_tokens", "lm_head"))))
    assert [name for name, _ in entry.variant.saved] == ["embed_tokens", "lm_head"]
    assert (entry.rank, entry.base.rows) == (8, rows)


@pytest.mark.parametrize("quantised_total", [True, False])
def test_a_trainable_count_that_a_script_halves(llama, model_of, quantised_total):
    entry = best(llama, 3_660_320_768, 79_953_920)
    assert (entry.rank, entry.targets.label, entry.variant.halved, entry.base.nf4) == (64, "all-linear", True, True)
    model = model_of(QWEN2)
    total, trainable = trained(model, lora=Lora(8, "all-linear"), quantization="nf4")
    entry = best(model, total if quantised_total else None, trainable // 2)
    assert (entry.rank, entry.variant.halved) in ((8, True), (4, False))  # without a total, half of r=8 is r=4
    assert entry.variant.halved == quantised_total


@pytest.mark.parametrize(("bias", "values"), [("all", BERT), ("lora_only", BERT), ("all", GPT2), ("lora_only", QWEN2)])
def test_biases_that_are_trained(model_of, bias, values):
    model = model_of(values)
    head = "causal" if values is not BERT else "classification"
    targets = {"bert": "query,value", "gpt2": "c_attn", "qwen2": "q_proj,v_proj"}[values["model_type"]]
    entry = best(model, *trained(model, head, Lora(16, targets, bias=bias)))
    assert (entry.rank, entry.variant.bias[0]) == (16, bias)


@pytest.mark.parametrize(
    ("values", "lora"),
    [
        (LLAMA_1B, Lora(8, ALL, ranks=(("(gate|up|down)_proj", 16),))),
        (QWEN2, Lora(8, "q_proj,k_proj,v_proj,o_proj", ranks=(("q_proj", 32),))),
    ],
    ids=["llama", "qwen2"],
)
def test_two_ranks(model_of, values, lora):
    model = model_of(values)
    found = find(model, *trained(model, lora=lora)).plausible
    ranks = [{name: dict(e.variant.ranks).get(name, e.rank) for name in e.targets.parts} for e in found if e.targets]
    assert {name: lora.rank_of(name) for name in lora.targets.split(",")} in ranks


def test_a_rank_that_nobody_chooses_is_no_default_of_peft(llama, experiments):
    total, trainable = trained(llama, lora=Lora(508, "default"))
    for figures in ((total, trainable), (None, trainable)):
        found = find(llama, *figures)
        entry = next(e for e in found.explanations if e.rank == 508 and {*e.targets.parts} == {"q_proj", "v_proj"})
        assert entry.likelihood == "far-fetched"
        assert "default" not in entry.adapter_words
    told = find(llama, total, trainable, rank=508).explanations[0]
    assert (told.likelihood, told.targets.label) == ("usual", "default")
    shown = experiments("explain", "llama-2-7b", "--trainable", str(trainable))
    assert "r=508 on PEFT's default" not in shown.out
    listed = json.loads(experiments("explain", "llama-2-7b", "--trainable", str(trainable), "--json").out)
    assert not any(e.get("rank") == 508 and e["targets_are"] for e in listed["explanations"])


def test_nothing_found_says_what_was_searched(llama, experiments):
    shown = experiments("explain", "llama-2-7b", "--total", "6738415617", "--trainable", "4194305", "--labels", "3")
    assert shown.code == 1
    for part in ("no way found", "labels: 3", "rank 1 to 1024", "DoRA", "layers_to_transform", "modules_to_save"):
        assert part in shown.out
    content = json.loads(experiments("explain", "llama-2-7b", "--total", "6738415617", "--json").out)
    assert content["found"] == 0
    assert any("resized" in part for part in content["searched"])
    rounded = find(llama, "1.1 million").searched
    assert not any("DoRA" in part for part in rounded)


def test_what_is_usual_is_found_before_the_wider_search(llama):
    for entry in find(llama, *trained(llama, lora=Lora(8, "all-linear"))).explanations:
        assert entry.variant == PLAIN


@pytest.mark.parametrize("family", ["t5", "gpt_neox", "distilbert", "phi3"])
def test_families_of_many_names_are_searched_too(model_of, family):
    from experiments.parameters.architectures import completed

    values = completed(Config({"model_type": family}, "x"))[0].values
    model, head = model_of(values), "classification" if family == "distilbert" else None
    targets = {"t5": "q,v", "gpt_neox": "query_key_value", "distilbert": "q_lin,v_lin", "phi3": "qkv_proj,o_proj"}[
        family
    ]
    found = find(model, *trained(model, head, Lora(8, targets))).plausible
    assert any(
        e.rank == 8 and {*targets.split(",")} in [{*n} for n in (e.targets.parts, *e.targets.same)]
        for e in found
        if e.targets
    )


@pytest.mark.parametrize("sides", [("6.8 billion", 41_336_832), (6_779_752_448, "41.3M"), (6_779_752_448, None)])
def test_one_number_in_full_is_enough(llama, sides):
    entry = next(entry for entry in find(llama, *sides).plausible if entry.variant.magnitudes)
    assert (entry.rank, entry.targets.label, entry.total) == (16, "all-linear", 6_779_752_448)
    assert sides[1] is None or entry.trainable == 41_336_832


def test_another_rank_in_one_layer(llama, experiments):
    lora = Lora(8, "q_proj,v_proj", ranks=(("model.layers.3.self_attn.q_proj", 64),))
    entry = best(llama, *trained(llama, lora=lora))
    assert entry.rank == 8
    assert entry.variant.one_layer[:2] in (("q_proj", 64), ("v_proj", 64))  # as wide as each other
    total, trainable = trained(llama, lora=lora)
    shown = experiments("explain", "llama-2-7b", "--total", str(total), "--trainable", str(trainable)).out
    assert "r=64 instead of 8 on q_proj in one layer" in shown


def test_saved_modules_of_a_model_that_ties_them():
    gemma = find_model("gemma-2b")
    entry = best(gemma, *trained(gemma, lora=Lora(16, "default", saved=("embed_tokens", "lm_head"))))
    assert [name for name, _ in entry.variant.saved] == ["embed_tokens", "lm_head"]


@pytest.mark.parametrize(
    ("values", "head", "trained", "terms"),
    [
        (QWEN2, "causal", ("model.layers.22.", "model.layers.23.", "model.norm."), 2),
        (LLAMA_1B, "causal", ("model.layers.23.", "model.norm.", "lm_head."), 3),
        (BERT, "classification", ("bert.encoder.layer.11.", "classifier."), 2),
    ],
    ids=["qwen2", "llama", "bert"],
)
def test_the_last_blocks_alone(reference, model_of, values, head, trained, terms):
    built = reference.meta_model(values, head, 3 if head == "classification" else None)
    counts = {name: parameter.numel() for name, parameter in built.named_parameters()}
    thawed = sum(number for name, number in counts.items() if name.startswith(trained))
    entry = best(model_of(values), sum(counts.values()), thawed)
    assert (entry.trained.what, entry.base.shape.head, entry.likelihood) == ("blocks", head, "usual")
    assert len(entry.trainable_terms) == terms


def test_all_linear_layers_and_the_output_layer():
    """Mistral 7B in NF4 with the output layer among the targets, as a tutorial prints it."""
    values = LLAMA_1B | {"model_type": "mistral", "hidden_size": 4096, "intermediate_size": 14336}
    values |= {"num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8}
    entry = best(Model("m", "m", "m", Config(values, "test config"), {}), 3_837_112_320, 85_041_152)
    assert (set(entry.targets.parts), entry.rank, entry.base.nf4) == ({*ALL.split(","), "lm_head"}, 32, True)


def test_an_output_layer_that_was_untied_is_no_copy_that_peft_trains():
    """Flan-T5 XXL with LoRA, as PEFT printed it when its output layer still had a matrix of its own."""
    values = {"model_type": "t5", "d_model": 4096, "d_ff": 10240, "d_kv": 64, "num_layers": 24, "num_heads": 64}
    values |= {"vocab_size": 32128, "feed_forward_proj": "gated-gelu"}
    entry = best(Model("m", "m", "m", Config(values, "test config"), {}), 11_154_206_720, 18_874_368)
    assert (entry.base.tied_twice, entry.base.copies, entry.rank) == (True, 1, 16)


@pytest.mark.parametrize(
    ("values", "targets"),
    [(LLAMA_1B, "gate_proj,up_proj,down_proj"), (QWEN2, "gate_proj,up_proj,down_proj"), (GPT2, "mlp.c_fc,mlp.c_proj")],
    ids=["llama", "qwen2", "gpt2"],
)
@pytest.mark.parametrize(("rank", "layers"), [(16, 4), (8, 8), (32, 2)])
def test_some_layers_of_a_documented_set_come_before_sets_and_numbers_that_nobody_names(
    model_of, values, targets, rank, layers
):
    model = model_of(values)
    found = find(model, *trained(model, lora=Lora(rank, targets, layers=tuple(range(layers))))).explanations
    names = {name.rpartition(".")[2] for name in targets.split(",")}

    def is_it(entry):
        same = entry.targets and {name.rpartition(".")[2] for name in entry.targets.parts} == names
        return same and (rank, layers) in {(entry.rank, (entry.variant.layers or (0,))[0]), *entry.also}

    at = next(number for number, entry in enumerate(found) if is_it(entry))
    assert at < 3
    assert not [entry for entry in found[:at] if entry.targets.penalty >= 2]


@pytest.mark.parametrize(("rank", "layers"), [(8, 12), (16, 6), (64, 12)])
@pytest.mark.parametrize("targets", ["q_proj,v_proj", "q_proj,k_proj,v_proj,o_proj", ALL])
def test_a_higher_rank_in_fewer_layers_is_named_beside_the_usual_way(model_of, experiments, targets, rank, layers):
    model = model_of(QWEN2)
    total, trainable = trained(model, lora=Lora(rank, targets, layers=tuple(range(layers))))
    entry = next(e for e in find(model, total, trainable).explanations if {*e.targets.parts} == {*targets.split(",")})
    assert (rank, layers) in entry.also
    assert all(other * some == rank * layers for other, some in entry.also)
    told = find(model, total, trainable, rank=entry.rank).explanations[0]
    assert told.also == ()  # another rank is no answer
    grown = model_of(QWEN2 | {"vocab_size": 160_001})
    for known, more in ((None, True), (8, False)):
        entries = find(model, *trained(grown, lora=Lora(8, "q_proj,v_proj")), rank=known).explanations
        assert bool(next(e for e in entries if e.base.rows).also) == more


@pytest.mark.parametrize(("rank", "layers"), [(8, 1), (8, 2), (16, 1)])
def test_prompt_tuning_of_as_many_elements_hides_no_adapter_in_few_layers(model_of, rank, layers):
    model = model_of(LLAMA_1B)
    found = find(model, *trained(model, lora=Lora(rank, "q_proj,v_proj", layers=tuple(range(layers))))).plausible
    assert any(entry.other for entry in found)
    ways = [(e, {(e.rank, e.variant.layers[0]), *e.also}) for e in found if e.variant.layers]
    assert any((rank, layers) in pairs and entry.targets.label == "default" for entry, pairs in ways)
