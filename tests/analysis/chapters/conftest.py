"""Small studies of our own, with the columns that the chapters read."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from analysis.facts import Chapter, open_chapter

NUMBER = {"type": "number", "nullable": True}
SEEDS = 3


@pytest.fixture
def freeze(book: Path, write_table) -> Callable[..., None]:
    """A function that freezes a measured table of the book: `freeze("study/table", key, columns, rows)`."""

    def freeze_(table: str, key: Sequence[str], columns: Mapping[str, object], rows: Sequence[Mapping], **more) -> None:
        write_table(book / "experiments" / "frozen", table, more.pop("kind", "measured"), key, columns, rows, **more)

    return freeze_


@pytest.fixture
def page(book: Path) -> Chapter:
    return open_chapter("story", unmarked="measured")


@pytest.fixture
def study(freeze) -> Callable[..., None]:
    """A function that freezes scores and tests: `study("sst2-lora", "zero-shot", (0.5, 0.6), pooled, seeds)`.

    `pooled` and each of `seeds` are a difference with its p-value; `high` is the upper bound of all scores.
    """

    def freeze_study(
        name: str,
        before: str,
        values: tuple[float, float],
        pooled: tuple[float, float],
        seeds: Sequence[tuple[float, float]],
        high: float = 1.0,
    ) -> None:
        scores = [
            {
                "run": "all",
                "stage": stage,
                "score": "accuracy",
                "value": value,
                "low": 0.1,
                "high": high,
                "baseline": 0.55,
                "n": 100,
                "seeds": SEEDS,
                "ties": 0,
            }
            for stage, value in zip((before, "fine-tuned"), values, strict=True)
        ]
        columns = {
            **dict.fromkeys(("run", "stage", "score"), "string"),
            **dict.fromkeys(("value", "low", "high", "baseline"), NUMBER),
            **dict.fromkeys(("n", "seeds", "ties"), "integer"),
        }
        freeze(f"{name}/scores", ["run", "stage", "score"], columns, scores)
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
        columns = {
            "run": "string",
            "n": "integer",
            "corrected": "integer",
            "broken": "integer",
            "difference": NUMBER,
            "low": NUMBER,
            "high": NUMBER,
            "p_holm": NUMBER,
        }
        freeze(f"{name}/tests", ["run"], columns, tests)

    return freeze_study


@pytest.fixture
def examples(freeze) -> Callable[..., None]:
    """A function that freezes examples: `examples("sst2-lora", {("seed-0", "dev-1"): ("broken", 0.9, 12, False)})`.

    A cell holds the class, the probability of what is predicted after, the words, and whether there is a negation.
    """

    def freeze_examples(name: str, found: Mapping[tuple[str, str], tuple[str, float, int, bool]], **more) -> None:
        said = {"both-right": "aaa", "broken": "aab", "corrected": "aba", "both-wrong": "abb"}
        rows = [
            {
                "run": run,
                "id": example,
                "correctness": correctness,
                "after_a": p,
                "after_b": p,
                "words": words,
                "negation": negation,
                **dict(zip(("gold", "before", "after"), said[correctness], strict=True)),
            }
            for (run, example), (correctness, p, words, negation) in found.items()
        ]
        columns = {
            **dict.fromkeys(("run", "id", "correctness", "gold", "before", "after"), "string"),
            "after_a": NUMBER,
            "after_b": NUMBER,
            "words": "integer",
            "negation": "boolean",
        }
        freeze(f"{name}/examples", ["run", "id"], columns, rows, **more)

    return freeze_examples


def plain(text: str) -> str:
    """Markdown of the door as its text alone."""
    import pypandoc

    found = pypandoc.convert_text(text, "plain", "markdown-citations", extra_args=["--wrap=none"])
    return found.replace("\N{NO-BREAK SPACE}", " ").strip()
