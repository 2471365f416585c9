"""A question and its paragraph as rows for an extractive model, in overlapping windows where they are too long.

A row is

    <start> question <end> paragraph <end>

with the tokenizer's own start and end tokens (CLS and SEP, or BOS and EOS). The place that stands for "no answer" is
the first of an encoder, as in BERT (Devlin et al. 2019, section 4.3). In a decoder nothing but the start token itself
is seen there, so it is the last, which has read everything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.data.examples import Question
from experiments.models.families import family_of
from experiments.models.load import Loaded
from experiments.scoring.encoding import context_length
from experiments.tables.errors import UserError
from experiments.training.batches import TrainingRow

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

MAX_QUESTION_TOKENS = 64  # longer questions lose their end, as in the original BERT run_squad.py


@dataclass(frozen=True)
class Window:
    """One row. Its tokens from `first` on, as many as there are `offsets`, are the paragraph's.

    `offsets` are their first character in the paragraph, and the one after their last.
    """

    ids: tuple[int, ...]
    types: tuple[int, ...] | None
    null: int
    first: int
    offsets: tuple[tuple[int, int], ...]

    @property
    def row(self) -> TrainingRow:
        """What the model reads."""
        types = {} if self.types is None else {"token_type_ids": list(self.types)}
        return {"input_ids": list(self.ids), **types}

    def targets(self, answer: tuple[int, int] | None) -> dict[str, int]:
        """The places of the first and last token of the characters `answer`; the null place where they are not here.

        A window that holds a part of an answer only does not hold it.
        """
        if answer is None or not self.offsets or answer[0] < self.offsets[0][0] or answer[1] > self.offsets[-1][1]:
            return {"start_positions": self.null, "end_positions": self.null}
        start = next(place for place, (_, end) in enumerate(self.offsets) if end > answer[0])
        last = max(place for place, (begin, _) in enumerate(self.offsets) if begin < answer[1])
        return {"start_positions": self.first + start, "end_positions": self.first + last}


@dataclass(frozen=True)
class Encoded:
    """The windows of each question, in the order of the questions."""

    windows: tuple[tuple[Window, ...], ...]
    truncated: tuple[bool, ...]  # the question lost its end


def encode(loaded: Loaded, questions: Sequence[Question], max_tokens: int, stride: int) -> Encoded:
    """Windows of at most `max_tokens`; neighbours share `stride` tokens of the paragraph.

    Raises UserError where the model reads no rows as long, or a question leaves no room for its paragraph.
    """
    name, tokenizer = loaded.report.model, loaded.tokenizer
    limit = context_length(loaded.model.config)
    if limit is not None and max_tokens > limit:
        raise UserError(f"{name}: max_tokens is {max_tokens}, but the model reads {limit} at most")
    start = tokenizer.cls_token_id if tokenizer.cls_token_id is not None else tokenizer.bos_token_id
    end = tokenizer.sep_token_id if tokenizer.sep_token_id is not None else tokenizer.eos_token_id
    if start is None or end is None:
        raise UserError(f"{name}: its tokenizer has no start or no end token to set a question apart with")
    encoder = family_of(loaded.model.config.to_dict()) == "encoder"
    typed = encoder and "token_type_ids" in tokenizer.model_input_names
    asked = _tokens(tokenizer, [question.question for question in questions])
    read = _tokens(tokenizer, [question.context for question in questions])
    rows, truncated = [], []
    for question in questions:
        words = asked[question.question][0]
        head = [start, *words[:MAX_QUESTION_TOKENS], end]
        room = max_tokens - len(head) - 1
        if room <= stride:
            needed = len(head) + stride + 2
            raise UserError(f"{name}: question {question.id} needs windows of {needed} tokens; raise max_tokens")
        rows.append(tuple(_windows(head, end, *read[question.context], room, stride, encoder, typed)))
        truncated.append(len(words) > MAX_QUESTION_TOKENS)
    return Encoded(tuple(rows), tuple(truncated))


def _windows(
    head: list[int],
    end: int,
    ids: list[int],
    offsets: list[tuple[int, int]],
    room: int,
    stride: int,
    encoder: bool,
    typed: bool,
) -> Iterator[Window]:
    for begin in range(0, max(len(ids) - stride, 1), room - stride):
        part = ids[begin : begin + room]
        row = (*head, *part, end)
        yield Window(
            ids=row,
            types=(0,) * len(head) + (1,) * (len(part) + 1) if typed else None,
            null=0 if encoder else len(row) - 1,
            first=len(head),
            offsets=tuple(offsets[begin : begin + room]),
        )


def _tokens(
    tokenizer: "PreTrainedTokenizerBase", texts: Sequence[str]
) -> dict[str, tuple[list[int], list[tuple[int, int]]]]:
    """Ids and offsets of each distinct text; offsets without the white space that a token may begin with."""
    distinct = list(dict.fromkeys(texts))
    found = tokenizer(distinct, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    return {
        text: (ids, [_trimmed(text, *span) for span in offsets])
        for text, ids, offsets in zip(distinct, found["input_ids"], found["offset_mapping"], strict=True)
    }


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    return start, end
