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
from analysis.facts.speech import without_spans
from analysis.this_report.probes import STUDY
from report.checking import allowed
from report.checking.lexicon import find_comparatives
from report.checking.relations import says
from tests.analysis.reported import FROZEN

ROOT = Path(__file__).parents[3]
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
    return html.unescape(without_spans(text).replace("*", "")).replace("\N{NO-BREAK SPACE}", " ").strip()


def shown(text: str) -> list[str]:
    """The texts of the facts in a sentence, in order. Its comparing words must be what its claims rest on."""
    check_words(text)
    text = re.sub(r"\[\^\w\^\]\{\.kind-mark\}", "", text)
    found = re.findall(r"\[([^\[\]]*)\]\{\.fact [^{}]*\}", text)
    return [html.unescape(each).replace("\N{NO-BREAK SPACE}", " ") for each in found]


def check_words(text: str) -> None:
    """Assert that each comparing word in a claim is what one of the comparisons of the claim says, or is allowed."""
    text, claims = _with_claims(re.sub(r"\[\^\w\^\]\{\.kind-mark\}", "", text))
    for word in find_comparatives(text) if claims else ():
        inside = [name for name, start, end in claims if start <= word.start and word.end <= end]
        relations = [relation for name in inside for relation in _relations()[name]]
        if relations and not any(m.start() <= word.start < m.end() for each in _allowed() for m in each.finditer(text)):
            assert says(word, relations), (word.text, text, [f"{each['left']} {each['sign']}" for each in relations])


def _with_claims(text: str) -> tuple[str, list[tuple[str, int, int]]]:
    """The text without its spans, and where each of its claims begins and ends."""
    spans, plain, claims, opened = 1, "", [], []
    while spans:
        text, spans = re.subn(r"\[([^\[\]]*)\]\{([^{}]*)\}", _without_span, text)
    for part in re.split("(\ue000[^\ue001]*\ue001|\ue002)", html.unescape(text)):
        if part.startswith("\ue000"):
            opened.append((part[1:-1], len(plain)))
        elif part == "\ue002":
            name, start = opened.pop()
            claims.append((name, start, len(plain)))
        else:
            plain += part
    return plain, claims


def _without_span(match: re.Match[str]) -> str:
    claim = re.search(r'data-claim="([^"]*)"', match[2])
    return f"\ue000{claim[1]}\ue001{match[1]}\ue002" if claim else match[1]


def _relations() -> dict[str, list]:
    """The comparisons of each claim in the logs of the book, which is the current folder."""
    lines = [
        json.loads(line) for log in Path("_ledger").rglob("*.jsonl") for line in log.read_text("utf-8").splitlines()
    ]
    return {line["id"]: line["relations"] for line in lines if line.get("relations") is not None}


@cache
def _allowed() -> list[re.Pattern[str]]:
    """What the texts that ship, and this project, may say without a table."""
    chapters = [path.stem for path in (ROOT / "report").glob("*.qmd")]
    own = allowed.read_allowed(ROOT, ["index", *chapters])
    return [pattern for _, pattern in allowed.shipped()] + [entry.pattern for entry in own]
