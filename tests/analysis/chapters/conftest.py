"""Small studies for the tests of chapters, in the very columns of the frozen tables, and readers of sentences."""

import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from analysis.chapters.common import Classifier, Study
from analysis.facts import Chapter, open_chapter
from analysis.this_report.probes import STUDY
from tests.analysis.reported import FROZEN

SEEDS = 3
CLEAR, UNCLEAR = 0.001, 0.4
"""A p-value below the level of tests, and one above it."""
_BLANK = {"string": "", "integer": 0, "number": 0.0, "boolean": False}


@cache
def _sidecar(table: str) -> Mapping:
    return json.loads((FROZEN / f"{table}.json").read_text("utf-8"))


@pytest.fixture
def freeze(book: Path, write_table) -> Callable[..., None]:
    """A function that freezes rows in the columns of the project's own table: `freeze("study/table", rows)`, or of the
    one that it is to be `like`.

    A cell that a row leaves out is missing where it may be, else 0, no text or false.
    """

    def freeze_(table: str, rows: Sequence[Mapping[str, object]], like: str | None = None, **more) -> None:
        sidecar = _sidecar(like or table)
        columns = {
            column["name"]: {name: said for name, said in column.items() if name != "name" and said is not None}
            for column in sidecar["columns"]
        }
        blank = {name: None if column.get("nullable") else _BLANK[column["type"]] for name, column in columns.items()}
        frozen = book / "experiments" / "frozen"
        rows = [{**blank, **row} for row in rows]
        write_table(frozen, table, sidecar["kind"], sidecar["key"], columns, rows, **more)

    return freeze_


@pytest.fixture
def published(book: Path) -> None:
    """The book holds what the sources print."""
    for study in FROZEN.glob("published-*"):
        (book / "experiments" / "frozen" / study.name).symlink_to(study)


@pytest.fixture
def counts(book: Path) -> None:
    """The book holds the exact parameter counts."""
    (book / "experiments" / "frozen" / "parameter-counts").symlink_to(FROZEN / "parameter-counts")


@pytest.fixture
def page(book: Path) -> Chapter:
    return open_chapter("story", unmarked="measured")


@pytest.fixture
def classifier(page) -> Classifier:
    """A study of a classifier, whose tables the test freezes."""
    return Classifier(page, "sst2-lora", "Study A", "study A")


@pytest.fixture
def questions(page) -> Study:
    """A study of question answering, whose tables the test freezes."""
    return Study(page, "squad-lora", "Questions", "questions")


@pytest.fixture
def early_exits(page) -> Study:
    """A study of early exits, whose tables the test freezes."""
    return Study(page, "early-exit-alpaca", "Exits")


@pytest.fixture
def judging(page) -> Study:
    """A study of judged answers, whose tables the test freezes."""
    return Study(page, "judge-by-layer")


@pytest.fixture
def probing(page) -> Study:
    """A study of probes, whose tables the test freezes."""
    return Study(page, STUDY)


@pytest.fixture
def study(freeze) -> Callable[..., None]:
    """A function that freezes scores and tests of a classifier: `study("zero-shot", (0.5, 0.6), (0.1, 0.01), seeds)`.

    `pooled` and each of `seeds` are a difference with its p-value; `high` is the upper bound of all scores.
    """

    def freeze_study(
        before: str,
        values: tuple[float, float],
        pooled: tuple[float, float],
        seeds: Sequence[tuple[float, float]],
        high: float = 1.0,
    ) -> None:
        common = {"run": "all", "score": "accuracy", "low": 0.1, "high": high, "baseline": 0.55, "n": 100}
        scores = [
            {**common, "stage": stage, "value": value, "seeds": SEEDS, "ties": 0}
            for stage, value in zip((before, "fine-tuned"), values, strict=True)
        ]
        freeze("sst2-lora/scores", scores)
        tests = [
            {
                "run": run,
                "n": 100,
                "corrected": 4,
                "broken": 2,
                "difference": difference,
                "low": difference - 0.1,
                "high": difference + 0.1,
                "p_holm": p,
            }
            for run, (difference, p) in [*((f"seed-{i}", each) for i, each in enumerate(seeds)), ("all", pooled)]
        ]
        freeze("sst2-lora/tests", tests)

    return freeze_study


def plain(text: str) -> str:
    """A sentence as a reader sees it, without the marks of kinds and without emphasis."""
    text = re.sub(r"\[\^\w\^\]\{\.kind-mark\}", "", text)
    spans = 1
    while spans:
        text, spans = re.subn(r"\[([^\[\]]*)\]\{[^{}]*\}", r"\1", text)
    return html.unescape(text.replace("*", "")).replace("\N{NO-BREAK SPACE}", " ").strip()


def shown(text: str) -> list[str]:
    """The texts of the facts in a sentence, in order."""
    text = re.sub(r"\[\^\w\^\]\{\.kind-mark\}", "", text)
    found = re.findall(r"\[([^\[\]]*)\]\{\.fact [^{}]*\}", text)
    return [html.unescape(each).replace("\N{NO-BREAK SPACE}", " ") for each in found]
