"""Examples as rows of a classifier, and its probabilities."""

import pytest
import torch

from experiments.data.examples import Pair, Sentence
from experiments.tables.errors import UserError
from experiments.training.batches import Collate
from experiments.training.classification import encode, probabilities


def test_longer_texts_are_cut_and_counted(tiny):
    loaded = tiny.load(tiny.settings("head"))
    texts = [Sentence("1", "good", "positive"), Sentence("2", "good " * 20, "negative")]
    found = encode(loaded, texts, ("negative", "positive"), 8, None)
    assert found.lengths == (3, 22)
    assert [len(row["input_ids"]) for row in found.rows] == [3, 8]
    assert [row["labels"] for row in found.rows] == [1, 0]
    with pytest.raises(UserError, match="max_tokens is 257, but the model reads 256 at most"):
        encode(loaded, texts, ("negative", "positive"), 257, None)


def test_a_pair_goes_to_an_encoder_as_two_texts_or_through_a_template(tiny):
    loaded = tiny.load(tiny.settings("head"))
    pair = Pair("1", "a dog", "an animal", "positive")
    [row] = encode(loaded, [pair], ("negative", "positive"), 32, None).rows
    assert set(row["token_type_ids"]) == {0, 1}
    [row] = encode(loaded, [pair], ("negative", "positive"), 32, "{premise} so {hypothesis}").rows
    assert set(row["token_type_ids"]) == {0}


def test_rows_are_padded_with_what_no_loss_counts():
    rows = [
        {"input_ids": [5, 6, 7], "token_type_ids": [0, 1, 1], "labels": [-100, 6, 7]},
        {"input_ids": [8], "token_type_ids": [0], "labels": [8]},
    ]
    batch = Collate(pad_id=3)(rows)
    assert batch["input_ids"].tolist() == [[5, 6, 7], [8, 3, 3]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]
    assert batch["token_type_ids"].tolist() == [[0, 1, 1], [0, 0, 0]]
    assert batch["labels"].tolist() == [[-100, 6, 7], [8, -100, -100]]


@pytest.mark.parametrize("model", ["smoke-encoder", "smoke-decoder"])
def test_probabilities_are_those_of_each_example_alone(tiny, model, monkeypatch):
    loaded = tiny.load(tiny.settings("head"), model)
    rows = tiny.encoded(loaded, "dev", 10).rows
    monkeypatch.setattr("experiments.training.classification.TOKENS_AT_ONCE", {"cpu": 40})
    found = probabilities(loaded.model, rows, loaded.tokenizer.pad_token_id, "a test")
    for row, probability in zip(rows, found, strict=True):
        ids = {name: torch.tensor([value]) for name, value in row.items() if name != "labels"}
        with torch.no_grad():
            alone = loaded.model(**ids).logits.softmax(-1)[0]
        assert torch.allclose(alone, torch.tensor(probability, dtype=alone.dtype), atol=1e-5)
        assert sum(probability) == pytest.approx(1)


def test_a_part_that_was_stopped_gives_the_same_probabilities(tiny, monkeypatch, stopped):
    loaded = tiny.load(tiny.settings("head"), "smoke-encoder")
    rows = tiny.encoded(loaded, "dev", 10).rows
    monkeypatch.setattr("experiments.training.classification.TOKENS_AT_ONCE", {"cpu": 40})

    def find():
        return probabilities(loaded.model, rows, loaded.tokenizer.pad_token_id, "a test")

    assert stopped(find) == find()
