"""Adopted answers to the questions of a SQuAD file: what is kept of them, and the tables that follow."""

from collections.abc import Iterator, Mapping, Sequence

from experiments.adopting.derived import PAIR, SIDE
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
from experiments.system import Read

Row = dict[str, object]
ANSWER_SCORES = (SIDE, *ANSWER_SCORE_COLUMNS)
ANSWER_TESTS = (*PAIR, *ANSWER_TEST_COLUMNS)
ANSWER_TRANSITIONS = (*PAIR, *ANSWER_TRANSITION_COLUMNS)


def kept_columns(by_side: Mapping[str, Sequence[Scored]]) -> dict[str, list[str]]:
    """The columns of the adopted file, as strings, from the scores of each side on the same questions."""
    first = next(iter(by_side.values()))
    columns = {
        "id": [one.id for one in first],
        "paragraph": [one.paragraph for one in first],
        "answerable": [str(one.has_answer).lower() for one in first],
    }
    for side, scored in by_side.items():
        name = side_column(side)
        columns[f"{name}_exact"] = [str(one.exact) for one in scored]
        columns[f"{name}_f1"] = [repr(float(one.f1)) for one in scored]
        columns[f"{name}_answered"] = [str(not one.abstained).lower() for one in scored]
    return columns


def derive_scores(study: Study, read: Read) -> Iterator[Row]:
    """Exact match, F1 and abstention of each side."""
    for side, run in _runs(study, read).items():
        yield from ({"side": side, **row} for row in answer_scores([run], study.seed))


def derive_tests(study: Study, read: Read) -> Iterator[Row]:
    """Tests of each other side against the first."""
    runs = _runs(study, read)
    for before, after in study.pairs:
        rows = answer_tests([runs[before]], [runs[after]], study.seed)
        yield from ({"before": before, "after": after, **row} for row in rows)


def derive_transitions(study: Study, read: Read) -> Iterator[Row]:
    """How many answers are of each correctness class, for each pair of sides."""
    runs = _runs(study, read)
    for before, after in study.pairs:
        rows = answer_transitions([runs[before]], [runs[after]], study.seed)
        yield from ({"before": before, "after": after, **row} for row in rows)


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
