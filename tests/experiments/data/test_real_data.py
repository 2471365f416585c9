"""The real sets have the sizes, labels and flags that are known of them."""

from collections import Counter

import pytest

from experiments.data.load import load_split, local_paths
from experiments.data.overlap import overlap
from experiments.tables.digest import sha256_file


def test_the_sst2_dev_set_is_the_one_of_glue(shared_data):
    split = load_split("sst2", "dev", shared_data)
    assert Counter(example.label for example in split.examples) == {"positive": 444, "negative": 428}
    assert split.examples[0].text == "it 's a charming and often affecting journey ."
    assert split.examples[0].id == "dev-1"
    assert (split.labels, split.how) == (("negative", "positive"), "folder")
    assert split.digests == {"sst2/dev": sha256_file(shared_data / "sst2" / "dev.tsv")}


def test_the_snli_dev_set_has_its_gold_labels(shared_data):
    split = load_split("snli", "dev", shared_data)
    counts = Counter(example.label for example in split.examples)
    assert counts == {"entailment": 3329, "contradiction": 3278, "neutral": 3235}


@pytest.mark.parametrize(("split", "questions", "answerable"), [("train", 4806, 2299), ("dev", 1272, 611)])
def test_squad_questions_keep_their_flags_and_paragraphs(shared_data, split, questions, answerable):
    examples = load_split("squad", split, shared_data).examples
    assert (len(examples), sum(example.answerable for example in examples)) == (questions, answerable)
    paragraphs = {}
    for example in examples:
        assert paragraphs.setdefault(example.paragraph, example.context) == example.context
    assert len(set(paragraphs.values())) == len(paragraphs)


def test_alpaca_keeps_its_empty_outputs(shared_data):
    examples = load_split("alpaca", "all", shared_data).examples
    assert (len(examples), sum(not example.output for example in examples)) == (1805, 4)


def test_movies_flag_the_three_ratings_that_are_none(shared_data):
    movies = load_split("movies", "all", shared_data).examples
    assert len(movies) == 2749
    assert [movie.id for movie in movies if not movie.rated] == ["tt0014268", "tt0020394", "tt0019307"]
    assert sum(not movie.described for movie in movies) > 0
    first = movies[0]
    assert (first.name, first.certificate, first.rating) == ("Black Panther: Wakanda Forever", "PG-13", 6.9)
    assert first.stars == ("Letitia Wright", "Lupita Nyong'o", "Danai Gurira", "Winston Duke")


@pytest.mark.parametrize("name", ["sst2", "snli", "squad"])
def test_no_training_text_stands_in_the_dev_set(shared_data, name):
    train, dev = (load_split(name, split, shared_data).examples for split in ("train", "dev"))
    assert overlap(train, dev) == []


def test_the_files_of_a_table_are_found_without_reading_them(shared_data):
    assert local_paths("snli", ("train", "dev"), shared_data) == {
        "snli/train": shared_data / "snli" / "train.jsonl",
        "snli/dev": shared_data / "snli" / "dev.jsonl",
    }
