"""What a study may say, and what is said of it where it may not."""

import json
from types import SimpleNamespace

import pytest

from experiments.answering.questions import choose, split_rows
from experiments.study_files import load_study
from experiments.tables.errors import UserError

GENERATIVE = {"approaches": ("generative",)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"data": "sst2"}, "sst2 has no questions"),
        ({"split": {"test": "exam"}}, "smoke-questions has no split exam; it has train, dev"),
        ({"split": {"test": "train"}}, "no examples would be left to train on; name another split"),
        ({"stride": 40}, "a stride of 40 shares all of a window of 40 tokens"),
        ({"model": {"name": "smoke-encoder-2"}}, "unknown model smoke-encoder-2 (did you mean smoke-encoder?)"),
        ({"training": {"best_by": "accuracy"}}, "best_by: accuracy is for classifiers"),
        ({"seeds": (1, 1)}, "a seed stands twice"),
        (GENERATIVE | {"prompt": "{context} {querstion}:"}, "prompt must hold {context} and {question}"),
        (GENERATIVE | {"prompt": "{context} {question}{"}, "prompt must hold {context} and {question}"),
        (GENERATIVE | {"prompt": "{context} {question} "}, "prompt must not end in white space"),
        (GENERATIVE | {"max_new_tokens": 128}, "no token is left for the prompt"),
        (GENERATIVE | {"model": {"name": "smoke-encoder"}}, "smoke-encoder is an encoder"),
        ({"approaches": ()}, "a study needs at least one approach"),
        ({"twice": True}, "there is no such key"),
    ],
)
def test_settings_that_cannot_be(study, change, message):
    with pytest.raises(UserError) as said:
        study(**change)
    assert message in str(said.value)
    assert "small.yaml:" in str(said.value)
    assert "\n" not in str(said.value)


def test_an_approach_may_stand_once(study, tmp_path):
    study(approaches=("extractive", "extractive-decoder"))
    path = tmp_path / "studies" / "small.yaml"
    path.write_text(path.read_text("utf-8").replace("name: extractive-decoder", "name: extractive"), "utf-8")
    with pytest.raises(UserError, match="the approach extractive stands twice"):
        load_study("small")


def test_parts_are_apart_by_paragraph(study):
    parts = choose(study().chosen)
    seen = [{question.paragraph for question in part} for part in parts.named().values()]
    assert all(seen)
    assert len(set.union(*seen)) == sum(map(len, seen))
    titles = [{question.title for question in part} for part in parts.named().values()]
    assert not titles[0] & titles[1]
    rows = list(split_rows(SimpleNamespace(parts=parts)))
    assert [row["n"] for row in rows] == [9, 9, 8]
    assert [row["n_answerable"] for row in rows] == [sum(q.answerable for q in part) for part in parts.named().values()]
    assert len({row["sha256"] for row in rows}) == 3


def test_questions_without_articles_are_parted_by_paragraph(study, tmp_path, monkeypatch):
    contexts = [f"{name} lives in {name}ville." for name in ("Ada", "Bo", "Cy", "Di", "Ed")]
    rows = [
        {"id": f"{n}{who}", "question": f"{who}?", "context": text, "answers": text.split()[0]}
        for n, text in enumerate(contexts)
        for who in ("Who", "Which")
    ]
    lines = "\n".join(map(json.dumps, rows))
    (tmp_path / "own.jsonl").write_text(lines, "utf-8")
    (tmp_path / "exam.jsonl").write_text(lines.replace("ville", "stadt"), "utf-8")
    monkeypatch.setenv("COLOPHON_DATA_DIR", str(tmp_path))
    own = {"name": "own", "kind": "question", "splits": {"train": "own.jsonl", "dev": "exam.jsonl"}}
    parts = choose(study(data=own, split={"share": 0.6}).chosen)
    assert [len(part) for part in parts.named().values()] == [6, 4, 10]
    assert not {q.paragraph for q in parts.train} & {q.paragraph for q in parts.validation}
    assert parts.rules["train"] == "all questions, about paragraphs with 60% of the questions, seed 0"


def test_a_drawn_part_is_the_same_for_the_same_seed(study):
    drawn = [choose(study(split={"train_n": 4, "seed": seed}).chosen).train for seed in (3, 3, 4)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(drawn[0]) == 4


@pytest.mark.parametrize(
    ("split", "message"),
    [
        ({"train_n": 10}, "the train part has 9 questions to choose from, and needs 10"),
        ({"test_n": 9}, "the test part has 8 questions to choose from, and needs 9"),
        ({"longest": 20}, "no paragraph of the split train has at most 20 characters; raise `longest`"),
    ],
)
def test_parts_that_cannot_be_drawn(study, split, message):
    with pytest.raises(UserError) as said:
        choose(study(split=split).chosen)
    assert str(said.value) == message
