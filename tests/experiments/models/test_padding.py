"""Padding changes nothing: left = right = unpadded, with a pad token of its own and a vocabulary of the same size."""

import pytest

from experiments.models.batching import pad_batch
from experiments.models.load import load_for
from experiments.models.pad import with_pad_token

TEXTS = ("Lily saw a red bird", "Tom ran", "The dog was happy and they all played in the park")
LABELS = ("negative", "positive")
MODELS = ("smoke-decoder", "smoke-encoder", "minilm-l6", "stories260k", "babyllama105")


@pytest.fixture
def load(request):
    def load(task, name, **more):
        folder = request.getfixturevalue("shared_models") if name in ("stories260k", "babyllama105") else None
        return load_for(task, name, models_dir=folder, **more)

    return load


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("side", ["left", "right"])
def test_hidden_states_do_not_depend_on_padding(load, name, side):
    import torch

    loaded = load("encoder", name)
    rows = [loaded.tokenizer(text)["input_ids"] for text in TEXTS]
    batch = pad_batch(rows, loaded.tokenizer.pad_token_id, side)
    with torch.no_grad():
        states = loaded.model(**batch).last_hidden_state
        for row, mask, ids in zip(states, batch["attention_mask"], rows, strict=True):
            alone = loaded.model(input_ids=torch.tensor([ids])).last_hidden_state[0]
            torch.testing.assert_close(row[mask.bool()], alone, atol=1e-5, rtol=1e-5)


# BERT's head reads the first column, whatever stands there: an encoder is padded on the right.
DECODERS = ("smoke-decoder", "stories260k", "babyllama105")
SIDES = [*((name, "right") for name in MODELS), *((name, "left") for name in DECODERS)]


