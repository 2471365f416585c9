"""What a system answered to questions, once or in several runs: scores, tests and transitions as rows of tables.

Questions about one paragraph share a text, so every interval is a bootstrap that draws whole paragraphs. Three models
asked 250 questions are not 750 observations either: a question is drawn with what every run says to it, values are
means over the runs, and n is the number of questions.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.metrics.bleu import bleu_of_totals, bleu_statistics, corpus_bleu
from experiments.metrics.meteor_exact_stem import meteor_exact_stem
from experiments.metrics.rouge import rouge_scores
from experiments.metrics.squad import Question, Scored, score_questions
from experiments.statistics.bootstrap import bootstrap, mean, mean_statistics, paired_bootstrap
from experiments.statistics.comparisons import mcnemar
from experiments.tables.sidecar import Column

Row = dict[str, object]
Given = Mapping[str, str]  # answers by the ids of their questions

CORRECTNESS = ("both-right", "corrected", "broken", "both-wrong")


def _points(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="number", decimals=4, meaning=meaning, **more)


def _share(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="number", decimals=6, meaning=meaning, **more)


# Whoever makes a table of these puts columns in front of them that say whose answers they are about.
ANSWER_SCORE_COLUMNS = (
    Column(name="score", type="string", meaning="quantity[group]"),
    Column(
        name="quantity",
        type="string",
        meaning="exact, f1, abstention (share of questions answered with nothing), bleu (of the corpus), rouge_l, "
        "meteor_exact_stem",
    ),
    Column(name="group", type="string", meaning="questions scored: all, has-answer or no-answer"),
    _points("value", "the score, from 0 to 100"),
    _points("low", "lower bound of the 95 % bootstrap interval by paragraphs", lower_bound_of="value"),
    _points("high", "upper bound of the 95 % bootstrap interval by paragraphs", upper_bound_of="value"),
    Column(name="n", type="integer", meaning="questions behind the score", n_of="value"),
    Column(name="paragraphs", type="integer", meaning="paragraphs that the questions are about"),
    _points("baseline", "the same score of always abstaining"),
    Column(name="signature", type="string", meaning="sacrebleu's signature, for bleu", nullable=True),
)
ANSWER_TEST_COLUMNS = (
    Column(name="quantity", type="string", meaning="exact or f1"),
    Column(name="n", type="integer", meaning="questions", n_of="difference"),
    Column(name="paragraphs", type="integer", meaning="paragraphs that the questions are about"),
    _points("difference", "score after minus score before, in points of 100", direction="higher"),
    _points("low", "lower bound of its 95 % paired bootstrap interval by paragraphs", lower_bound_of="difference"),
    _points("high", "upper bound of its 95 % paired bootstrap interval by paragraphs", upper_bound_of="difference"),
    Column(name="p_value", type="number", meaning="two-sided p-value of the paired bootstrap"),
    Column(name="corrected", type="integer", meaning="answers that only after has exactly right", nullable=True),
    Column(name="broken", type="integer", meaning="answers that only before has exactly right", nullable=True),
    Column(
        name="p_mcnemar",
        type="number",
        nullable=True,
        meaning="two-sided p-value of the exact McNemar test, which takes questions for independent; one run only",
    ),
)
ANSWER_TRANSITION_COLUMNS = (
    Column(name="correctness", type="string", meaning="by exact match: both-right, corrected, broken or both-wrong"),
    Column(name="count", type="integer", meaning="answers of this correctness class, over all runs"),
    Column(name="n", type="integer", meaning="all answers, over all runs", n_of="share"),
    _share("share", "count over n"),
    _share("share_low", "lower bound of the 95 % bootstrap interval by paragraphs", lower_bound_of="share"),
    _share("share_high", "upper bound of the 95 % bootstrap interval by paragraphs", upper_bound_of="share"),
)

GROUPS: Mapping[str, Callable[[Scored], bool]] = {
    "all": lambda scored: True,
    "has-answer": lambda scored: scored.has_answer,
    "no-answer": lambda scored: not scored.has_answer,
}
QUANTITIES: Mapping[str, Callable[[Scored], float]] = {
    "exact": lambda scored: 100 * scored.exact,
    "f1": lambda scored: 100 * scored.f1,
    "abstention": lambda scored: 100 * scored.abstained,
}


def answer_scores(questions: Sequence[Question], runs: Sequence[Given], seed: int = 0) -> Iterator[Row]:
    """Exact match, F1 and abstention rate, of all questions and of either group that there is."""
    scored = [score_questions(questions, given) for given in runs]
    silent = score_questions(questions, {question.id: "" for question in questions})
    for group, belongs in GROUPS.items():
        chosen = [index for index, one in enumerate(silent) if belongs(one)]
        paragraphs = [silent[index].paragraph for index in chosen]
        for quantity, value in QUANTITIES.items() if chosen else ():
            values = np.array([[value(run[index]) for index in chosen] for run in scored])
            baseline = float(np.mean([value(silent[index]) for index in chosen]))
            yield _mean_row(quantity, group, values, paragraphs, baseline, seed)


def overlap_scores(questions: Sequence[Question], runs: Sequence[Given], seed: int = 0) -> Iterator[Row]:
    """Corpus BLEU, ROUGE-L and METEOR (exact and stem stages) of the answers to questions that have one.

    The text of an answer overlaps with nothing where there is no answer, so such questions are left out. Nothing is
    yielded where no question has an answer. BLEU over several runs is the mean of the runs' corpus scores.
    """
    asked = list({question.id: question for question in questions if question.answers}.values())
    if not asked:
        return
    group, golds = "has-answer", [question.answers for question in asked]
    paragraphs = [question.paragraph for question in asked]
    texts = [[given[question.id] for question in asked] for given in runs]
    statistics = np.stack([bleu_statistics(said, golds) for said in texts], axis=1)  # (questions, runs, 10)
    each = statistics.shape[1:]

    def mean_bleu(totals: NDArray) -> NDArray:
        by_run = totals.reshape(len(totals), *each)
        return np.mean([bleu_of_totals(by_run[:, run]) for run in range(each[0])], axis=0)

    row = _row("bleu", group, statistics.reshape(len(asked), -1), mean_bleu, paragraphs, 0.0, seed)
    yield {**row, "signature": corpus_bleu(texts[0], golds).signature}
    rouge = np.array([100 * rouge_scores(said, golds, ["rougeL"])["rougeL"] for said in texts])
    meteor = np.array([100 * meteor_exact_stem(said, golds) for said in texts])
    yield _mean_row("rouge_l", group, rouge, paragraphs, 0.0, seed)
    yield _mean_row("meteor_exact_stem", group, meteor, paragraphs, 0.0, seed)


def answer_tests(before: Sequence[Sequence[Scored]], after: Sequence[Sequence[Scored]], seed: int = 0) -> Iterator[Row]:
    """Tests of exact match and F1 on the same questions, run by run. ValueError where they are not the same."""
    _check_paired(before, after)
    paragraphs = [one.paragraph for one in before[0]]
    found = [name for sides in zip(before, after, strict=True) for name in map(correctness, *sides)]
    corrected, broken = found.count("corrected"), found.count("broken")
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


def answer_transitions(
    before: Sequence[Sequence[Scored]], after: Sequence[Sequence[Scored]], seed: int = 0
) -> Iterator[Row]:
    """How many answers of each correctness class there are. ValueError where the questions are not the same."""
    _check_paired(before, after)
    found = np.array([list(map(correctness, *sides)) for sides in zip(before, after, strict=True)])
    paragraphs = [one.paragraph for one in before[0]]
    for name in CORRECTNESS:
        low, high = bootstrap(mean_statistics((found == name).mean(axis=0)), mean, paragraphs, seed=seed)
        count = int((found == name).sum())
        yield {
            "correctness": name,
            "count": count,
            "n": found.size,
            "share": count / found.size,
            "share_low": low,
            "share_high": high,
        }


def correctness(before: Scored, after: Scored) -> str:
    """The correctness class of a question, by exact match: one of `CORRECTNESS`."""
    classes = dict(zip([(1, 1), (0, 1), (1, 0), (0, 0)], CORRECTNESS, strict=True))
    return classes[before.exact, after.exact]


def _check_paired(before: Sequence[Sequence[Scored]], after: Sequence[Sequence[Scored]]) -> None:
    ids = [[one.id for one in run] for run in (*before, *after)]
    if len(before) != len(after) or any(each != ids[0] for each in ids):
        raise ValueError("before and after must be answers to the same questions, in the same order")


def _mean_row(quantity: str, group: str, values: NDArray, paragraphs: Sequence[str], baseline: float, seed: int) -> Row:
    """Of values (runs, questions)."""
    return _row(quantity, group, mean_statistics(values.mean(axis=0)), mean, paragraphs, baseline, seed)


def _row(
    quantity: str,
    group: str,
    statistics: NDArray,
    score: Callable[[NDArray], NDArray],
    paragraphs: Sequence[str],
    baseline: float,
    seed: int,
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
