"""What a system answered to questions before and after: scores and tests, as rows of tables.

Questions about one paragraph share a text, so every interval is a bootstrap that draws whole paragraphs.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.metrics.bleu import bleu_of_totals, bleu_statistics, corpus_bleu
from experiments.metrics.bootstrap import bootstrap, mean, mean_statistics, paired_bootstrap
from experiments.metrics.meteor_exact_stem import meteor_exact_stem
from experiments.metrics.paired import mcnemar
from experiments.metrics.rouge import rouge_scores
from experiments.metrics.squad import Question, Scored, score_questions
from experiments.tables.sidecar import Column

Row = dict[str, object]


def _points(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="number", decimals=4, meaning=meaning, **more)


ANSWER_SCORE_COLUMNS = (
    Column(name="side", type="string", meaning="before or after"),
    Column(name="score", type="string", meaning="quantity[group]"),
    Column(name="quantity", type="string",
           meaning="exact, f1, abstention (share of questions answered with nothing), bleu (of the corpus), rouge_l, "
                   "meteor_exact_stem"),
    Column(name="group", type="string", meaning="questions scored: all, has-answer or no-answer"),
    _points("value", "the score, from 0 to 100"),
    _points("low", "lower bound of the 95 % bootstrap interval by paragraphs", lower_bound_of="value"),
    _points("high", "upper bound of the 95 % bootstrap interval by paragraphs", upper_bound_of="value"),
    Column(name="n", type="integer", meaning="questions behind the score", n_of="value"),
    Column(name="paragraphs", type="integer", meaning="paragraphs that the questions are about"),
    _points("baseline", "the same score of always abstaining"),
    Column(name="signature", type="string", meaning="sacrebleu's signature, for bleu", nullable=True),
)  # fmt: skip
ANSWER_SCORE_KEY = ("side", "score")

ANSWER_TEST_COLUMNS = (
    Column(name="quantity", type="string", meaning="exact or f1"),
    Column(name="n", type="integer", meaning="questions", n_of="difference"),
    Column(name="paragraphs", type="integer", meaning="paragraphs that the questions are about"),
    _points("difference", "score after minus score before, in points of 100", direction="higher"),
    _points("low", "lower bound of its 95 % paired bootstrap interval by paragraphs", lower_bound_of="difference"),
    _points("high", "upper bound of its 95 % paired bootstrap interval by paragraphs", upper_bound_of="difference"),
    Column(name="p_bootstrap", type="number", meaning="two-sided p-value of the paired bootstrap"),
    Column(name="corrected", type="integer", meaning="questions that only after has exactly right", nullable=True),
    Column(name="broken", type="integer", meaning="questions that only before has exactly right", nullable=True),
    Column(name="p_mcnemar", type="number", nullable=True,
           meaning="two-sided p-value of the exact McNemar test, which takes questions for independent"),
)  # fmt: skip
ANSWER_TEST_KEY = ("quantity",)

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


def answer_scores(
    side: str, questions: Sequence[Question], predictions: Mapping[str, str], seed: int = 0
) -> Iterator[Row]:
    """Exact match, F1 and abstention rate, of all questions and of either group that there is."""
    scored = score_questions(questions, predictions)
    silent = score_questions(questions, {question.id: "" for question in questions})
    for group, belongs in GROUPS.items():
        chosen = [one for one in scored if belongs(one)]
        abstained = [one for one in silent if belongs(one)]
        for quantity, value in QUANTITIES.items() if chosen else ():
            statistics = mean_statistics([value(one) for one in chosen])
            baseline = sum(map(value, abstained)) / len(abstained)
            yield _row(side, quantity, group, statistics, mean, [one.paragraph for one in chosen], baseline, seed)


def overlap_scores(
    side: str, questions: Sequence[Question], predictions: Mapping[str, str], seed: int = 0
) -> Iterator[Row]:
    """Corpus BLEU, ROUGE-L and METEOR (exact and stem stages) of the answers to questions that have one.

    The text of an answer overlaps with nothing where there is no answer, so such questions are left out. Nothing is
    yielded where no question has an answer.
    """
    asked = list({question.id: question for question in questions if question.answers}.values())
    if not asked:
        return
    given, golds = [predictions[question.id] for question in asked], [question.answers for question in asked]
    paragraphs = [question.paragraph for question in asked]
    bleu = bleu_statistics(given, golds)
    row = _row(side, "bleu", "has-answer", bleu, bleu_of_totals, paragraphs, 0.0, seed)
    yield {**row, "signature": corpus_bleu(given, golds).signature}
    overlaps = {"rouge_l": rouge_scores(given, golds, ["rougeL"])["rougeL"],
                "meteor_exact_stem": meteor_exact_stem(given, golds)}  # fmt: skip
    for quantity, values in overlaps.items():
        yield _row(side, quantity, "has-answer", mean_statistics(100 * values), mean, paragraphs, 0.0, seed)


def answer_tests(before: Sequence[Scored], after: Sequence[Scored], seed: int = 0) -> Iterator[Row]:
    """Tests of exact match and F1 on the same questions. Raises ValueError where the questions are not the same."""
    if [one.id for one in before] != [one.id for one in after]:
        raise ValueError("before and after must be answers to the same questions, in the same order")
    paragraphs = [one.paragraph for one in before]
    pairs = [(one.exact, other.exact) for one, other in zip(before, after, strict=True)]
    corrected, broken = pairs.count((0, 1)), pairs.count((1, 0))
    discordant = {"corrected": corrected, "broken": broken, "p_mcnemar": mcnemar(corrected, broken)}
    for quantity in ("exact", "f1"):
        value = QUANTITIES[quantity]
        sides = [mean_statistics([value(one) for one in side]) for side in (before, after)]
        found = paired_bootstrap(*sides, mean, paragraphs, seed=seed)
        yield {
            "quantity": quantity, "n": len(before), "paragraphs": len(set(paragraphs)),
            "difference": found.difference, "low": found.low, "high": found.high, "p_bootstrap": found.p_value,
            **(discordant if quantity == "exact" else dict.fromkeys(discordant)),
        }  # fmt: skip


def _row(
    side: str, quantity: str, group: str, statistics: NDArray, score: Callable[[NDArray], NDArray],
    paragraphs: Sequence[str], baseline: float, seed: int,
) -> Row:  # fmt: skip
    low, high = bootstrap(statistics, score, paragraphs, seed=seed)
    return {
        "side": side, "score": f"{quantity}[{group}]", "quantity": quantity, "group": group,
        "value": float(score(np.sum(statistics, axis=0, keepdims=True))[0]), "low": low, "high": high,
        "n": len(paragraphs), "paragraphs": len(set(paragraphs)), "baseline": baseline, "signature": None,
    }  # fmt: skip
