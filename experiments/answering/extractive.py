"""Answers as spans of the paragraph, by the two logits that a question-answering head gives every token."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.answering.candidates import Candidate
from experiments.answering.questions import for_scoring
from experiments.answering.readers import Inputs, Show
from experiments.answering.spans import rank_spans
from experiments.answering.study import Extractive
from experiments.answering.windows import Encoded, Window, encode
from experiments.data.examples import Question
from experiments.metrics.squad import score_question
from experiments.models.batching import TOKENS_AT_ONCE, by_length
from experiments.models.load import Loaded
from experiments.training.batches import Collate, TrainingRow
from experiments.training.faults import out_of_memory_is_said

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from transformers import PreTrainedModel


@dataclass(frozen=True)
class ExtractiveReader:
    """See `readers.Reader`."""

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

    def _candidate(self, question: Question, windows: Sequence[tuple[Window, "NDArray", "NDArray"]]) -> Candidate:
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
) -> list[tuple["NDArray", "NDArray"]]:
    """Start and end logits of each row, in the order of the rows. Raises TrainingError where memory runs out."""
    import torch

    collate, found = Collate(pad_id), {}
    model.eval()
    with out_of_memory_is_said(what), torch.inference_mode():
        lengths = [len(row["input_ids"]) for row in rows]
        for batch in show(list(by_length(lengths, TOKENS_AT_ONCE[model.device.type])), what):
            inputs = collate([rows[index] for index in batch])
            output = model(**{name: tensor.to(model.device) for name, tensor in inputs.items()})
            starts, ends = (logits.float().cpu().numpy() for logits in (output.start_logits, output.end_logits))
            for place, index in enumerate(batch):
                length = len(rows[index]["input_ids"])
                found[index] = starts[place, :length], ends[place, :length]
    return [found[index] for index in range(len(rows))]
