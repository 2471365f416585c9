"""The sets of our own are balanced, disjoint, and there without any folder."""

from collections import Counter

import pytest

from experiments.data.load import load_split, local_paths
from experiments.data.overlap import overlap
from experiments.data.registry import dataset_entry

LABELLED = {"smoke-sentiment": ("train", "dev"), "smoke-entailment": ("train", "dev", "test")}


@pytest.mark.parametrize(("name", "split"), [(name, split) for name, splits in LABELLED.items() for split in splits])
def test_labels_are_balanced(name, split):
    loaded = load_split(name, split)
    counts = Counter(example.label for example in loaded.examples)
    assert set(counts) == set(loaded.labels)
    assert len(set(counts.values())) == 1
    assert loaded.how == "package"


@pytest.mark.parametrize("name", [*LABELLED, "smoke-questions"])
def test_splits_are_disjoint(name):
    parts = [load_split(name, split).examples for split in dataset_entry(name).splits]
    for index, part in enumerate(parts):
        assert all(overlap(earlier, part) == [] for earlier in parts[:index])


@pytest.mark.parametrize("split", ["train", "dev"])
def test_some_questions_have_no_answer_and_every_answer_stands_in_its_context(split):
    questions = load_split("smoke-questions", split).examples
    assert 0 < sum(question.answerable for question in questions) < len(questions)
    for question in questions:
        assert all(question.context[a.start :].startswith(a.text) for a in question.answers)


def test_one_movie_has_no_rating_and_each_certificate_stands_often_enough_to_learn():
    movies = load_split("smoke-movies", "all").examples
    assert sum(not movie.rated for movie in movies) == 1
    assert min(Counter(movie.certificate for movie in movies).values()) >= 10


def test_a_data_folder_does_not_replace_what_ships(tmp_path):
    assert local_paths("smoke-sentiment", ("dev",), tmp_path)["smoke-sentiment/dev"].is_file()
