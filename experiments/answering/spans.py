"""From the logits of all windows of a question to its best spans."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.answering.windows import Window


class Span(NamedTuple):
    """Characters `start` to `end` of the paragraph; `score` is the sum of the two logits."""

    start: int
    end: int
    score: float


class Ranked(NamedTuple):
    """The best spans, best first, and the score of giving none: the lowest of all windows', since a window that does
    not hold the answer is right to say so."""

    spans: tuple[Span, ...]
    null: float


def rank_spans(
    windows: Iterable[tuple[Window, NDArray, NDArray]], context: str, best: int, max_answer_tokens: int
) -> Ranked:
    """The `best` spans of at most `max_answer_tokens` over windows with their start and end logits (tokens,).

    Every span is tried, not only those of the likeliest starts and ends. A span in two windows counts with its higher
    score, one without a visible character not at all.
    """
    found: dict[tuple[int, int], float] = {}
    nulls = []
    for window, starts, ends in windows:
        nulls.append(float(starts[window.null] + ends[window.null]))
        for first, last, score in _best_pairs(window, starts, ends, best, max_answer_tokens):
            span = window.offsets[first][0], window.offsets[last][1]
            if context[span[0] : span[1]].strip() and score > found.get(span, -np.inf):
                found[span] = score
    ranked = sorted((Span(*span, score) for span, score in found.items()), key=lambda s: (-s.score, s.start, s.end))
    return Ranked(tuple(ranked[:best]), min(nulls))


def _best_pairs(
    window: Window, starts: NDArray, ends: NDArray, best: int, longest: int
) -> Iterator[tuple[int, int, float]]:
    """The pairs of places in the window's part of the paragraph with the highest sums."""
    n = len(window.offsets)
    if n == 0:
        return
    part = slice(window.first, window.first + n)
    sums = starts[part].astype(np.float64)[:, None] + ends[part].astype(np.float64)[None, :]
    length = np.arange(n)[None, :] - np.arange(n)[:, None]
    sums[(length < 0) | (length >= longest)] = -np.inf
    flat = sums.ravel()
    chosen = np.argpartition(-flat, min(best, flat.size - 1))[:best] if flat.size > best else np.arange(flat.size)
    for index in chosen[np.isfinite(flat[chosen])]:
        yield int(index) // n, int(index) % n, float(flat[index])
