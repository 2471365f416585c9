"""A text reads without what nobody sees, and in Latin letters where others look like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.checking.disguises import as_read

SEEN = st.text(alphabet="abc Xyz.,;-–—“”’é1209²½°×\u00a0\u202f", max_size=20)
UNSEEN = st.sampled_from(["\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u202e", "\ufe0f"])


@given(st.lists(st.tuples(SEEN, UNSEEN), max_size=5))
def test_what_nobody_sees_is_left_out_and_all_else_stays_in_its_place(parts):
    text = "".join(seen + unseen for seen, unseen in parts)
    read = as_read(text)
    assert read.text == "".join(seen for seen, _ in parts)
    assert [text[place] for place in read.places[:-1]] == list(read.text)
    assert len(read.places) == len(read.text) + 1


@given(st.text(max_size=40))
def test_any_text_is_read_and_each_part_has_a_place(text):
    read = as_read(text)
    for start in range(len(read.text)):
        first, last = read.place(start, start + 1)
        assert 0 <= first < last <= len(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("b\u0435tt\u0435r", "better"),
        ("w\u03bfrse", "worse"),
        ("\uff34\uff4f\uff50 \uff05", "Top %"),
        ("e\ufb03cient", "efficient"),
        ("r\u0131ses", "rises"),
        ("on\u2011par", "on-par"),
        ("m² of café", "m² of café"),
        ("лучше", "лучше"),
        ("μ and Σ", "μ and Σ"),
    ],
)
def test_letters_that_look_like_latin_ones(text, plain):
    assert as_read(text).text == plain
