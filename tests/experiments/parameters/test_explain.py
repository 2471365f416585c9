"""The forensic search: what it must find, that every answer adds up, and that it finds what was done."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.parameters.architectures import architecture_of
from experiments.parameters.catalogue import find_model
from experiments.parameters.count import count
from experiments.parameters.explain import LARGEST_RANK, explain, parse_figure
from experiments.parameters.explain.explanation import PLAIN
from experiments.parameters.explain.words import equation, explanation_json
from experiments.parameters.lora import Lora
from experiments.tables.errors import UserError

SETTINGS = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
DECODER = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
ROLES = {
    "llama-3.2-1b": DECODER,
    "gemma-2b": DECODER,
    "mistral-7b": DECODER,
    "stories260k": DECODER,
    "phi-2": ("q_proj", "k_proj", "v_proj", "dense", "fc1", "fc2"),
    "minilm-l6": ("query", "key", "value", "attention.output.dense", "intermediate.dense"),
}


def findings(name, total=None, trainable=None, **known):
    figures = [parse_figure(str(text)) if text is not None else None for text in (total, trainable)]
    return explain(find_model(name), *figures, **known).explanations


def test_the_second_report():
    best = findings("phi-2", 1_408_634_880, 18_350_080, labels=3)[0]
    assert [elements for _, elements in best.total_terms] == [2_648_568_320, -1_258_291_200, 18_350_080, 7_680]
    assert (best.rank, best.targets.label) == (16, "default")
    assert list(best.targets.parts) == ["q_proj", "v_proj", "fc1", "fc2"]
    assert (best.base.copies, best.base.nf4, best.trained.what) == (2, True, "adapter")
    assert best.likelihood == "usual"


def test_the_second_report_without_being_told_the_labels():
    assert findings("phi-2", 1_408_634_880, 18_350_080)[0].base.shape.labels == 3


def test_the_first_report():
    best = findings("llama-3.2-1b", "1.2 billion", "5.6 million")[0]
    assert (best.rank, best.targets.label, best.trainable) == (8, "all-linear", 5_636_096)
    with_head = findings("llama-3.2-1b", "1.2 billion", "5.6 million", labels=2)[0]
    assert (with_head.rank, with_head.targets.label, with_head.trainable) == (8, "all-linear", 5_640_192)


def test_the_first_report_from_the_trainable_count_alone():
    best = findings("llama-3.2-1b", trainable=5_640_192)[0]
    assert (best.rank, best.targets.label, best.trained.shape.labels) == (8, "all-linear", 2)


def test_a_total_whose_digits_were_cut_off():
    """The third report quotes 1.23 Billion of the paper, to which 1,235,814,400 does not round."""
    best = findings("llama-3.2-1b", "1.23 Billion")[0]
    assert (best.total, best.targets, best.cut_off) == (1_235_814_400, None, ("total",))
    assert best.likelihood == "unusual"
    assert "the total cut off after the last printed digit" in explanation_json(best)["summary"]


def test_a_trainable_count_whose_digits_were_cut_off():
    best = findings("llama-3.2-1b", 1_235_818_496, "4.0 thousand", labels=2)[0]
    assert (best.trained.what, best.trainable, best.cut_off) == ("head", 4096, ("trainable",))


def test_digits_are_cut_off_only_where_nothing_plausible_rounds():
    assert not any(entry.cut_off for entry in findings("llama-3.2-1b", "1.2 billion", "5.6 million"))


def test_the_third_report():
    best = findings("llama-3.2-1b", 1_235_818_496, 4096)[0]
    assert best.total_terms == [("logical base with a 2-way classification head", 1_235_818_496)]
    assert (best.trained.what, best.targets) == ("head", None)


def test_a_tied_head_that_is_counted_twice():
    best = findings("gemma-2b", 2_506_172_416 + 256_000 * 2048)[0]
    assert (best.base.tied_twice, best.targets) == (True, None)


def test_a_padded_vocabulary():
    """The Gemma paper counts 256,128 rows (arXiv 2403.08295, table 2); the checkpoint has 256,000."""
    best = findings("gemma-2b", 524_550_144 + 1_981_884_416)[0]
    assert best.base.rows == 128


@pytest.mark.parametrize("total", [1, 12_345, 1_235_814_401, 6_738_415_617])
def test_nothing_is_found_where_nothing_fits(total):
    assert findings("llama-3.2-1b", total) == []


def test_bad_questions():
    model = find_model("llama-3.2-1b")
    with pytest.raises(UserError, match="nothing to explain"):
        explain(model)
    for rank in (0, -1, LARGEST_RANK + 1):
        with pytest.raises(UserError, match="rank"):
            explain(model, parse_figure("1.2B"), rank=rank)
    with pytest.raises(UserError, match="labels"):
        explain(model, parse_figure("1.2B"), labels=0)


@st.composite
def runs(draw):
    """A model, an adapter on some of its layers, a head and packing."""
    name = draw(st.sampled_from(sorted(ROLES)))
    roles = draw(st.lists(st.sampled_from(ROLES[name]), min_size=1, unique=True))
    rank = draw(st.integers(1, LARGEST_RANK))
    heads = architecture_of(find_model(name).config).heads
    head = draw(st.sampled_from([head for head in heads if head != "masked"]))  # as many elements as causal
    labels = draw(st.integers(1, 20)) if head == "classification" else None
    return name, roles, rank, head, labels, draw(st.sampled_from([None, "nf4", "int8"]))


@SETTINGS
@given(runs())
def test_what_was_done_is_among_the_answers(run):
    name, roles, rank, head, labels, quantization = run
    counted = count(find_model(name), head, labels, Lora(rank, ",".join(roles)), quantization)
    found = findings(name, counted.total.stored, counted.total.trainable, labels=labels)
    assert any(
        entry.rank == rank
        and {*roles} in ({*names} for names in (entry.targets.parts, *entry.targets.same))
        and entry.base.nf4 == (quantization == "nf4")
        and entry.base.shape.head == head
        and entry.base.copies == (2 if head in ("classification", "qa") else 1)
        and entry.trained.what == ("adapter and head" if head in ("classification", "qa") else "adapter")
        for entry in found
        if entry.targets
    )


@SETTINGS
@given(runs(), st.booleans(), st.booleans(), st.booleans())
def test_every_answer_adds_up(run, rounded, with_total, with_trainable):
    name, roles, rank, head, labels, quantization = run
    counted = count(find_model(name), head, labels, Lora(rank, ",".join(roles)), quantization)

    def printed(number):
        return f"{number / 10**6:.1f} million" if rounded and number > 10**7 else number

    total = printed(counted.total.stored) if with_total or not with_trainable else None
    trainable = printed(counted.total.trainable) if with_trainable else None
    found = findings(name, total, trainable, labels=labels, rank=rank)
    assert found or total is None
    for entry in found[:500]:
        for side, figure, terms, value in (
            ("total", total, entry.total_terms, entry.total),
            ("trainable", trainable, entry.trainable_terms, entry.trainable),
        ):
            if figure is not None:
                assert sum(elements for _, elements in terms) == value
                printed_as = parse_figure(str(figure))
                assert value in (printed_as.cut_off if side in entry.cut_off else printed_as)
        if entry.targets:
            if entry.variant == PLAIN:
                assert entry.adapter == rank * sum(entry.targets.parts.values())
            for names in entry.targets.same:
                assert len({*names}) == len(names)
    assert [entry.sort_key for entry in found] == sorted(entry.sort_key for entry in found)


@SETTINGS
@given(st.lists(st.sampled_from(DECODER), min_size=1, unique=True), st.integers(1, 64))
def test_sets_said_to_be_equal_are_equal(names, rank):
    """Every equivalent set, counted on its own, gives the same adapter."""
    model = find_model("llama-3.2-1b")
    added = count(model, lora=Lora(rank, ",".join(names))).total.added
    entry = next(e for e in findings("llama-3.2-1b", trainable=added, rank=rank) if e.trained.what == "adapter")
    for same in (tuple(entry.targets.parts), *entry.targets.same):
        assert count(model, lora=Lora(rank, ",".join(same))).total.added == added


def test_the_words_and_the_json_say_the_same_sum():
    entry = findings("phi-2", 1_408_634_880, 18_350_080, labels=3)[0]
    assert equation(entry.total_terms).endswith(" = 1,408,634,880")
    assert " - 1,258,291,200 (" in equation(entry.total_terms)
    shown = explanation_json(entry)
    assert sum(term["elements"] for term in shown["total"]["terms"]) == shown["total"]["elements"] == 1_408_634_880
    assert shown["head_copies"] == 2
    assert ["k_proj", "dense", "fc1", "fc2"] in shown["equivalent_targets"]
