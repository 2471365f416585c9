"""Prompts, references and ends, as models read them."""

import pytest

from experiments.data.examples import Instruction
from experiments.exits.generate import Generated
from experiments.exits.prompts import Reader
from experiments.exits.running import open_reader
from experiments.exits.study import Exits
from experiments.tables.errors import UserError
from experiments.training.batches import IGNORED

EXAMPLE = Instruction("all-1", "Name a pet.", "", "A cat.")
WITH_INPUT = Instruction("all-2", "Give the opposite.", "warm", "Cold.")


def reader(name: str = "smoke-decoder", **more) -> Reader:
    settings = {
        "model": {"name": name},
        "depths": [1, 2],
        "max_new_tokens": 8,
        "prompt": {"with_input": "{instruction} {input} Answer:", "without_input": "{instruction} Answer:"},
        "training": {"method": "full", "epochs": 1, "batch_size": 1, "learning_rate": 1e-3, "max_tokens": 40},
    } | more
    return open_reader(Exits.model_validate(settings), "cpu")


@pytest.fixture(scope="module")
def smoke() -> Reader:
    pytest.importorskip("torch")
    return reader()


def test_prompts_with_and_without_input(smoke):
    tokenizer = smoke.loaded.tokenizer
    asked = smoke.ask([EXAMPLE, WITH_INPUT])
    assert [each.text for each in asked] == ["Name a pet. Answer:", "Give the opposite. warm Answer:"]
    for each, example in zip(asked, (EXAMPLE, WITH_INPUT), strict=True):
        assert list(each.ids) == tokenizer(each.text)["input_ids"]
        assert [*each.ids, *each.reference[:-1]] == tokenizer(f"{each.text} {example.output}")["input_ids"]
        assert each.reference[-1] == tokenizer.eos_token_id


def test_the_loss_is_that_of_the_answer_and_its_end(smoke):
    [asked] = smoke.ask([EXAMPLE])
    row = smoke.training_row(asked)
    assert row["input_ids"] == [*asked.ids, *asked.reference]
    assert row["labels"] == [IGNORED] * len(asked.ids) + list(asked.reference)


def test_a_long_reference_keeps_its_end(smoke):
    [asked] = smoke.ask([Instruction("all-3", "Count.", "", "one two three four five six seven eight nine ten")])
    row = smoke.training_row(asked)
    answer = row["input_ids"][len(asked.ids) :]
    assert len(answer) == 8
    assert answer == [*asked.reference[:7], asked.reference[-1]]


def test_only_what_is_new_and_before_the_end_is_said(smoke):
    tokenizer = smoke.loaded.tokenizer
    ids = tokenizer(" a red apple", add_special_tokens=False)["input_ids"]
    assert smoke.text(Generated((*ids, tokenizer.eos_token_id), True)) == "a red apple"
    assert smoke.text(Generated((tokenizer.eos_token_id,), True)) == ""


def test_ends_of_the_real_models(shared_models):
    story = reader("stories260k", end="\n")
    assert "\n" in story.token_text(story.end_id)
    assert story.stops >= {1, 2, story.end_id}
    assert all("\n" in story.token_text(token) for token in story.stops - {1, 2})
    line = story.loaded.tokenizer("It was a cat.\nThe end", add_special_tokens=False)["input_ids"]
    assert story.text(Generated(tuple(line), False)) == "It was a cat."
    assert "".join(map(story.token_text, line)).lstrip() == "It was a cat.\nThe end"
    letters = reader(
        "babyllama105",
        end="\n",
        training={"method": "full", "epochs": 1, "batch_size": 1, "learning_rate": 1e-3, "max_tokens": 200},
    )
    unknown = letters.loaded.tokenizer.unk_token_id
    assert letters.end_id == unknown  # it has no line end, and reads one as the unknown token
    assert letters.stops == {1, 2, unknown}
    [asked] = letters.ask([EXAMPLE])
    assert asked.reference[-1] == unknown
    assert letters.unknown(asked) == 0
    assert letters.text(Generated(asked.reference, True)) == "A cat."
    assert [letters.token_text(token) for token in asked.reference] == [*" A cat.", ""]
    [strange] = letters.ask([Instruction("all-4", "Name a pet.", "", "Æ cat.")])
    assert letters.unknown(strange) == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"max_new_tokens": 36}, "all-1: the prompt has 9 tokens, and beside its answer is room for 4"),
        (
            {"training": {"method": "full", "epochs": 1, "batch_size": 1, "learning_rate": 1e-3, "max_tokens": 257}},
            "max_tokens is 257, but the model reads 256 at most",
        ),
        ({"end": "the end"}, "`end` 'the end' is no single token"),
    ],
)
def test_bad_input_is_one_line(more, said):
    with pytest.raises(UserError, match=said) as error:
        reader(**more).ask([EXAMPLE])
    assert "\n" not in str(error.value)


def test_a_tokenizer_without_an_end_token_needs_an_end(smoke, monkeypatch):
    bare = reader()
    bare.loaded.tokenizer.eos_token = None
    with pytest.raises(UserError, match="no end token; name the text of one as `end`"):
        bare.ask([EXAMPLE])


def test_an_empty_prompt_is_said(monkeypatch):
    """A tokenizer that puts no start token in front of everything leaves nothing of an instruction without text."""
    bare = reader(prompt={"with_input": "{instruction}{input}", "without_input": "{instruction}"})
    bare.loaded.tokenizer.backend_tokenizer.post_processor = None
    with pytest.raises(UserError, match="all-5: the prompt is empty"):
        bare.ask([Instruction("all-5", "", "", "A cat.")])
