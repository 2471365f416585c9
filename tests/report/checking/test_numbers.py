"""Every number in a text is found once, with its value, whatever stands around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.checking.numbers import find_numbers

WORDS = st.text(alphabet="abcdefg (),;:“”é", min_size=0, max_size=12).map(lambda text: f"{text} ")


@given(before=WORDS, after=WORDS, number=st.integers(0, 10**9))
def test_an_integer_is_found_with_and_without_its_groups(before, after, number):
    for written in (str(number), f"{number:,}", f"{number:,}".replace(",", "\u202f")):
        (found,) = find_numbers(f"{before}{written} {after}")
        assert (found.value, found.decimals) == (number, 0)


@given(
    before=WORDS,
    number=st.decimals(-10_000, 10_000, places=3, allow_nan=False),
    percent=st.sampled_from(["", "%", " %"]),
)
def test_a_decimal_reads_back_at_its_digits(before, number, percent):
    written = f"{number:.3f}".replace("-", "−")
    (found,) = find_numbers(f"{before}{written}{percent}.")
    assert found.equals(float(number))
    assert found.percent == bool(percent)
    assert not found.equals(float(number) + 0.0011)
    assert found.text.strip().startswith(written)


@given(st.lists(st.integers(0, 9999), min_size=1, max_size=8))
def test_all_are_found_in_order(numbers):
    assert [found.value for found in find_numbers(" and ".join(map(str, numbers)))] == numbers


@given(st.text(max_size=60))
def test_any_text_is_read_and_every_digit_is_in_one_number(text):
    found = list(find_numbers(text))
    digits = [place for place, character in enumerate(text) if character in "0123456789"]
    assert all(sum(number.start <= place < number.end for number in found) == 1 for place in digits)
    assert all(text[number.start : number.end] == number.text for number in found)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("8-bit, not −8 or (-8)", [8, -8, -8]),
        ("from 1–2 to 3-4", [1, 2, 3, 4]),
        ("p < .05 and 2.5e−4", [0.05, 2.5e-4]),
        ("version 0.1.0", [0.1, 0.0]),
        ("a share of ½", [0.5]),
        ("⅞ of them, and ⅑", [0.875, 1 / 9]),
        ("９５．３ ％ and 9\u200b5", [95.3, 95]),
        ("smollm2 has 3x", [2, 3]),
        ("ninety-five percent, and five models", [None]),
        ("It took forty minutes, two hours and eleven gigabytes.", [None, None, None]),
        ("seven of the ten, not one of the two", [None]),
        ("a score of eighty-eight", [None]),
        ("for three days", [None]),
        ("two of them, three kinds, four-bit", []),
    ],
)
def test_signs_names_and_words(text, values):
    assert [found.value for found in find_numbers(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "XCV percent",
        "CDXX points",
        "Ⅶ of them",
        "⒋ of them",
        "a dozen points",
        "half a dozen",
        "a score of points",
        "hundreds of milliseconds",
        "seven million words",
        "zero percent",
        "ninety-percent",
        "five microseconds",
        "ni\u00adnety percent",
        "nine in ten",
        "three out of four",
        "ninety-five point three",
        "it is ⁹⁵ high",
        "⑨⑤",
        "ninety-five percent",
        "nine answers in ten.",
        "nine answers in ten are right",
        "a model with ninety-five accuracy",
    ],
)
def test_a_number_written_otherwise_is_found(text):
    assert [number.value for number in find_numbers(text)] == [None]


@pytest.mark.parametrize(
    "text",
    [
        "m² and 10⁻⁵",
        "one of them",
        "a five-fold way",
        "H₂O",
        "two in a row",
        "CI points to it, a CD of it",
        "a score of it",
        "a dozen",
        "a thirty-two-bit float of the twenty-first kind",
        "two runs in five folds",
    ],
)
def test_what_only_looks_like_a_number_is_none(text):
    assert all(number.value == 10 for number in find_numbers(text))


@pytest.mark.parametrize("text", ["1e400", "0e400", f"1e{'9' * 5000}", "9" * 5000, f"0e-{'9' * 400}"])
def test_numbers_beyond_every_float_are_compared_too(text):
    (found,) = find_numbers(f"It is {text} long.")
    assert found.text == text
    assert not found.equals(1.0)
