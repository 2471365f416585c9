"""The rules of the two official SQuAD scripts where they differ, and what v2.0 says of no-answer probabilities.

The scripts are evaluate-v1.1.py and evaluate-v2.0.py of the data set's authors (Rajpurkar et al. 2016 and 2018).
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from experiments.metrics.squad import (
    Question,
    Scored,
    exact_match,
    metric_max_over_ground_truths,
    normalize_answer,
    token_f1,
)
from experiments.metrics.squad_files import check_probability, name_kind, read_json, read_questions
from experiments.tables.errors import UserError
from experiments.tables.locations import shown_path


def read_no_answer(path: Path) -> dict[str, float]:
    """No-answer probabilities by question id, or any scores that grow with them, from one JSON object.

    Raises UserError naming the question whose entry is no number.
    """
    content = read_json(path)
    where = shown_path(path)
    if not isinstance(content, dict):
        raise UserError(f'{where}: not no-answer probabilities: expected {{"id": 0.1, …}}, found {name_kind(content)}')
    return {key: check_probability(value, key, where) for key, value in content.items()}


def find_rule(path: Path) -> str:
    """Whose rule a data file asks for, "1.1" or "2.0": by its `version`, else by whether a question has no answer."""
    content = read_json(path)
    version = content.get("version") if isinstance(content, dict) else None
    if isinstance(version, str | int | float) and str(version).lstrip("v").startswith(("1", "2")):
        return "1.1" if str(version).lstrip("v").startswith("1") else "2.0"
    return "1.1" if all(question.answers for question in read_questions(path)) else "2.0"


def score_by_first_rule(question: Question, prediction: str | None) -> Scored:
    """The scores of one answer by the rule of the v1.1 script, in which every question has an answer.

    A prediction that is missing, None, scores 0. Unlike that of v2.0 the rule keeps gold answers of which normalisation
    leaves nothing, and no shared word is an F1 of 0 also where neither has a word. Raises ValueError where the question
    has no gold answer, on which that script fails.
    """
    if not question.answers:
        raise ValueError(f"the question {question.id} has no answer, which SQuAD v1.1 does not know")
    if prediction is None:
        return Scored(question.id, question.paragraph, True, 0, 0.0, True)
    exact = int(metric_max_over_ground_truths(exact_match, prediction, question.answers))
    words = normalize_answer(prediction).split()
    f1 = metric_max_over_ground_truths(token_f1, prediction, question.answers) if words else 0
    return Scored(question.id, question.paragraph, True, exact, f1, not words)


def first_figures(questions: Iterable[Question], predictions: Mapping[str, str]) -> dict[str, float]:
    """`exact_match` and `f1` in percent, as the v1.1 script prints them: an unanswered question scores 0.

    A question whose id stands twice counts twice, as it does there. Raises ValueError as `score_by_first_rule` does.
    """
    scored = [score_by_first_rule(question, predictions.get(question.id)) for question in questions]
    exact, f1 = sum(one.exact for one in scored), sum(one.f1 for one in scored)
    return {"exact_match": 100.0 * exact / len(scored), "f1": 100.0 * f1 / len(scored)}


def apply_threshold(scored: Sequence[Scored], no_answer: Mapping[str, float], threshold: float = 1.0) -> list[Scored]:
    """The scores where a question counts as unanswered once its no-answer probability is above the threshold."""
    return [
        one._replace(exact=int(not one.has_answer), f1=float(not one.has_answer), abstained=True)
        if no_answer[one.id] > threshold
        else one
        for one in scored
    ]


def best_figures(
    scored: Sequence[Scored], no_answer: Mapping[str, float], answers: Mapping[str, str]
) -> dict[str, float]:
    """`best_exact` and `best_f1` in percent with their thresholds, as the v2.0 script finds them.

    The threshold is the no-answer probability up to which answers are given; it is chosen on the questions that are
    scored, so that these figures are no estimate for other questions.
    """
    figures: dict[str, float] = {}
    of_question = {one.id: one for one in scored}
    order = [name for name in sorted(no_answer, key=no_answer.__getitem__) if name in of_question]
    for name, score in (("exact", lambda one: one.exact), ("f1", lambda one: one.f1)):
        current = best = sum(not one.has_answer for one in scored)
        threshold = 0.0
        for question in order:
            one = of_question[question]
            current += score(one) if one.has_answer else -1 if answers[question] else 0
            if current > best:
                best, threshold = current, no_answer[question]
        figures |= {f"best_{name}": 100.0 * best / len(scored), f"best_{name}_thresh": threshold}
    return figures
