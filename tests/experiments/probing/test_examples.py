"""Which examples are probed, what they are read as, and that no target stands in a prompt."""

import re
from dataclasses import replace

import pytest

from experiments.data.examples import Sentence
from experiments.data.load import load_split
from experiments.data.registry import dataset_entry
from experiments.probing import examples as chosen_examples
from experiments.probing.examples import choose, filled
from experiments.study_files import load_study
from experiments.tables.errors import UserError
from experiments.tables.locations import PACKAGE_ROOT
from tests import shared

MOVIE = dataset_entry("smoke-movies").example_type(
    "m1", "Heat", 1995, "R", 8.3, ("Action", "Crime"), "A thief is hunted.", "Ada Holm", ("Ines Lund",)
)


@pytest.fixture
def chosen(study, monkeypatch):
    """`chosen(movies, …)`: what is taken of these movies by the smoke profile with what is said changed."""
    found = load_split("smoke-movies", "all")

    def make(movies, **changed):
        monkeypatch.setattr(chosen_examples, "load_split", lambda *_, **__: replace(found, examples=tuple(movies)))
        return choose(study(**changed).chosen, 0)

    return make


def movies(**fields):
    """Six movies of three certificates, with what is said of the first."""
    made = [
        replace(
            MOVIE,
            id=f"m{number}",
            name=f"Movie {number} {'abcdef'[number]}",
            rating=6.1 + number / 10,
            certificate=["R", "PG", "PG-13"][number % 3],
        )
        for number in range(6)
    ]
    return [replace(made[0], **fields), *made[1:]]


def test_a_prompt_is_the_template_with_the_fields_of_the_example():
    text = filled("{name} ({year}), {genres}. {description} Rating:", MOVIE)
    assert text.text == "Heat (1995), Action, Crime. A thief is hunted. Rating:"
    assert {name: text.text[slice(*span)] for name, span in text.spans.items()} == {
        "name": "Heat",
        "year": "1995",
        "genres": "Action, Crime",
        "description": "A thief is hunted.",
    }


def test_an_empty_prompt_is_refused():
    with pytest.raises(UserError, match="the prompt of example s-1 is empty"):
        filled("{text} ", Sentence("s-1", "  ", "positive"))


def test_unrated_and_undescribed_movies_are_left_out_and_counted(chosen):
    rest = movies()
    found = chosen([replace(rest[0], rating=0.0), replace(rest[1], description="Add a Plot"), *rest[2:]])
    assert [example.id for example in found.examples] == ["m2", "m3", "m4", "m5"]
    assert [(step.rule, step.left_out) for step in found.steps][1:3] == [("is not rated", 1), ("is not described", 1)]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"description": "Rated PG-13 for violence."}, True),
        ({"description": "A film rated r by the board."}, True),  # its own, in lower case
        ({"description": "He scores PG, then leaves."}, True),  # not its own, but of another
        ({"description": "Rural. A PGA golfer's PG13 game."}, False),  # no such word
        ({"description": "It has a rating of 6.3."}, True),
        ({"description": "It takes 16.3 minutes, version 6.3.1, and 7 men."}, False),
        ({"description": "A 6 of 10."}, False),
    ],
)
def test_no_value_of_a_target_stands_in_a_prompt_as_a_word(chosen, fields, told):
    found = chosen(movies(**fields))
    assert ("m0" not in {example.id for example in found.examples}) == told
    assert sum(step.left_out for step in found.steps) == told


def test_whoever_repeats_a_prompt_is_left_out(chosen):
    twice = movies()
    found = chosen([*twice, replace(twice[2], id="again", name=twice[2].name.upper() + "!")])
    assert [example.id for example in found.examples] == [movie.id for movie in twice]


def test_rare_classes_and_long_prompts_are_left_out_and_a_draw_is_the_seeds(chosen):
    many = [
        replace(MOVIE, id=str(number), name=f"Movie number {'x' * number}", certificate="PG" if number else "G")
        for number in range(30)
    ]
    target = {"kind": "classification", "field": "certificate", "at_least": 2}
    found = chosen(many, targets=[target], longest=100, n=5)
    assert len(found.examples) == 5
    assert "G" not in found.values("certificate")
    assert all(len(text.text) <= 100 for text in found.texts)
    assert found.examples == chosen(many, targets=[target], longest=100, n=5).examples
    with pytest.raises(UserError, match=re.escape("no example is left to probe")):
        chosen(many, longest=10)


@pytest.mark.parametrize("name", ["layer-probe-movies", "layer-probe-source-prompt"])
def test_the_real_movies_tell_no_target(name, monkeypatch):
    if not (shared.DATA / "imdb" / "action.csv").is_file():
        pytest.skip("no shared data folder")
    monkeypatch.setenv("COLOPHON_DATA_DIR", str(shared.DATA))
    study = load_study(name, PACKAGE_ROOT / "experiments" / "studies")
    found = choose(study.at("cpu").chosen, 0)
    assert len(found.examples) > 500
    values = {re.escape(value) for value in map(str, found.values("certificate"))}
    word = re.compile(rf"(?<!\w)({'|'.join(values)})(?!\w)")
    assert not [text.text for text in found.texts if word.search(text.text)]
    rated = zip(found.values("rating"), found.texts, strict=True)
    assert not [text.text for rating, text in rated if str(rating) in text.text.split()]
