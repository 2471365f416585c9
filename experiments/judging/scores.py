"""How many answers are judged right, and how far judges agree with our labels, derived from the frozen verdicts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean

from experiments.judging.prompts import ORDERS
from experiments.judging.verdicts import (
    ANSWERS,
    ECHO,
    EMPTY,
    INCONSISTENT,
    LABELS,
    MARKS,
    UNDECIDED,
    UNPARSED,
    is_right,
)
from experiments.statistics.proportions import wilson
from experiments.study import StudyBase
from experiments.system import Read, Row
from experiments.tables.terms import ALL


def accuracy_rows(study: StudyBase, read: Read) -> Iterator[Row]:
    """The share of answers marked right by model, stage, run and depth, and over the runs where they are of seeds."""
    for judge, verdicts in _by(read("verdicts").rows, "judge").items():
        baselines = {(row["source"], row["id"]): is_right(row["mark"]) for row in verdicts if row["source"] != ANSWERS}
        cells: dict[tuple, list[Row]] = {}
        for of_all in (False, True):
            for row in verdicts:
                if row["source"] == ANSWERS and (not of_all or row["run"] != ALL):
                    run = ALL if of_all else row["run"]
                    cells.setdefault((row["model"], row["stage"], run, row["depth"]), []).append(row)
        for (model, stage, run, depth), rows in cells.items():
            about = {"judge": judge, "model": model, "stage": stage, "run": run, "depth": depth}
            yield about | _accuracy(rows, baselines)


def agreement_rows(study: StudyBase, read: Read) -> Iterator[Row]:
    """How far each judge agrees with our labels, over all examples and by category."""
    for judge, verdicts in _by(read("labelled").rows, "judge").items():
        for category in (ALL, *_by(verdicts, "category")):
            chosen = [row for row in verdicts if category in (ALL, row["category"])]
            yield {"judge": judge, "category": category, **_agreement(chosen, study.chosen.seed)}


def _accuracy(rows: Sequence[Row], baselines: Mapping[tuple[str, str], bool]) -> Row:
    """The cells about how often some answers were judged right, from the verdicts on them in all orders."""
    answers = _once(rows, "run", "id")
    marks = [row["mark"] for row in answers]
    ids = list(_by(answers, "id"))
    accuracy = fmean(map(is_right, marks))
    low, high = wilson(accuracy * len(ids), len(ids))
    undecided = sum(each in (INCONSISTENT, UNPARSED) for each in marks)
    return {
        "accuracy": accuracy,
        "accuracy_low": low,
        "accuracy_high": high,
        "n": len(ids),
        "seeds": len({row["run"] for row in answers} - {ALL}),
        "answers": len(answers),
        **{name: marks.count(name) for name in (*LABELS, INCONSISTENT, UNPARSED)},
        "empty_answers": sum(row["empty"] for row in answers),
        "highest": accuracy + undecided / len(marks),
        **_by_order(rows),
        "empty_baseline": fmean(baselines[EMPTY, each] for each in ids),
        "echo_baseline": fmean(baselines[ECHO, each] for each in ids),
    }


def _agreement(rows: Sequence[Row], seed: int) -> Row:
    """The cells about how far verdicts on some labelled examples, in all orders, agree with the labels."""
    from experiments.statistics.agreement import estimate_kappa

    examples = _once(rows, "id")
    marks, labels = [row["mark"] for row in examples], [row["label"] for row in examples]
    decided = [each if each in LABELS else UNDECIDED for each in marks]
    pairs = list(zip(labels, decided, strict=True))
    clear = [pair for pair in pairs if pair[1] != UNDECIDED]
    same = sum(label == given for label, given in pairs)
    found = {
        "kappa": estimate_kappa(labels, decided, LABELS, MARKS, seed),
        "decided_kappa": estimate_kappa(*([pair[side] for pair in clear] for side in (0, 1)), LABELS, MARKS, seed),
        "agreement": (same / len(pairs), *wilson(same, len(pairs))),
    }
    return {
        **{
            f"{name}{end}": value
            for name, values in found.items()
            for end, value in zip(("", "_low", "_high"), values, strict=True)
        },
        "n": len(pairs),
        "decided_n": len(clear),
        **{f"{label}_as_{given}": pairs.count((label, given)) for label in LABELS for given in MARKS},
        **{name: marks.count(name) for name in (INCONSISTENT, UNPARSED)},
        **_by_order(rows),
    }


def _by_order(rows: Sequence[Row]) -> Row:
    """The share of verdicts that are right in each order; none for a judge to whom order is nothing."""
    by_order = _by(rows, "order")
    return {
        f"right_{order.replace('-', '_')}": (
            fmean(is_right(row["verdict"]) for row in by_order[order]) if order in by_order else None
        )
        for order in ORDERS
    }


def _by(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    """The rows by what stands in a column, in the order in which it comes up."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found


def _once(rows: Iterable[Row], *columns: str) -> list[Row]:
    """One row for each combination of what stands in the columns: orders of the same question share the rest."""
    return list({tuple(row[column] for column in columns): row for row in rows}.values())
