"""The tables that are derived from predictions: examples before and after, scores, confusion, transitions and tests."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from experiments.finetuning.pooling import pooled_score_rows, pooled_test_row, pooled_transition_rows
from experiments.finetuning.study import Study
from experiments.metrics.classification import confusion
from experiments.metrics.classification_tables import Row, mcnemar_row, score_rows, transition_rows
from experiments.metrics.correctness import Compared
from experiments.statistics.corrections import holm
from experiments.system import Read
from experiments.tables.terms import ALL, Stage

NONE = "(none)"  # in place of a label that could not be read
FEATURES = ("words", "tokens", "truncated", "overlap", "negation")


@dataclass(frozen=True)
class Predictions:
    """What one run says at one stage of all test examples: rows of the table of predictions, in their order."""

    run: str
    stage: str
    rows: Sequence[Row]

    @cached_property
    def gold(self) -> list[str]:
        """The gold labels."""
        return [row["gold"] for row in self.rows]

    @cached_property
    def predicted(self) -> list[str | None]:
        """The labels predicted; None where none could be read."""
        return [row["predicted"] for row in self.rows]

    @property
    def ties(self) -> int | None:
        """How many examples have several best labels; None where no ranking says so."""
        found = [row["tie"] for row in self.rows]
        return None if None in found else sum(found)


@dataclass(frozen=True)
class Pair:
    """The predictions of one run before and after fine-tuning."""

    run: str
    before: Predictions
    after: Predictions

    @property
    def compared(self) -> Compared:
        """Which of the examples are right before and after."""
        return Compared.of(self.after.gold, self.before.predicted, self.after.predicted)


def derive_examples(study: Study, read: Read) -> Iterator[Row]:
    """Each test example of each trained model: both predictions, their probabilities, and the example's features."""
    columns = study.chosen.columns
    probabilities, first, then = (list(columns(name).values()) for name in ("probability", "before", "after"))
    features = {row["id"]: row for row in read("features").rows}
    for pair in _before_and_after(study, read):
        classes = pair.compared.classes()
        for before, after, correctness in zip(pair.before.rows, pair.after.rows, classes, strict=True):
            yield {
                "run": pair.run,
                "id": after["id"],
                "gold": after["gold"],
                "before": before["predicted"],
                "after": after["predicted"],
                "correctness": correctness,
                **dict(zip(first, (before[name] for name in probabilities), strict=True)),
                **dict(zip(then, (after[name] for name in probabilities), strict=True)),
                **{name: features[after["id"]][name] for name in FEATURES},
            }


def derive_scores(study: Study, read: Read) -> Iterator[Row]:
    """Every score of every run and stage, and over all seeds its mean."""
    labels = study.chosen.labels
    for run, stage, found in _by_run(read):
        named = {"run": run, "stage": stage}
        if len(found) > 1:
            rows = pooled_score_rows(found[0].gold, [each.predicted for each in found], labels)
            yield from ({**named, **row, "seeds": len(found), "ties": None} for row in rows)
            continue
        [only] = found
        seeds = 0 if only.run == ALL else 1
        rows = score_rows(confusion(only.gold, only.predicted, labels), labels)
        yield from ({**named, **row, "seeds": seeds, "ties": only.ties} for row in rows)


def derive_confusion(study: Study, read: Read) -> Iterator[Row]:
    """How many examples have each two labels, for every run and stage; over all seeds, how many predictions."""
    labels = study.chosen.labels
    for run, stage, found in _by_run(read):
        counts = sum(confusion(each.gold, each.predicted, labels) for each in found)
        for gold, row in zip(labels, counts.tolist(), strict=True):
            for predicted, count in zip((*labels, NONE), row, strict=True):
                yield {"run": run, "stage": stage, "gold": gold, "predicted": predicted, "count": count}


def derive_transitions(study: Study, read: Read) -> Iterator[Row]:
    """How many examples are of each correctness class, for each seed and over all of them."""
    runs = {pair.run: pair.compared for pair in _before_and_after(study, read)}
    for run, compared in runs.items():
        yield from ({"run": run, **row, "seeds": 1} for row in transition_rows(compared))
    several = [*runs.values()]
    rows = pooled_transition_rows(several) if len(several) > 1 else transition_rows(several[0])
    yield from ({"run": ALL, **row, "seeds": len(several)} for row in rows)


def derive_tests(study: Study, read: Read) -> Iterator[Row]:
    """The paired test of each seed, corrected for their number, and that of the mean over the seeds."""
    runs = {pair.run: pair.compared for pair in _before_and_after(study, read)}
    rows = [{"run": run, **mcnemar_row(compared)} for run, compared in runs.items()]
    for row, p_holm in zip(rows, holm([row["p_value"] for row in rows]), strict=True):
        yield {**row, "p_holm": p_holm}
    pooled = pooled_test_row([*runs.values()])
    yield {"run": ALL, **pooled, "p_holm": pooled["p_value"]}


def _stages(read: Read) -> dict[tuple[str, str], Predictions]:
    """All predictions by run and stage, in the order of the table."""
    grouped = groupby(read("predictions").rows, key=lambda row: (row["run"], row["stage"]))
    return {key: Predictions(*key, list(rows)) for key, rows in grouped}


def _by_run(read: Read) -> Iterator[tuple[str, str, list[Predictions]]]:
    """Every run and stage with its predictions; `all` has those of every seed."""
    stages = _stages(read)
    by_stage: dict[str, list[Predictions]] = {}
    for (run, stage), found in stages.items():
        if run == ALL:
            yield ALL, stage, [found]
        else:
            by_stage.setdefault(stage, []).append(found)
    for stage, seeds in by_stage.items():
        yield from ((found.run, stage, [found]) for found in seeds)
        yield ALL, stage, seeds


def _before_and_after(study: Study, read: Read) -> list[Pair]:
    """Each trained model with what it is compared with."""
    stages = _stages(read)
    return [
        Pair(run, _before(study, stages, run), after)
        for (run, stage), after in stages.items()
        if stage == Stage.FINE_TUNED
    ]


def _before(study: Study, stages: Mapping[tuple[str, str], Predictions], run: str) -> Predictions:
    """Zero-shot where the study has it, else the classifier of the same seed, whose head may be pretrained."""
    if study.chosen.before == Stage.ZERO_SHOT:
        return stages[ALL, Stage.ZERO_SHOT]
    return next(found for (of, stage), found in stages.items() if of == run and stage != Stage.FINE_TUNED)
