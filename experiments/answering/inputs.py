"""How the questions of a study became rows of a model, and what is known of them before anything is answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from experiments.answering.questions import HasParts
from experiments.answering.study import Approach
from experiments.data.examples import Question
from experiments.data.parts import TEST
from experiments.metrics.squad import normalize_answer


@dataclass(frozen=True)
class Inputs:
    """How questions became rows: `lengths` are the tokens of question and paragraph together, before any cut.

    `rows` are the windows of each question; `truncated` says of which ones something was cut off.
    """

    lengths: tuple[int, ...]
    rows: tuple[int, ...]
    truncated: tuple[bool, ...]


class Prepared(HasParts, Protocol):
    """What these tables are made from: the questions of each part, and what each approach made of them, by part."""

    inputs: Sequence[tuple[Approach, Mapping[str, Inputs]]]


def input_rows(found: Prepared) -> Iterator[dict[str, object]]:
    """How the questions of each part became rows of the model."""
    for approach, by_part in found.inputs:
        for part, inputs in by_part.items():
            yield {
                "approach": approach.name,
                "part": part,
                "model": approach.model.name,
                "max_tokens": approach.training.max_tokens,
                "n": len(inputs.rows),
                "rows": sum(inputs.rows),
                "windowed": sum(rows > 1 for rows in inputs.rows),
                "truncated": sum(inputs.truncated),
                "longest": max(inputs.lengths),
            }


def question_rows(found: Prepared) -> Iterator[dict[str, object]]:
    """The test questions, and how each approach reads them."""
    for approach, by_part in found.inputs:
        inputs = by_part[TEST]
        for index, question in enumerate(found.parts.test):
            yield {
                "approach": approach.name,
                "id": question.id,
                **_features(question),
                "tokens": inputs.lengths[index],
                "windows": inputs.rows[index],
                "truncated": inputs.truncated[index],
            }


def _features(question: Question) -> dict[str, object]:
    asked, read = _words(question.question), _words(question.context)
    shared = len(set(asked) & set(read)) / len(set(asked)) if asked else None
    return {"question_words": len(asked), "context_words": len(read), "overlap": shared}


def _words(text: str) -> list[str]:
    """Words as the scores count them: without case, punctuation and articles."""
    return normalize_answer(text).split()
