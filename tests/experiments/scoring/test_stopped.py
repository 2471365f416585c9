"""Scores and answers of a part that was stopped are, to the last digit, those of one that ran through."""

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModel

from experiments.models import batching
from experiments.scoring.generation import answer
from experiments.scoring.likelihood import score_labels
from experiments.scoring.results import Example
from experiments.scoring.similarity import score_descriptions
from experiments.tables.errors import UserError

from .conftest import SMALL

TEXTS = [f"{word} is " * (n % 3 + 1) for n, word in enumerate(["this", "that", "a longer one", "none", "it"])]


def test_label_scores(small_model, tokenizer, stopped):
    def find():
        examples = [Example(text.rstrip(), (" good", " bad")) for text in TEXTS]
        return score_labels(small_model("llama"), tokenizer, examples, token_budget=40)

    assert stopped(find) == find()


def test_generated_answers(small_model, tokenizer, stopped):
    tokenizer.pad_token = "<s>"

    def find():
        return answer(small_model("gpt2"), tokenizer, TEXTS, ["good", "bad"], token_budget=60)

    assert stopped(find) == find()


def test_likeness_to_descriptions(tokenizer, stopped):
    settings = {**SMALL, "intermediate_size": 64}
    torch.manual_seed(2)
    encoder = AutoModel.from_config(AutoConfig.for_model("bert", **settings)).eval()

    def find():
        return score_descriptions(encoder, tokenizer, TEXTS, ["good", "bad"], token_budget=40)

    assert stopped(find) == find()


@pytest.mark.parametrize("kind", ["scored", "generated", "compared"])
def test_many_texts_in_blocks_are_what_they_are_together(small_model, tokenizer, monkeypatch, kind):
    """Other batches may differ in the last digits; in messages examples keep their numbers."""
    tokenizer.pad_token = "<s>"
    settings = {**SMALL, "intermediate_size": 64}
    encoder = AutoModel.from_config(AutoConfig.for_model("bert", **settings)).eval()
    told = []

    def find():
        how = {"progress": lambda *done: told.append(done)}
        match kind:
            case "scored":
                examples = [Example(text.rstrip(), (" good", " bad")) for text in TEXTS]
                found = score_labels(small_model("llama"), tokenizer, examples, content_free=["none"], **how)
                return [score.by("calibrated") for score in found.examples], found.tokens
            case "generated":
                said = answer(small_model("gpt2"), tokenizer, TEXTS, ["good", "bad"], **how)
                return [each.tokens for each in said], [each.text for each in said]
            case "compared":
                return score_descriptions(encoder, tokenizer, TEXTS, ["good", "bad"], **how)

    together = find()
    assert told[-1][0] == told[-1][1]
    told.clear()
    monkeypatch.setattr(batching, "BLOCK", 2)
    in_blocks = find()
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (len(TEXTS), len(TEXTS))
    for one, other in zip(together, in_blocks, strict=True):
        if kind == "generated":
            assert one == other
        else:
            np.testing.assert_allclose(one, other, atol=1e-5)


def test_an_example_is_told_by_its_number_of_all(small_model, tokenizer, monkeypatch):
    monkeypatch.setattr(batching, "BLOCK", 2)
    with pytest.raises(UserError, match="example 4 has no labels"):
        score_labels(small_model("llama"), tokenizer, [*[Example("a", ("b",))] * 3, Example("a", ())])
