"""Prompts as token ids, and where their fields end."""

import copy
from dataclasses import replace

import pytest

from experiments.choices import ChatPrompt
from experiments.models.chat import open_chat
from experiments.models.load import load_for
from experiments.probing.examples import Text
from experiments.probing.reading import encode, in_chat, inputs_of
from experiments.tables.errors import UserError

pytest.importorskip("torch")

TEXTS = [
    Text("The Harbour Job. In the harbour. Rating:", {"name": (0, 15), "plot": (17, 31)}),
    Text("Q. A dog. Rating:", {"name": (0, 1), "plot": (3, 8)}),
]


@pytest.fixture(scope="module")
def loaded():
    return load_for("encoder", "smoke-decoder")


@pytest.fixture(scope="module")
def tokenizer(loaded):
    return loaded.tokenizer


def test_a_field_is_pooled_at_its_last_token(tokenizer):
    for prompt, text in zip(encode(tokenizer, TEXTS, ["a", "b"], ["name", "plot"], 256), TEXTS, strict=True):
        for field, (start, end) in text.spans.items():
            before = tokenizer(text.text[:end])["input_ids"]
            assert prompt.positions[field] == len(before) - 1
            assert list(prompt.ids[: len(before)]) == before
            last_word = text.text[start:end].split()[-1].casefold()
            assert last_word.endswith(tokenizer.decode(prompt.ids[prompt.positions[field]]).casefold().strip())


def test_a_chat_prompt_is_the_templates_with_the_fields_where_it_puts_them(loaded):
    chatty = replace(loaded, tokenizer=copy.deepcopy(loaded.tokenizer))
    chatty.tokenizer.chat_template = "say: {% for m in messages %}{{ m.content }} {% endfor %}answer:"
    opened = open_chat(chatty)
    text = in_chat(opened, TEXTS[0], ChatPrompt(chat=True, text="{name}"))
    assert text.text == f"say: {TEXTS[0].text} answer:"
    assert {name: text.text[slice(*span)] for name, span in text.spans.items()} == {
        name: TEXTS[0].text[slice(*span)] for name, span in TEXTS[0].spans.items()
    }
    chatty.tokenizer.chat_template = "{% for m in messages %}{{ m.content | upper }}{% endfor %}"
    with pytest.raises(UserError, match="smoke-decoder: its chat template changes the prompt"):
        in_chat(chatty, TEXTS[0], ChatPrompt(chat=True, text="{name}"))


def test_a_prompt_longer_than_the_context_is_one_line_that_says_what_to_do(tokenizer):
    with pytest.raises(UserError, match=r"the prompt of example a has \d+ tokens, the model's context only 6; set"):
        encode(tokenizer, TEXTS, ["a", "b"], [], 6)


def test_a_field_without_a_token_is_refused(tokenizer):
    with pytest.raises(UserError, match="example a has no token of its plot"):
        encode(tokenizer, [Text("Rating:", {"plot": (0, 0)})], ["a"], ["plot"], 256)


def test_what_the_models_read_is_counted(tokenizer):
    prompts = encode(tokenizer, TEXTS, ["a", "b"], [], 256)
    found = inputs_of(prompts, tokenizer.unk_token_id, 256, (5, 2, 64))
    assert (found.n, found.depth, found.features, found.last_tokens, found.unknown) == (2, 4, 64, 1, 0)
    assert found.tokens == sum(len(prompt.ids) for prompt in prompts)
    assert found.longest == max(len(prompt.ids) for prompt in prompts)
    unknown = encode(tokenizer, [Text("\N{SNOWMAN}", {})], ["a"], [], 256)
    assert inputs_of(unknown, tokenizer.unk_token_id, 256, (5, 1, 64)).unknown == 1