@pytest.mark.parametrize(("name", "side"), SIDES)
def test_class_logits_do_not_depend_on_padding(load, name, side):
    """A decoder's head reads the last token that is no pad: found by the id, so the id must be nobody else's."""
    import torch

    loaded = load("classification", name, labels=LABELS)
    rows = [loaded.tokenizer(text)["input_ids"] for text in TEXTS]
    rows[0] = [*rows[0], loaded.tokenizer.eos_token_id or loaded.tokenizer.sep_token_id]  # a real final end counts
    with torch.no_grad():
        padded = loaded.model(**pad_batch(rows, loaded.tokenizer.pad_token_id, side)).logits
        alone = torch.cat([loaded.model(input_ids=torch.tensor([row])).logits for row in rows])
    torch.testing.assert_close(padded, alone, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_the_pad_token_is_nobody_elses_and_the_vocabulary_keeps_its_size(load, name):
    loaded = load("encoder", name)
    tokenizer, rows = loaded.tokenizer, loaded.model.get_input_embeddings().num_embeddings
    others = {tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.unk_token_id}
    assert tokenizer.pad_token_id not in others
    assert tokenizer.pad_token_id < rows
    assert len(tokenizer) <= rows == loaded.model.config.vocab_size
    assert loaded.model.config.pad_token_id == tokenizer.pad_token_id


@pytest.mark.parametrize("name", MODELS)
def test_no_text_becomes_a_pad_or_an_end(load, name):
    tokenizer = load("encoder", name).tokenizer
    for text in ("a <pad> b", "[PAD]", "</s> and <s>", "[SEP] [CLS]", "null \x00 byte", "hair\u200aspace", "<0x00>"):
        inside = tokenizer(text, add_special_tokens=False)["input_ids"]
        special = {tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.bos_token_id, tokenizer.sep_token_id}
        assert not special & set(inside), text


@pytest.mark.parametrize("name", ["stories260k", "babyllama105"])
def test_a_retired_entry_leaves_other_text_as_it_was(load, shared_models, name):
    from transformers import AutoTokenizer

    loaded = load("causal", name)
    folder = {"stories260k": "stories260K"}.get(name, name)
    original = AutoTokenizer.from_pretrained(shared_models / folder)
    for text in (*TEXTS, "“Hello!” she said: 3 - 2 = 1 … é ñ & <b>", "  two  spaces ", "line\nbreak"):
        assert loaded.tokenizer(text)["input_ids"] == original(text)["input_ids"]
        ids = original(text)["input_ids"]
        assert loaded.tokenizer.decode(ids) == original.decode(ids)
    assert loaded.report.pad.startswith("retired: <pad>")


def test_a_saved_tokenizer_keeps_its_pad_token(load, tmp_path):
    from transformers import AutoTokenizer

    tokenizer = load("causal", "babyllama105").tokenizer
    tokenizer.save_pretrained(tmp_path)
    again = AutoTokenizer.from_pretrained(tmp_path)
    assert again.pad_token_id == tokenizer.pad_token_id == 104
    assert again("A cat")["input_ids"] == tokenizer("A cat")["input_ids"]


def plain_tokenizer(words):
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    backend = Tokenizer(models.WordLevel({word: index for index, word in enumerate(words)}, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(tokenizer_object=backend, unk_token="<unk>", eos_token="</s>")


def test_a_token_made_for_padding_is_used_first():
    tokenizer = plain_tokenizer(["<unk>", "</s>", "cat", "<|finetune_right_pad_id|>"])
    tokenizer, how = with_pad_token(tokenizer, 8)
    assert (tokenizer.pad_token_id, how) == (3, "reserved")


def test_a_spare_row_of_the_embedding_is_used_before_any_entry_is_retired():
    tokenizer, how = with_pad_token(plain_tokenizer(["<unk>", "</s>", "cat"]), 4, "cat")
    assert (tokenizer.pad_token_id, how) == (3, "spare row")


def test_padding_with_the_end_token_is_not_taken_as_it_is():
    tokenizer = plain_tokenizer(["<unk>", "</s>", "cat"])
    tokenizer.pad_token = "</s>"
    tokenizer, how = with_pad_token(tokenizer, 4)
    assert (tokenizer.pad_token_id, how) == (3, "spare row")


def test_a_full_vocabulary_gets_one_more_entry_which_is_no_text():
    tokenizer, how = with_pad_token(plain_tokenizer(["<unk>", "</s>", "cat"]), 3)
    assert (tokenizer.pad_token_id, how) == (3, "added row")


def test_a_special_token_without_a_part_to_play_comes_before_one_more_entry():
    tokenizer = plain_tokenizer(["<unk>", "</s>", "cat", "<turn>", "<extra_0>", "<extra_1>"])
    tokenizer.add_special_tokens({"additional_special_tokens": ["<turn>", "<extra_0>", "<extra_1>"]})
    tokenizer.chat_template = "<turn>{{ messages[0].content }}"
    assert with_pad_token(tokenizer, 6, used={5})[0].pad_token == "<extra_0>"  # 5 is an end for the model


def test_no_mark_of_a_chat_becomes_the_pad_token():
    tokenizer = plain_tokenizer(["<unk>", "</s>", "cat", "<turn>"])
    tokenizer.add_special_tokens({"additional_special_tokens": ["<turn>"]})
    tokenizer.chat_template = "<turn>{{ messages[0].content }}"
    assert with_pad_token(tokenizer, 4)[1] == "added row"


def test_an_empty_batch_or_row_is_an_error():
    with pytest.raises(ValueError, match="a batch needs rows"):
        pad_batch([], 0)
    with pytest.raises(ValueError, match="a batch needs rows"):
        pad_batch([[1], []], 0)


def test_positions_count_the_real_tokens():
    batch = pad_batch([[5, 6, 7], [8]], 0, "left")
    assert batch["input_ids"].tolist() == [[5, 6, 7], [0, 0, 8]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [0, 0, 1]]
    assert batch["position_ids"].tolist() == [[0, 1, 2], [0, 0, 0]]
