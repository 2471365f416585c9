"""Scores, tests and transitions of answers to questions, once or in several runs, as rows of tables.

They are made from the answers as `experiments.metrics.answers` scores them one by one: a run is the list of their rows.

Questions about one paragraph share a text, so every interval is a bootstrap that draws whole paragraphs. Three models
asked 250 questions are not 750 observations either: a question is drawn with what every run says to it, values are
means over the runs, and n is the number of questions.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.metrics.bleu import BLEU_STATISTICS, bleu_of_totals
from experiments.metrics.correctness import CLASSES_TEXT, transition_row
from experiments.statistics.bootstrap import bootstrap, mean, mean_statistics, paired_bootstrap
from experiments.statistics.comparisons import mcnemar
from experiments.statistics.level import CONFIDENCE_TEXT
from experiments.tables.columns import integer, number, text
from experiments.tables.terms import Correctness

Row = dict[str, object]
Run = Sequence[Mapping[str, object]]
"""The answers of one run in the order of the questions, each a row with the cells of `answers.ANSWER_COLUMNS`."""

BOUND = f"bound of the {CONFIDENCE_TEXT} bootstrap interval by paragraphs"
OF_DIFFERENCE = f"bound of its {CONFIDENCE_TEXT} paired bootstrap interval by paragraphs"

# Whoever makes a table of these puts columns in front of them that say whose answers they are about.
ANSWER_SCORE_COLUMNS = (
    text("score", "quantity[group]"),
    text(
        "quantity",
        "exact, f1, abstention (share of questions answered with nothing), bleu (of the corpus), rouge_l, "
        "meteor_exact_stem",
    ),
    text("group", "questions scored: all, has-answer or no-answer"),
    number("value", "the score, from 0 to 100", decimals=4),
    number("low", f"lower {BOUND}", decimals=4, lower_bound_of="value"),
    number("high", f"upper {BOUND}", decimals=4, upper_bound_of="value"),
    integer("n", "questions behind the score", n_of="value"),
    integer("paragraphs", "paragraphs that the questions are about"),
    number("baseline", "the same score of always abstaining", decimals=4),
    text("signature", "sacrebleu's signature, for bleu", nullable=True),
)
ANSWER_TEST_COLUMNS = (
    text("quantity", "exact or f1"),
    integer("n", "questions", n_of="difference"),
    integer("paragraphs", "paragraphs that the questions are about"),
    number("difference", "score after minus score before, in points of 100", decimals=4, direction="higher"),
    number("low", f"lower {OF_DIFFERENCE}", decimals=4, lower_bound_of="difference"),
    number("high", f"upper {OF_DIFFERENCE}", decimals=4, upper_bound_of="difference"),
    number("p_value", "two-sided p-value of the paired bootstrap", decimals=None),
    integer("corrected", "answers that only after has exactly right", nullable=True),
    integer("broken", "answers that only before has exactly right", nullable=True),
    number(
        "p_mcnemar",
        "two-sided p-value of the exact McNemar test, which takes questions for independent; one run only",
        decimals=None,
        nullable=True,
    ),
)
ANSWER_TRANSITION_COLUMNS = (
    text("correctness", f"by exact match: {CLASSES_TEXT}"),
    integer("count", "answers of this correctness class, over all runs"),
    integer("n", "all answers, over all runs", n_of="share"),
    number("share", "count over n"),
    number("share_low", f"lower {BOUND}", lower_bound_of="share"),
    number("share_high", f"upper {BOUND}", upper_bound_of="share"),
)

GROUPS: Mapping[str, Callable[[Mapping], bool]] = {
    "all": lambda answer: True,
    "has-answer": lambda answer: answer["answerable"],
    "no-answer": lambda answer: not answer["answerable"],
}
QUANTITIES: Mapping[str, Callable[[Mapping], float]] = {
    "exact": lambda answer: 100 * answer["exact"],
    "f1": lambda answer: 100 * answer["f1"],
    "abstention": lambda answer: 100 * (not answer["answered"]),
}


def answer_scores(runs: Sequence[Run], seed: int = 0) -> Iterator[Row]:
    """Exact match, F1 and abstention rate, of all questions and of either group that there is.

    Raises ValueError where the runs answer different questions, as all functions here do.
    """
    _check_alike(runs)
    for group, belongs in GROUPS.items():
        chosen = [index for index, answer in enumerate(runs[0]) if belongs(answer)]
        paragraphs = [runs[0][index]["paragraph"] for index in chosen]
        for quantity, value in QUANTITIES.items() if chosen else ():
            values = np.array([[value(run[index]) for index in chosen] for run in runs])
            abstaining = [100 if quantity == "abstention" else 100 * runs[0][i]["abstaining_exact"] for i in chosen]
            yield _mean_row(quantity, group, values, paragraphs, float(np.mean(abstaining)), seed)


def overlap_scores(runs: Sequence[Run]) -> Iterator[Row]:
    """Corpus BLEU, ROUGE-L and METEOR (exact and stem stages) of the answers to questions that have one.

    Nothing is yielded where no question has an answer. BLEU over several runs is the mean of the runs' corpus scores.
    """
    _check_alike(runs)
    asked = [[answer for answer in run if answer["answerable"]] for run in runs]
    if not asked[0]:
        return
    group, paragraphs = "has-answer", [answer["paragraph"] for answer in asked[0]]
    # (questions, runs, 10)
    statistics = np.stack([[[a[name] for name in BLEU_STATISTICS] for a in run] for run in asked], axis=1)
    each = statistics.shape[1:]

    def mean_bleu(totals: NDArray) -> NDArray:
        by_run = totals.reshape(len(totals), *each)
        return np.mean([bleu_of_totals(by_run[:, run]) for run in range(each[0])], axis=0)

    row = _row("bleu", group, statistics.reshape(len(paragraphs), -1), mean_bleu, paragraphs, 0.0)
    yield {**row, "signature": asked[0][0]["bleu_signature"]}
    for quantity in ("rouge_l", "meteor_exact_stem"):
        values = np.array([[100 * answer[quantity] for answer in run] for run in asked])
        yield _mean_row(quantity, group, values, paragraphs, 0.0)


def answer_tests(before: Sequence[Run], after: Sequence[Run], seed: int = 0) -> Iterator[Row]:
    """Tests of exact match and F1 on the same questions, run by run."""
    _check_alike(before, after)
    paragraphs = [answer["paragraph"] for answer in before[0]]
    found = [correctness(*pair) for sides in zip(before, after, strict=True) for pair in zip(*sides, strict=True)]
    corrected, broken = found.count(Correctness.CORRECTED), found.count(Correctness.BROKEN)
    discordant = {
        "corrected": corrected,
        "broken": broken,
        "p_mcnemar": mcnemar(corrected, broken) if len(before) == 1 else None,
    }
    for quantity in ("exact", "f1"):
        value = QUANTITIES[quantity]
        sides = [
            mean_statistics(np.mean([[value(one) for one in run] for run in side], axis=0)) for side in (before, after)
        ]
        test = paired_bootstrap(*sides, mean, paragraphs, seed=seed)
        yield {
            "quantity": quantity,
            "n": len(paragraphs),
            "paragraphs": len(set(paragraphs)),
            "difference": test.difference,
            "low": test.low,
            "high": test.high,
            "p_value": test.p_value,
            **(discordant if quantity == "exact" else dict.fromkeys(discordant)),
        }


def answer_transitions(before: Sequence[Run], after: Sequence[Run], seed: int = 0) -> Iterator[Row]:
    """How many answers of each correctness class there are."""
    _check_alike(before, after)
    found = np.array([list(map(correctness, *sides)) for sides in zip(before, after, strict=True)])
    paragraphs = [answer["paragraph"] for answer in before[0]]
    for name in Correctness:
        interval = bootstrap(mean_statistics((found == name).mean(axis=0)), mean, paragraphs, seed=seed)
        yield transition_row(name, int((found == name).sum()), found.size, interval)


def correctness(before: Mapping[str, object], after: Mapping[str, object]) -> Correctness:
    """The correctness class of a question, by exact match."""
    return Correctness.of(before["exact"] == 1, after["exact"] == 1)


def _check_alike(*sides: Sequence[Run]) -> None:
    ids = [[answer["id"] for answer in run] for runs in sides for run in runs]
    if len({len(runs) for runs in sides}) > 1 or any(each != ids[0] for each in ids):
        raise ValueError("all runs must answer the same questions, in the same order, as often before as after")


def _mean_row(
    quantity: str, group: str, values: NDArray, paragraphs: Sequence[str], baseline: float, seed: int = 0
) -> Row:
    """The row of a score that is a mean over questions, from values (runs, questions)."""
    return _row(quantity, group, mean_statistics(values.mean(axis=0)), mean, paragraphs, baseline, seed)


def _row(
    quantity: str,
    group: str,
    statistics: NDArray,
    score: Callable[[NDArray], NDArray],
    paragraphs: Sequence[str],
    baseline: float,
    seed: int = 0,
) -> Row:
    low, high = bootstrap(statistics, score, paragraphs, seed=seed)
    return {
        "score": f"{quantity}[{group}]",
        "quantity": quantity,
        "group": group,
        "value": float(score(np.sum(statistics, axis=0, keepdims=True))[0]),
        "low": low,
        "high": high,
        "n": len(paragraphs),
        "paragraphs": len(set(paragraphs)),
        "baseline": baseline,
        "signature": None,
    }
