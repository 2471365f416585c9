"""The best spans against a search through all of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from experiments.answering.extractive import rank_spans
from experiments.answering.windows import Window

CONTEXT = "a bc def g hi jkl m"
OFFSETS = ((0, 1), (2, 4), (5, 8), (9, 10), (11, 13), (14, 17), (18, 19))
logits = st.integers(-8, 8)


def window(first: int, last: int) -> Window:
    """A question of two tokens, then the words from `first` to `last` of the paragraph."""
    offsets = OFFSETS[first:last]
    return Window((1,) * (len(offsets) + 4), None, 0, 3, offsets)


@st.composite
def windows_with_logits(draw):
    parts = [window(0, 4), window(2, 6), window(5, 7)]
    return [
        (
            part,
            *(
                np.array(draw(st.lists(logits, min_size=len(part.ids), max_size=len(part.ids))), dtype=np.float32)
                for _ in range(2)
            ),
        )
        for part in parts
    ]


@given(windows_with_logits(), st.integers(1, 4), st.integers(1, 60))
def test_the_best_spans_are_those_of_a_full_search(windows, longest, best):
    scores: dict[tuple[int, int], float] = {}
    for part, starts, ends in windows:
        for i, (start, _) in enumerate(part.offsets):
            for j, (_, end) in enumerate(part.offsets):
                if i <= j < i + longest:
                    score = float(starts[3 + i] + ends[3 + j])
                    scores[start, end] = max(score, scores.get((start, end), -np.inf))
    found = rank_spans(windows, CONTEXT, best, longest)
    assert found.null == min(float(starts[0] + ends[0]) for _, starts, ends in windows)
    expected = sorted(scores.values(), reverse=True)[: len(found.spans)]
    assert [span.score for span in found.spans] == expected
    assert all(scores[span.start, span.end] == span.score for span in found.spans)
    assert found.spans[0].score == max(scores.values())
    assert len(found.spans) <= best


def test_spans_without_a_visible_character_do_not_count():
    blank = Window((1, 1, 1), None, 0, 1, ((0, 0),))
    assert rank_spans([(blank, np.zeros(3), np.zeros(3))], " ", 5, 5).spans == ()


def test_a_window_without_a_word_of_the_paragraph():
    empty = Window((1, 1), None, 0, 1, ())
    assert rank_spans([(empty, np.ones(2), np.ones(2))], "", 5, 5) == ((), 2.0)
