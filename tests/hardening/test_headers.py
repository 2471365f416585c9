"""A short part of the trials of damaged files."""

import random
from itertools import islice

import pytest

from experiments.tables.errors import UserError
from tests.hardening import damaged_weights, headers
from tests.hardening.contained import Case, try_all
from tests.hardening.damaged_weights import file_of


def test_damaged_files_are_read_or_refused_in_one_line():
    for trial in headers.trials(seed=7, of_weights=460, of_texts=0):
        assert trial.held == trial.tried, trial.failures[:3]


def test_the_full_run_has_ten_thousand_headers():
    classes = [group for group, _ in islice(damaged_weights.weights(random.Random(1)), headers.WEIGHTS)]
    assert sum("index" not in group for group in classes) >= 10_000


def allocate(path):
    return bytearray(2**24)


def say_two_lines(path):
    raise UserError("one\ntwo")


def crash(path):
    import ctypes

    ctypes.string_at(0)


def recurse(path):
    return recurse(path)


def turn(path):
    while True:
        pass


@pytest.mark.parametrize("read", [allocate, say_two_lines, crash, recurse, turn])
def test_harm_is_noticed_and_the_next_input_is_tried(read, monkeypatch):
    monkeypatch.setattr("tests.hardening.contained.SECONDS", 0.2)
    good = Case("good", file_of("a", b"x"), lambda path: path.read_bytes())
    first, second = try_all([Case("bad", file_of("a", b"x"), read), good])
    assert first.harm
    assert second.harm is None
