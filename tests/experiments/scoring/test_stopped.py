"""Scores and answers of a part that was stopped are, to the last digit, those of one that ran through."""

import torch
from transformers import AutoConfig, AutoModel

from experiments.scoring.generation import answer
from experiments.scoring.likelihood import score_labels
from experiments.scoring.results import Example
from experiments.scoring.similarity import score_descriptions

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
