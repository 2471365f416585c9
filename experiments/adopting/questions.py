"""Adopted answers to the questions of a SQuAD file: what is kept of them, and the tables that follow."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from experiments.adopting.derived import PAIR, SIDE, may_lack_bounds, without_bounds
from experiments.adopting.study import Study, side_column
from experiments.metrics.answer_tables import (
    ANSWER_SCORE_COLUMNS,
    ANSWER_TEST_COLUMNS,
    ANSWER_TRANSITION_COLUMNS,
    answer_scores,
    answer_tests,
    answer_transitions,
)
from experiments.metrics.squad import Scored
from experiments.metrics.squad_versions import best_figures
from experiments.system import Read, StudyColumns
from experiments.tables.columns import number

Row = dict[str, object]
ANSWER_SCORES = (SIDE, *may_lack_bounds(ANSWER_SCORE_COLUMNS))
ANSWER_TESTS = (*PAIR, *may_lack_bounds(ANSWER_TEST_COLUMNS))
ANSWER_TRANSITIONS = (*PAIR, *may_lack_bounds(ANSWER_TRANSITION_COLUMNS))
THRESHOLD = number(
    "threshold",
    "of best_exact and best_f1, the best score at any threshold: the no-answer probability up to which answers are "
    "given. It is chosen on the questions that are scored, so that they are no estimate for others",
    decimals=None,
    nullable=True,
)
SCORES = StudyColumns(
    ANSWER_SCORES, lambda study: (*ANSWER_SCORES, *((THRESHOLD,) if study.probabilities else ())), ("threshold",)
)


@dataclass(frozen=True)
class Answered:
    """The questions as one side answers them: `scored` as they count, `as_given` whatever `no_answer` says.

    `answers` are the answers themselves. Those and the probabilities are None where a side has no probabilities.
    """

    scored: Sequence[Scored]
    as_given: Sequence[Scored] = ()
    no_answer: Mapping[str, float] | None = None
    answers: Mapping[str, str] | None = None


def kept_columns(by_side: Mapping[str, Answered]) -> dict[str, list[str]]:
    """The columns of the adopted file, as strings, from the scores of each side on the same questions."""
    first = next(iter(by_side.values())).scored
    columns = {
        "id": [one.id for one in first],
        "paragraph": [one.paragraph for one in first],
        "answerable": [str(one.has_answer).lower() for one in first],
    }
    for side, answered in by_side.items():
        name, scored = side_column(side), answered.scored
        columns[f"{name}_exact"] = [str(one.exact) for one in scored]
        columns[f"{name}_f1"] = [repr(float(one.f1)) for one in scored]
        columns[f"{name}_answered"] = [str(not one.abstained).lower() for one in scored]
        if answered.no_answer is not None:
            place = {id: at for at, id in enumerate(sorted(answered.no_answer, key=answered.no_answer.__getitem__))}
            columns[f"{name}_no_answer"] = [repr(float(answered.no_answer[one.id])) for one in scored]
            columns[f"{name}_rank"] = [str(place[one.id]) for one in scored]
            columns[f"{name}_given"] = [str(answered.answers[one.id] != "").lower() for one in scored]
            columns[f"{name}_given_exact"] = [str(one.exact) for one in answered.as_given]
            columns[f"{name}_given_f1"] = [repr(float(one.f1)) for one in answered.as_given]
    return columns


def derive_scores(study: Study, read: Read) -> Iterator[Row]:
    """Exact match, F1 and abstention of each side, and the best of the first two where it has probabilities."""
    for side, run in _runs(study, read).items():
        rows = [{"side": side, **without_bounds(row, row["paragraphs"])} for row in answer_scores([run], study.seed)]
        if side in study.probabilities:
            rows += _best(rows, study, side, read("answers").rows)
        yield from ({**row, "threshold": row.get("threshold")} if study.probabilities else row for row in rows)


def _best(scores: Sequence[Row], study: Study, side: str, answers: Sequence[Row]) -> Iterator[Row]:
    """The rows of best_exact and best_f1, by the v2.0 script."""
    name = side_column(side)
    scored = [
        Scored(
            row["id"],
            row["paragraph"],
            row["answerable"],
            row[f"{name}_given_exact"],
            row[f"{name}_given_f1"],
            not row[f"{name}_given"],
        )
        for row in answers
    ]
    by_rank = sorted(answers, key=lambda row: row[f"{name}_rank"])
    no_answer = {row["id"]: row[f"{name}_no_answer"] for row in by_rank}
    found = best_figures(scored, no_answer, {row["id"]: row[f"{name}_given"] for row in answers})
    for row in scores:
        if row["group"] == "all" and (best := f"best_{row['quantity']}") in found:
            named = {"score": f"{best}[all]", "quantity": best, "low": None, "high": None}
            yield {**row, **named, "value": found[best], "threshold": float(found[f"{best}_thresh"])}


def derive_tests(study: Study, read: Read) -> Iterator[Row]:
    """Tests of each other side against the first."""
    runs = _runs(study, read)
    for before, after in study.pairs:
        rows = answer_tests([runs[before]], [runs[after]], study.seed)
        yield from ({"before": before, "after": after, **without_bounds(row, row["paragraphs"])} for row in rows)


def derive_transitions(study: Study, read: Read) -> Iterator[Row]:
    """How many answers are of each correctness class, for each pair of sides."""
    runs = _runs(study, read)
    for before, after in study.pairs:
        paragraphs = len({row["paragraph"] for row in runs[before]})
        rows = answer_transitions([runs[before]], [runs[after]], study.seed)
        yield from ({"before": before, "after": after, **without_bounds(row, paragraphs)} for row in rows)


def _runs(study: Study, read: Read) -> dict[str, list[Row]]:
    """The answers of each side, as `experiments.metrics.answer_tables` takes them."""
    rows = read("answers").rows
    abstaining = {row["id"]: int(not row["answerable"]) if study.rule == "2.0" else 0 for row in rows}
    common = ("id", "paragraph", "answerable")
    return {
        side: [
            {
                **{name: row[name] for name in common},
                **{name: row[f"{side_column(side)}_{name}"] for name in ("exact", "f1", "answered")},
                "abstaining_exact": abstaining[row["id"]],
            }
            for row in rows
        ]
        for side in study.sides
    }
