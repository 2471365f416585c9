"""The shipped models against published integers and against transformers and PEFT on the meta device."""

import pytest

from experiments.parameters.architectures import architecture_of
from experiments.parameters.catalogue import find_model, model_names
from experiments.parameters.count import count
from experiments.parameters.lora import Lora

PUBLISHED = {
    "llama-3.2-1b": 1_235_814_400,
    "llama-3.2-3b": 3_212_749_824,
    "llama-2-7b": 6_738_415_616,
    "openllama-7b": 6_738_415_616,
    "openhathi-7b": 6_870_011_904,
    "phi-2": 2_779_683_840,
    "mistral-7b": 7_241_732_096,
    "gemma-2b": 2_506_172_416,
    "gemma-2-2b": 2_614_341_888,
    "gemma-3-270m": 268_098_176,
    "smollm2-135m-instruct": 134_515_008,
    "minilm-l6": 22_713_216,
    "stories260k": 260_032,
    "babyllama105": 936_448,
}
LABELS = {"classification": 3}
CASES = [(name, head) for name in PUBLISHED for head in architecture_of(find_model(name).config).heads]
FAMILIES = ("llama-3.2-1b", "phi-2", "mistral-7b", "gemma-2b", "gemma-2-2b", "minilm-l6")


def test_every_shipped_model_has_its_published_count():
    assert {name: count(find_model(name)).total.logical_base for name in model_names()} == PUBLISHED


@pytest.mark.parametrize(("name", "head"), CASES)
def test_equals_the_model_that_transformers_builds(reference, name, head):
    model = find_model(name)
    built = reference.meta_model(model.config.values, head, LABELS.get(head))
    counted = count(model, head, LABELS.get(head))
    assert {part: columns.logical_base for part, columns in counted.components.items() if columns.logical_base} == dict(
        reference.by_component(built)
    )
    assert (counted.total.logical_base, counted.total.trainable) == reference.totals(built)
    assert counted.total.stored == counted.total.logical_base
    assert counted.total.added == 0


@pytest.mark.parametrize("targets", ["all-linear", "default"])
@pytest.mark.parametrize(("name", "head"), [case for case in CASES if case[0] in FAMILIES])
def test_equals_what_peft_makes_of_it(reference, name, head, targets):
    model = find_model(name)
    wrapped = reference.with_lora(
        reference.meta_model(model.config.values, head, LABELS.get(head)),
        head,
        8,
        None if targets == "default" else targets,
    )
    counted = count(model, head, LABELS.get(head), Lora(8, targets))
    total = counted.total
    assert (total.logical_base + total.added, total.trainable) == reference.totals(wrapped)
    parts = {part: columns.logical_base + columns.added for part, columns in counted.components.items()}
    assert {part: number for part, number in parts.items() if number} == dict(reference.by_component(wrapped))


def test_qlora_of_the_second_report():
    total = count(find_model("phi-2"), "classification", 3, Lora(16), "nf4").total
    assert total.logical_base == 2_648_568_320
    assert total.added == total.trainable == 18_350_080 + 7_680
    assert total.stored == 2_648_568_320 - 1_258_291_200 + 18_350_080 + 7_680


def test_lora_of_the_first_report():
    model = find_model("llama-3.2-1b")
    assert count(model, "causal", lora=Lora(8, "all-linear")).total.added == 5_636_096
    assert count(model, "classification", 2, Lora(8, "all-linear")).total.trainable == 5_640_192


def test_head_of_the_third_report():
    counted = count(find_model("llama-3.2-1b"), "classification", 2)
    assert counted.components["head"].logical_base == 2048 * 2
    assert counted.total.logical_base == 1_235_818_496


def test_unchecked_config_values_are_said_to_be_so():
    assert any("vocab_size is to be confirmed" in note for note in count(find_model("openhathi-7b")).notes)
