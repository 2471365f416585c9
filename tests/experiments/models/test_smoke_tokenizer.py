"""The tokenizer of the smoke models knows the words of the smoke sets and every printable ASCII character."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.data.examples import text_of
from experiments.data.load import load_split
from experiments.data.registry import dataset_entry, dataset_names
from experiments.models.load import load_for
from experiments.models.registry import VOCABULARY, model_entry

SMOKE = [name for name in dataset_names() if dataset_entry(name).shipped]


@pytest.fixture(scope="module")
def tokenizer():
    return load_for("causal", "smoke-decoder").tokenizer


def test_the_vocabulary_is_as_large_as_the_configs_say():
    tokens = VOCABULARY.read_text(encoding="utf-8").splitlines()
    assert len(set(tokens)) == len(tokens)
    for name in ("smoke-decoder", "smoke-encoder"):
        assert model_entry(name).config["vocab_size"] == len(tokens)


@pytest.mark.parametrize("name", SMOKE)
def test_most_words_of_the_smoke_sets_are_one_token(tokenizer, name):
    for split in dataset_entry(name).splits:
        for example in load_split(name, split).examples:
            words = text_of(example).lower().split()
            ids = tokenizer(text_of(example), add_special_tokens=False)["input_ids"]
            assert tokenizer.unk_token_id not in ids
            assert len(ids) <= 1.6 * len(words) + 3, text_of(example)


@settings(max_examples=50)
@given(st.text(alphabet=string.printable, max_size=60))
def test_printable_text_has_no_unknown_token(tokenizer, text):
    assert tokenizer.unk_token_id not in tokenizer(text)["input_ids"]


def test_a_pair_is_told_apart_by_the_encoder():
    tokenizer = load_for("encoder", "smoke-encoder").tokenizer
    encoded = tokenizer("a cat", "a dog")
    assert encoded["token_type_ids"] == [0, 0, 0, 0, 1, 1, 1]
