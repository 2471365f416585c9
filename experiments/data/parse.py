"""From rows to typed examples: labels by their codes, spans that stand where they say, numbers that are some."""

import hashlib
import math
from collections.abc import Callable, Mapping
from typing import Literal

from experiments.data.errors import DataError
from experiments.data.examples import Answer, Example, Instruction, Movie, Pair, Question, Sentence
from experiments.data.rows import Row

Kind = Literal["sentence", "pair", "question", "instruction", "movie"]
Labels = Mapping[str, str | None]  # what a file writes -> our label; None for "the annotators did not agree"

COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    "sentence": ("sentence", "label"),
    "pair": ("premise", "hypothesis", "label"),
    "question": ("id", "question", "context", "answers"),
    "instruction": ("instruction", "input", "output"),
    "movie": ("movie_id", "movie_name", "year", "certificate", "rating", "genre", "description", "director", "star"),
}


def parse(kind: Kind, row: Row, split: str, labels: Labels) -> Example | None:
    """The example in `row`; None for one without a label. Raises DataError."""
    return PARSERS[kind](row, f"{split}-{row.number + 1}", labels)


def _sentence(row: Row, name: str, labels: Labels) -> Sentence | None:
    label = _label(row, labels)
    return None if label is None else Sentence(name, _text(row, "sentence"), label)


def _pair(row: Row, name: str, labels: Labels) -> Pair | None:
    label = _label(row, labels)
    return None if label is None else Pair(name, _text(row, "premise"), _text(row, "hypothesis"), label)


def _question(row: Row, name: str, labels: Labels) -> Question:
    context = row.cells["context"]
    if not isinstance(context, str) or not context.strip():
        raise DataError(row.where, "context is empty")
    answers = tuple(_answers(row, context))
    impossible = row.cells.get("is_impossible", not answers)
    if not isinstance(impossible, bool) or impossible != (not answers):
        raise DataError(row.where, f"is_impossible is {impossible}, but there are {len(answers)} answers")
    title = str(row.cells.get("title", ""))
    paragraph = hashlib.sha256(f"{title}\n{context}".encode()).hexdigest()[:12]
    return Question(_text(row, "id"), _text(row, "question"), context, title, paragraph, answers)


def _answers(row: Row, context: str) -> list[Answer]:
    """SQuAD's list of {text, answer_start}, or the hub's {text: [...], answer_start: [...]}; equal ones once."""
    found = row.cells["answers"]
    if isinstance(found, dict) and isinstance(found.get("text"), list) and isinstance(found.get("answer_start"), list):
        found = [{"text": t, "answer_start": s} for t, s in zip(found["text"], found["answer_start"], strict=False)]
    if not isinstance(found, list):
        raise DataError(row.where, "answers is no list")
    answers = []
    for answer in found:
        text, start = (answer.get("text"), answer.get("answer_start")) if isinstance(answer, dict) else (None, None)
        if not isinstance(text, str) or not isinstance(start, int) or isinstance(start, bool):
            raise DataError(row.where, "an answer needs a text and an answer_start")
        if not text or start < 0 or context[start : start + len(text)] != text:
            raise DataError(row.where, f"the answer {text!r} does not stand at character {start} of the context")
        answers.append(Answer(text, start))
    return list(dict.fromkeys(answers))


def _instruction(row: Row, name: str, labels: Labels) -> Instruction:
    return Instruction(name, _text(row, "instruction"), _text(row, "input", True), _text(row, "output", True))


def _movie(row: Row, name: str, labels: Labels) -> Movie:
    return Movie(
        id=_text(row, "movie_id"),
        name=_text(row, "movie_name"),
        year=int(_number(row, "year", 1880, 2100)),
        certificate=_text(row, "certificate"),
        rating=_number(row, "rating", 0, 10),
        genres=_listed(row, "genre"),
        description=_text(row, "description"),
        director=_text(row, "director", may_be_empty=True),
        stars=_listed(row, "star"),
    )


PARSERS: Mapping[Kind, Callable[[Row, str, Labels], Example | None]] = {
    "sentence": _sentence,
    "pair": _pair,
    "question": _question,
    "instruction": _instruction,
    "movie": _movie,
}


def _text(row: Row, column: str, may_be_empty: bool = False) -> str:
    value = row.cells[column]
    if not isinstance(value, str):
        raise DataError(row.where, f"{column} is no text")
    if not value.strip() and not may_be_empty:
        raise DataError(row.where, f"{column} is empty")
    return value.strip()


def _listed(row: Row, column: str) -> tuple[str, ...]:
    parts = (part.strip() for part in _text(row, column, may_be_empty=True).split(","))
    return tuple(part for part in parts if part)


def _number(row: Row, column: str, low: float, high: float) -> float:
    value = row.cells[column]
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        raise DataError(row.where, f"{column} is {value!r}; it must be a number from {low} to {high}")
    return number


def _label(row: Row, labels: Labels) -> str | None:
    said = str(row.cells["label"]).strip()
    if said not in labels:
        raise DataError(row.where, f"unknown label {said!r}; known: {', '.join(labels)}")
    return labels[said]
