"""From what a run found to the rows of the tables that only a run can make; see `scores` for the others."""

from collections.abc import Iterator
from itertools import islice

from experiments.exits.results import Found, ModelFound, StudyFound, parts_of
from experiments.exits.terms import BERTSCORES, EXIT, NEW_TOKENS, ROUGE_L
from experiments.system import Row
from experiments.training.runs import cost_rows, curve_rows

TIMES, CHARACTERS = 3, 12
"""A text is repeated where a piece of it stands so many times in a row, in so many characters altogether."""


def answer_rows(found: StudyFound) -> Iterator[Row]:
    """What every exit answers, with the scores that an answer has by itself."""
    for model in found.models:
        scored = {
            (row["stage"], row["run"], row["depth"], row["id"]): row
            for row in model.statistics
            if (row["answer"], row["scored"]) == (EXIT, NEW_TOKENS)
        }
        for run, part in parts_of(model.outcome):
            for depth, said in part.answers.items():
                for example, answer in zip(found.parts.test, said, strict=True):
                    scores = scored[part.stage, run, depth, example.id]
                    yield {
                        **_about(model, part, run),
                        "depth": depth,
                        "id": example.id,
                        "text": answer.text,
                        "tokens": answer.tokens,
                        "stop": "end" if answer.ended else "limit",
                        "empty": is_empty(answer.text),
                        "repeated": is_repeated(answer.text),
                        **{name: scores[name] for name in (ROUGE_L, *BERTSCORES)},
                    }


def statistics_rows(found: StudyFound) -> Iterator[Row]:
    """The statistics from which all scores follow."""
    return (row for model in found.models for row in model.statistics)


def probability_rows(found: StudyFound) -> Iterator[Row]:
    """The followed tokens of the base model and the first seed."""
    for model in found.models:
        for run, part in islice(parts_of(model.outcome), 2):
            yield from ({**_about(model, part, run), **vars(token)} for token in part.followed)


def model_curve_rows(found: StudyFound) -> Iterator[Row]:
    """The learning curves of all models."""
    for model in found.models:
        yield from ({"model": model.exits.model.name, **row} for row in curve_rows(model.outcome.by_seed))


def model_cost_rows(found: StudyFound) -> Iterator[Row]:
    """What all models took."""
    for model in found.models:
        yield from cost_rows(model.outcome.shared, model.outcome.by_seed)


def input_rows(found: StudyFound) -> Iterator[Row]:
    """How the examples became prompts and references of the models."""
    return (row for model in found.models for row in model.inputs)


def prompt_rows(found: StudyFound) -> Iterator[Row]:
    """The shown prompts, in words of our own."""
    return (row for model in found.models for row in model.prompts)


def _about(model: ModelFound, part: Found, run: str) -> Row:
    return {"model": model.exits.model.name, "stage": part.stage, "run": run}


def is_empty(text: str) -> bool:
    """Whether it has no visible character."""
    return not text.strip()


def is_repeated(text: str) -> bool:
    """Whether a piece of it, of any length, stands `TIMES` in a row or more, in `CHARACTERS` or more altogether.

    "no no no no no" does, and so does "............", but not "ha ha ha" or "3.3.3.": they are too short to be a loop.
    """
    return any(_longest_run(text, period) >= max(TIMES * period, CHARACTERS) for period in _periods(text))


def _periods(text: str) -> range:
    return range(1, len(text) // TIMES + 1)


def _longest_run(text: str, period: int) -> int:
    """The length of the longest part of `text` in which every character is the one `period` before it."""
    longest = run = 0
    for before, after in zip(text, text[period:], strict=False):
        run = run + 1 if before == after else 0
        longest = max(longest, run)
    return longest + period
