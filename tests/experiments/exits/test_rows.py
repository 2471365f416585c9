"""What counts as an empty and as a repeated answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.exits.rows import CHARACTERS, TIMES, is_empty, is_repeated


@pytest.mark.parametrize(
    "text",
    ["no no no no no", "............", "He said: ha ha ha ha ha", "the cat, the cat, the cat, and", "a" * 12],
)
def test_loops(text):
    assert is_repeated(text)


@pytest.mark.parametrize("text", ["", "ha ha ha", "3.3.3.", "........", "the cat sat and the cat sat", "Mississippi"])
def test_no_loops(text):
    assert not is_repeated(text)


@given(st.text(max_size=20), st.text(min_size=1, max_size=6), st.integers(TIMES, 8), st.text(max_size=20))
def test_a_piece_is_found_wherever_it_stands(before, piece, times, after):
    if len(piece) * times >= CHARACTERS:
        assert is_repeated(before + piece * times + after)


@given(st.text("ab ", max_size=40))
def test_by_trying_everything(text):
    found = any(
        all(text[place] == text[place + period] for place in range(start, start + length - period))
        for period in range(1, len(text) // TIMES + 1)
        for length in [max(TIMES * period, CHARACTERS)]
        for start in range(len(text) - length + 1)
    )
    assert is_repeated(text) == found


def test_empty():
    assert is_empty("")
    assert is_empty(" \n")
    assert not is_empty(".")
