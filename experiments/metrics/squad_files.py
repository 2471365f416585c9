"""Data and predictions in the official SQuAD format, version 2 or 1; in version 1 every question has an answer."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from experiments.metrics.squad import Question
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import shown_path
from experiments.tables.strict_json import json_value


class Predictions(NamedTuple):
    """Answers by question id, the last of an id given twice; the ids that were; and no-answer probabilities if any."""

    answers: dict[str, str]
    duplicates: list[str]
    no_answer: dict[str, float] | None = None


def read_questions(path: Path) -> list[Question]:
    """The questions of a data file, in its order, an id that stands twice included twice.

    Whether a question can be answered is decided by its answers, as the official script does: `is_impossible` is not
    read. Raises UserError with the place inside the file where it is not in the official format.
    """
    content = read_json(path)
    where = shown_path(path)
    articles = content.get("data") if isinstance(content, dict) else None
    if not isinstance(articles, list):
        raise UserError(f'{where}: not SQuAD data: expected {{"data": [articles]}}, found {name_kind(content)}')
    questions = [
        question
        for number, article in enumerate(articles)
        for question in _of_article(article, f"data[{number}]", where)
    ]
    if not questions:
        raise UserError(f"{where}: there are no questions in it")
    return questions


def read_predictions(path: Path) -> Predictions:
    """The answers of a prediction file, "" to abstain.

    It is one JSON object from question id to answer, or a list as the metrics squad and squad_v2 of `evaluate` take
    it: {"id", "prediction_text"}, with "no_answer_probability" in each or in none. Raises UserError naming the question
    whose answer is no text or whose probability is no number.
    """
    duplicates: list[str] = []
    content = read_json(path, duplicates)
    where = shown_path(path)
    if isinstance(content, list) and content:
        return _of_list(content, where)
    if not isinstance(content, dict):
        raise UserError(f'{where}: not SQuAD predictions: expected {{"id": "answer", …}}, found {name_kind(content)}')
    for key, answer in content.items():
        if not isinstance(answer, str):
            hint = '; write "" to abstain' if answer is None else ""
            raise UserError(f"{where}: question {printable(key)}: the answer is {name_kind(answer)}, not a text{hint}")
    return Predictions(content, duplicates)


def _of_list(entries: list, where: str) -> Predictions:
    """The predictions in the form of `evaluate`."""
    answers: dict[str, str] = {}
    no_answer: dict[str, float] = {}
    duplicates = []
    for number, entry in enumerate(entries):
        key, answer = (entry.get(name) if isinstance(entry, dict) else None for name in ("id", "prediction_text"))
        if not isinstance(key, str) or not isinstance(answer, str):
            lacking = "prediction_text" if isinstance(key, str) else "id"
            raise UserError(
                f'{where}: not SQuAD predictions: expected {{"id": "answer", …}}, found a list of which [{number}] has '
                f"no text called {lacking}"
            )
        if key in answers:
            duplicates.append(key)
        answers[key] = answer
        if "no_answer_probability" in entry:
            no_answer[key] = check_probability(entry["no_answer_probability"], key, where)
    if no_answer and (without := [key for key in answers if key not in no_answer]):
        what = f"question {printable(without[0])} has no no_answer_probability, and others have one"
        raise UserError(f"{where}: {what}; give it for all or for none")
    return Predictions(answers, list(dict.fromkeys(duplicates)), no_answer or None)


def check_probability(value: object, question: str, where: str) -> float:
    """The no-answer probability of a question, or a score that grows with it. Raises UserError where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        what = "NaN" if isinstance(value, float) else name_kind(value)
        raise UserError(f"{where}: question {printable(question)}: the probability is {what}, not a number")
    return value


def _of_article(article: object, place: str, where: str) -> Iterator[Question]:
    for p, paragraph in enumerate(_list_in(article, "paragraphs", place, where)):
        here = f"{place}.paragraphs[{p}]"
        for q, qa in enumerate(_list_in(paragraph, "qas", here, where)):
            at = f"{here}.qas[{q}]"
            answers = _list_in(qa, "answers", at, where)
            texts = [_text_in(answer, "text", f"{at}.answers[{a}]", where) for a, answer in enumerate(answers)]
            yield Question(_text_in(qa, "id", at, where), here, tuple(texts))


def _list_in(holder: object, key: str, place: str, where: str) -> list:
    found = holder.get(key) if isinstance(holder, dict) else None
    if not isinstance(found, list):
        raise UserError(f"{where}: not SQuAD data: {place} has no list called {key}")
    return found


def _text_in(holder: object, key: str, place: str, where: str) -> str:
    found = holder.get(key) if isinstance(holder, dict) else None
    if not isinstance(found, str):
        raise UserError(f"{where}: not SQuAD data: {place} has no text called {key}")
    return found


def read_json(path: Path, twice: list[str] | None = None) -> object:
    """What a JSON file holds; keys that stand twice in one object are noted in `twice`.

    Raises UserError with the place where it cannot be read.
    """
    where = shown_path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"{where}: cannot be read: {error.strerror}") from None
    if data.startswith(b"\x1f\x8b"):
        raise UserError(f"{where}: compressed by gzip, not JSON; unpack it with gunzip")
    return json_value(data.removeprefix(codecs.BOM_UTF8), where, [] if twice is None else twice, constants=True)


def name_kind(value: object) -> str:
    """What kind of JSON value it is, in words."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
