"""YAML that somebody prepared: refused within the bounds, and nothing of it runs."""

import pytest
import yaml

from experiments.tables import safe_yaml

LAUGHS = "a0: &a0 [lol]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
HOSTILE = {
    "a billion laughs": LAUGHS,
    "laughs by twos": "a0: &a0 {}\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)),
    "a list that holds itself": "a: &a [*a]",
    "a mapping that holds itself": "a: &a {b: {c: *a}}",
    "lists in lists": "[" * 200 + "]" * 200,
    "lists in lists, deeper": "[" * 100_000,
    "mappings in mappings": "".join(f"{' ' * n}a:\n" for n in range(200)) + " " * 200 + "a: 1",
    "levels made by aliases": "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 80)),
    "a number of many digits": "a: " + "9" * 5000,
    "a number of many digits, in base 16": "a: 0x" + "f" * 5000,
    "a command": "a: !!python/object/apply:os.system ['true']",
    "a module": "a: !!python/module:os",
    "no integer": "a: !!int x",
    "no time": "a: !!timestamp x",
    "no truth value": "a: !!bool 7",
    "a day that no calendar has": "a: 2026-13-45",
    "a list as a key": "? [a, b]\n: c",
    "an alias of nothing": "a: *b",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_hostile_is_refused(what):
    with pytest.raises(yaml.YAMLError):
        safe_yaml.load(HOSTILE[what])


def test_the_place_of_what_is_too_much_is_known():
    with pytest.raises(yaml.MarkedYAMLError) as refused:
        safe_yaml.load("first: 1\nsecond: &a [*a]\n")
    assert refused.value.problem_mark.line == 1


def test_aliases_and_levels_of_people_are_read():
    text = "base: &base {a: 1, b: [1, 2]}\nother: {<<: *base, c: *base}\n"
    assert safe_yaml.load(text)["other"] == {"a": 1, "b": [1, 2], "c": {"a": 1, "b": [1, 2]}}
    assert safe_yaml.load("[" * 50 + "]" * 50)
    assert safe_yaml.load("") is None


def test_a_huge_file_is_not_read(tmp_path):
    with (tmp_path / "a.yaml").open("wb") as file:
        file.truncate(10 * 2**30)  # a hole on the disk
    with pytest.raises(yaml.YAMLError, match="larger than"):
        safe_yaml.read_text(tmp_path / "a.yaml")
