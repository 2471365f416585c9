"""What is wrong in a data file is one line with its place."""

import json
import re

import pytest

from experiments.data.load import load_split
from experiments.tables.errors import UserError

FILES = {
    "sst2": ("dev", "sst2/dev.tsv"),
    "snli": ("dev", "snli/dev.jsonl"),
    "squad": ("dev", "squad/dev-v2.0.json"),
    "movies": ("all", "imdb/action.csv"),
}
HEADER = "movie_id,movie_name,year,certificate,rating,genre,description,director,star\n"
UNSURE = '{"premise": "a", "hypothesis": "b", "label": "-"}\n'


def squad(**question):
    entry = {"id": "q", "question": "who?", "answers": [{"text": "Ada", "answer_start": 0}], "is_impossible": False}
    paragraph = {"context": "Ada was here.", "qas": [entry | question]}
    return json.dumps({"data": [{"title": "T", "paragraphs": [paragraph]}]})


def movie(name="t", rating="5"):
    return f"{name},N,2000,PG,{rating},G,D,X,Y\n"


CASES = {
    "missing column": ("sst2", "sentence\tx\na\t1\n", "dev.tsv:1: there is no column label; there are sentence, x"),
    "unknown label": ("sst2", "sentence\tlabel\na\t1\nb\t7\n", "dev.tsv:3: unknown label '7'; known: 0, 1"),
    "ragged row": ("sst2", "sentence\tlabel\na\t1\tb\n", "dev.tsv:2: 3 cells, but the header has 2"),
    "empty text": ("sst2", "sentence\tlabel\n \t1\n", "dev.tsv:2: sentence is empty"),
    "empty split": ("sst2", "sentence\tlabel\n", "dev.tsv: the split dev of sst2 has no examples"),
    "empty file": ("sst2", "", "dev.tsv: the split dev of sst2 has no examples"),
    "not utf-8": ("sst2", b"sentence\tlabel\n\xff\t1\n", "is not UTF-8"),
    "cut-off line": ("snli", '{"premise": "a", "hyp', "dev.jsonl:1:18: not JSON"),
    "no object": ("snli", UNSURE + "[1]\n", "dev.jsonl:2: must be an object with named cells, not list"),
    "no gold label": ("snli", UNSURE, "the split dev of snli has no examples"),
    "other json": ("squad", '{"data": 3}', "neither a list of objects nor SQuAD's"),
    "cut-off json": ("squad", '{"data":\n [', "dev-v2.0.json:2:3: not JSON"),
    "nested json": ("squad", "[" * 100_000, "nested too deeply"),
    "no paragraphs": ("squad", '{"data": [{}]}', "data[0]: there is no list of paragraphs"),
    "answer elsewhere": (
        "squad",
        squad(answers=[{"text": "Eve", "answer_start": 0}]),
        "data[0].paragraphs[0].qas[0]: the answer 'Eve' does not stand at character 0",
    ),
    "wrong flag": ("squad", squad(is_impossible=True), "is_impossible is True, but there are 1 answers"),
    "no answer": ("squad", squad(answers=[3]), "an answer needs a text and an answer_start"),
    "rating in words": ("movies", HEADER + movie(rating="six"), "action.csv:2: rating is 'six'; it must be a number"),
    "rating not a number": ("movies", HEADER + movie(rating="nan"), "action.csv:2: rating is 'nan'"),
    "short row": ("movies", HEADER + "t,N\n", "action.csv:2: 2 cells, but the header has 9"),
    "same id": ("movies", HEADER + movie() + movie(), "action.csv:3: the id t stands a second time"),
    "open quote": ("movies", HEADER + movie() + 't,"N,2000', "action.csv:3: not CSV"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_data(write, case):
    name, content, message = CASES[case]
    split, file = FILES[name]
    folder = write(file, content)
    with pytest.raises(UserError, match=re.escape(message)) as error:
        load_split(name, split, folder)
    assert "\n" not in str(error.value)


def test_hostile_text_is_not_echoed_raw(write):
    folder = write("sst2/dev.tsv", "sentence\tlabel\na\t\x1b[31mred\n")
    with pytest.raises(UserError) as error:
        load_split("sst2", "dev", folder)
    assert str(error.value).isprintable()


def test_not_found_is_one_line_with_the_ways(tmp_path):
    with pytest.raises(UserError) as error:
        load_split("snli", "dev", tmp_path)
    message = str(error.value)
    assert "\n" not in message
    for part in ("snli/dev.jsonl", "--data-dir", "COLOPHON_DATA_DIR", "hub cache", "HF_HUB_OFFLINE"):
        assert part in message


def test_a_set_that_is_on_no_hub_says_where_it_comes_from(tmp_path):
    with pytest.raises(UserError, match=r"movies is not on this machine and not on the hub; .*kaggle.com"):
        load_split("movies", "all", tmp_path)


@pytest.mark.parametrize(("name", "split", "known"), [("sts2", "dev", "sst2"), ("sst2", "test", "train, dev")])
def test_an_unknown_name_lists_the_known(name, split, known):
    with pytest.raises(UserError, match=known):
        load_split(name, split)
