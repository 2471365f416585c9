"""Answers as spans of the paragraph, by the two logits that a question-answering head gives every token."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.answering.inputs import Inputs
from experiments.answering.questions import for_scoring
from experiments.answering.reading import Candidate, Show
from experiments.answering.study import Extractive
from experiments.answering.windows import Encoded, Window, encode
from experiments.data.examples import Question
from experiments.metrics.squad import score_question
from experiments.models.batching import TOKENS_AT_ONCE, by_length
from experiments.models.by_batch import by_batch, packed, unpacked
from experiments.models.load import Loaded
from experiments.training.batches import Collate, TrainingRow
from experiments.training.faults import raise_on_oom

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class Span(NamedTuple):
    """Characters `start` to `end` of the paragraph; `score` is the sum of the two logits."""

    start: int
    end: int
    score: float


class Ranked(NamedTuple):
    """The best spans, best first, and the score of giving none.

    That score is the lowest of all windows', since a window that does not hold the answer is right to say so.
    """

    spans: tuple[Span, ...]
    null: float


@dataclass(frozen=True)
class ExtractiveReader:
    """See `reading.Reader`."""

    approach: Extractive
    loaded: Loaded

    def inputs(self, questions: Sequence[Question]) -> Inputs:
        encoded = self._encoded(questions)
        lengths = []
        for windows in encoded.windows:
            shared = self.approach.stride * (len(windows) - 1)
            lengths.append(windows[0].first + 1 + sum(len(window.offsets) for window in windows) - shared)
        return Inputs(tuple(lengths), tuple(map(len, encoded.windows)), encoded.truncated)

    def training_rows(self, questions: Sequence[Question]) -> list[TrainingRow]:
        """Every window; its targets are those of the first answer, or the null place where it is not in the window."""
        rows = []
        for question, windows in zip(questions, self._encoded(questions).windows, strict=True):
            first = question.answers[0] if question.answers else None
            answer = (first.start, first.start + len(first.text)) if first else None
            rows.extend({**window.row, **window.targets(answer)} for window in windows)
        return rows

    def candidates(
        self,
        model: "PreTrainedModel",
        questions: Sequence[Question],
        count_tokens: Callable[[int], None],
        show: Show,
        what: str,
    ) -> list[Candidate]:
        found = self._encoded(questions).windows
        rows = [window.row for windows in found for window in windows]
        logits = iter(_logits(model, rows, self.loaded.tokenizer.pad_token_id, show, what))
        count_tokens(sum(len(row["input_ids"]) for row in rows))
        return [
            self._candidate(question, [(window, *next(logits)) for window in windows])
            for question, windows in zip(questions, found, strict=True)
        ]

    def _candidate(self, question: Question, windows: Sequence[tuple[Window, NDArray, NDArray]]) -> Candidate:
        spans, null = rank_spans(windows, question.context, self.approach.best, self.approach.max_answer_tokens)
        if not spans:
            return Candidate(question.id, "", None)
        texts = [question.context[span.start : span.end] for span in spans]
        gold = for_scoring(question)
        right = (rank for rank, text in enumerate(texts, start=1) if score_question(gold, text).exact)
        best = spans[0]
        return Candidate(question.id, texts[0], best.score - null, best.start, best.end, next(right, None))

    def _encoded(self, questions: Sequence[Question]) -> Encoded:
        return encode(self.loaded, questions, self.approach.training.max_tokens, self.approach.stride)


def _logits(
    model: "PreTrainedModel", rows: Sequence[TrainingRow], pad_id: int, show: Show, what: str
) -> list[tuple[NDArray, NDArray]]:
    """Start and end logits of each row, in the order of the rows. Raises TrainingError where memory runs out."""
    import torch

    collate, found = Collate(pad_id), {}

    def find(batch: list[int]) -> list[tuple[str, str]]:
        inputs = collate([rows[index] for index in batch])
        output = model(**{name: tensor.to(model.device) for name, tensor in inputs.items()})
        starts, ends = (logits.float().cpu().numpy() for logits in (output.start_logits, output.end_logits))
        within = [slice(len(rows[index]["input_ids"])) for index in batch]
        return [(packed(starts[place, row]), packed(ends[place, row])) for place, row in enumerate(within)]

    model.eval()
    with raise_on_oom(what), torch.inference_mode():
        lengths = [len(row["input_ids"]) for row in rows]
        batches = show(list(by_length(lengths, TOKENS_AT_ONCE[model.device.type])), what)
        for batch, said in by_batch(batches, find, model.device.type):
            found |= {index: (unpacked(start), unpacked(end)) for index, (start, end) in zip(batch, said, strict=True)}
    return [found[index] for index in range(len(rows))]


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
