"""Generated answers and the strict reading of them."""

import pytest
import torch
from transformers import GenerationConfig

from experiments.scoring.generation import answer, parse
from experiments.tables.errors import UserError

LABELS = (" positive", " negative")
PROMPTS = ["Good?", "It is the longest of all the texts ", "", "xyz " * 60]


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        (" positive", 0),
        ("Negative.\nReview: another", 1),
        ("  POSITIVE !", 0),
        ("not positive", None),
        ("positive or negative", None),
        ("positively", None),
        ("The answer is positive", None),
        ("", None),
        ("\n\n", None),
        ("...", None),
    ],
)
def test_only_the_label_itself_is_an_answer(text, choice):
    assert parse(text, LABELS) == choice


def test_labels_that_read_alike_are_no_answer():
    assert parse("yes", ("yes", "Yes!")) is None


@pytest.mark.parametrize("side", ["left", "right"])
def test_batches_generate_what_each_prompt_generates_alone(side, small_model, tokenizer):
    model = small_model("llama")
    tokenizer.padding_side = side
    told = []
    answers = answer(
        model, tokenizer, PROMPTS, LABELS, new_tokens=6, token_budget=300, progress=lambda *done: told.append(done)
    )
    settings = GenerationConfig(do_sample=False, max_new_tokens=6, eos_token_id=1, pad_token_id=2)
    for prompt, found in zip(PROMPTS, answers, strict=True):
        ids = torch.tensor([tokenizer(prompt.rstrip())["input_ids"][-122:]])
        made = model.generate(ids, attention_mask=torch.ones_like(ids), generation_config=settings)
        assert found.tokens == made.shape[1]
        assert found.text == tokenizer.decode(made[0, ids.shape[1] :], skip_special_tokens=True)
    assert [found.truncated for found in answers] == [False, False, False, True]
    assert all(found.unparsed for found in answers)  # random weights
    assert told[-1] == (4, 4)


def test_what_was_generated_is_read(small_model, tokenizer):
    model = small_model("llama")
    [free] = answer(model, tokenizer, ["Good?"], LABELS, new_tokens=3)
    [found] = answer(model, tokenizer, ["Good?"], ("no", free.text), new_tokens=3)
    assert (found.choice, found.unparsed) == (1, False)


def test_generating_needs_a_pad_token_and_room(small_model, tokenizer):
    with pytest.raises(UserError, match="do not fit"):
        answer(small_model("llama"), tokenizer, PROMPTS, LABELS, new_tokens=128)
    tokenizer.pad_token = None
    with pytest.raises(UserError, match="no pad token"):
        answer(small_model("llama"), tokenizer, PROMPTS, LABELS)
