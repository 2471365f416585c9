"""Exact match and F1 of extractive answers, as the official SQuAD v2.0 script counts them.

The script is that of Rajpurkar et al. 2018 (arXiv 1806.03822). Added is what it does not say: how often the system
abstains, and what always abstaining would score.
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


class Question(NamedTuple):
    """A question: the texts of its gold answers, none where it is unanswerable, and its paragraph for clustering."""

    id: str
    paragraph: str
    answers: tuple[str, ...]


class Scored(NamedTuple):
    """The scores of one question: `exact` 0 or 1, `f1` between them."""

    id: str
    paragraph: str
    has_answer: bool
    exact: int
    f1: float
    abstained: bool


def normalize_answer(text: str) -> str:
    """Lower case, without ASCII punctuation, English articles and extra white space, in this order."""
    without_articles = _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION))
    return " ".join(without_articles.split())


def exact_match(prediction: str, gold: str) -> int:
    """1 where the two are equal once normalised, else 0."""
    return int(normalize_answer(prediction) == normalize_answer(gold))


def token_f1(prediction: str, gold: str) -> float:
    """Harmonic mean of precision and recall over the bag of normalised tokens.

    Where either has no token, 1 if neither has, else 0.
    """
    predicted, true = normalize_answer(prediction).split(), normalize_answer(gold).split()
    if not predicted or not true:
        return int(predicted == true)
    same = (Counter(predicted) & Counter(true)).total()
    if same == 0:
        return 0
    precision, recall = same / len(predicted), same / len(true)
    return (2 * precision * recall) / (precision + recall)


def metric_max_over_ground_truths(
    metric: Callable[[str, str], float], prediction: str, ground_truths: Iterable[str]
) -> float:
    """The best score of the prediction against any gold answer."""
    return max(metric(prediction, truth) for truth in ground_truths)


def score_question(question: Question, prediction: str) -> Scored:
    """The scores of one answer; "" abstains.

    As officially, a gold answer of which normalisation leaves nothing does not count, and the right answer to a
    question without any is the empty one; whether it *has* an answer is decided by the answers as they stand.
    """
    golds = [text for text in question.answers if normalize_answer(text)] or [""]
    return Scored(
        id=question.id,
        paragraph=question.paragraph,
        has_answer=bool(question.answers),
        exact=int(metric_max_over_ground_truths(exact_match, prediction, golds)),
        f1=metric_max_over_ground_truths(token_f1, prediction, golds),
        abstained=not normalize_answer(prediction),
    )


def score_questions(questions: Iterable[Question], predictions: Mapping[str, str]) -> list[Scored]:
    """One entry for each id, in the order of the ids' first occurrence; the last question of an id counts.

    Raises KeyError for a question without a prediction.
    """
    return list({question.id: score_question(question, predictions[question.id]) for question in questions}.values())


def official_figures(scored: Sequence[Scored]) -> dict[str, float]:
    """`exact`, `f1` in percent and `total`; the same for HasAns_ and NoAns_ where there are such questions.

    Names, order, rounding and order of summation are the official script's. Raises ValueError without questions.
    """
    if not scored:
        raise ValueError("there are no questions to score")
    figures = _figures("", scored)
    for prefix, has_answer in (("HasAns_", True), ("NoAns_", False)):
        if group := [question for question in scored if question.has_answer is has_answer]:
            figures |= _figures(prefix, group)
    return figures


def always_abstain(questions: Sequence[Question]) -> dict[str, float]:
    """The official figures of answering nothing, whatever the question: the share of unanswerable ones, in percent."""
    return official_figures(score_questions(questions, {question.id: "" for question in questions}))


def abstention_rate(scored: Sequence[Scored]) -> float:
    """Percent of the questions to which the answer is empty once normalised."""
    return 100.0 * sum(question.abstained for question in scored) / len(scored)


def _figures(prefix: str, scored: Sequence[Scored]) -> dict[str, float]:
    total = len(scored)
    return {
        f"{prefix}exact": 100.0 * sum(question.exact for question in scored) / total,
        f"{prefix}f1": 100.0 * sum(question.f1 for question in scored) / total,
        f"{prefix}total": total,
    }
