"""The three parts of the instructions: who is left out, and that no text stands in two of them."""

import itertools
import json

import pytest

from experiments.data.overlap import normalise
from experiments.exits.instructions import choose
from experiments.exits.study import Settings
from experiments.tables.errors import UserError

TEXTS = [("Name a pet.", ""), ("Name a tree.", ""), ("Name a bird.", ""), ("Count.", "1 2"), ("Sing.", ""), ("Go.", "")]


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """`settings(rows, test_n=2)`: rows of instruction, input and output as the data set alpaca."""

    def make(rows: list[tuple[str, str, str]], **split) -> Settings:
        folder = tmp_path / "alpaca"
        folder.mkdir(exist_ok=True)
        named = [dict(zip(("instruction", "input", "output"), row, strict=True)) for row in rows]
        (folder / "alpaca_data.json").write_text(json.dumps(named), "utf-8")
        monkeypatch.setenv("COLOPHON_DATA_DIR", str(tmp_path))
        return Settings.model_validate(
            {
                "data": {"name": "alpaca"},
                "seeds": [0],
                "bertscore": {"model": {"name": "smoke-encoder"}, "layer": 1},
                "split": {"split": "all", "train_n": 2, "validation_n": 1, "test_n": 1} | split,
                "models": [
                    {
                        "model": {"name": "smoke-decoder"},
                        "depths": [1],
                        "max_new_tokens": 4,
                        "prompt": {"with_input": "{instruction} {input}", "without_input": "{instruction}"},
                        "training": {
                            "method": "full",
                            "epochs": 1,
                            "batch_size": 1,
                            "learning_rate": 1,
                            "max_tokens": 9,
                        },
                    }
                ],
            }
        )

    return make


def rows(output: str = "Yes.") -> list[tuple[str, str, str]]:
    return [(*text, output) for text in TEXTS]


def test_a_text_that_differs_only_in_case_and_marks_stands_in_one_part_alone(settings):
    twins = [(instruction.upper().replace(".", "!"), context, "No.") for instruction, context in TEXTS]
    left_out = []
    for seed in range(8):
        parts = choose(settings([*rows(), *twins], train_n=3, validation_n=2, test_n=2, seed=seed))
        texts = [{normalise(f"{one.instruction}\n{one.input}") for one in part} for part in parts.named().values()]
        assert not any(one & other for one, other in itertools.combinations(texts, 2))
        assert [len(part) for part in parts.named().values()] == [3, 2, 2]
        assert parts.left_out["test"] == 0
        left_out.append((parts.left_out["validation"], parts.left_out["train"]))
    assert max(left_out) > (1, 1)


def test_what_cannot_be_scored_or_is_too_long_is_not_drawn(settings):
    odd = [
        ("Say nothing.", "", ""),
        ("Say a blank.", "", " "),
        ("Say two lines.", "", "One.\nTwo."),
        ("Say much. " * 9, "", "Yes."),
        ("Talk.", "", "Yes. " * 9),
    ]
    chosen = settings([*rows(), *odd], train_n=4, longest_prompt=20, longest_output=20, one_line=True)
    drawn = [example.instruction for part in choose(chosen).named().values() for example in part]
    assert sorted(drawn) == sorted(text for text, _ in TEXTS)
    assert "of 6 at random" in choose(chosen).rules["test"]


def test_the_same_seed_draws_the_same(settings):
    assert choose(settings(rows())) == choose(settings(rows()))


def test_too_few_examples_are_said(settings):
    with pytest.raises(UserError, match="the train part has 4 examples to choose from, and needs 5"):
        choose(settings(rows(), train_n=5))
