"""Scores, tests, transitions and examples, derived from the frozen answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from experiments.metrics.answer_tables import (
    Run,
    answer_scores,
    answer_tests,
    answer_transitions,
    correctness,
    overlap_scores,
)
from experiments.statistics.corrections import holm
from experiments.study import StudyBase
from experiments.system import Read
from experiments.tables.terms import ALL, Stage

THRESHOLD, ALWAYS_ANSWER = "threshold", "always-answer"
POLICIES = (THRESHOLD, ALWAYS_ANSWER)

Row = dict[str, object]


@dataclass(frozen=True)
class Approach:
    """The answers of one approach: `runs` has those of each policy, stage and run, in this order of nesting."""

    name: str
    runs: Mapping[str, Mapping[str, Mapping[str, Run]]]

    def stages(self) -> list[str]:
        return list(self.runs[THRESHOLD])

    def has_no_seed(self, stage: str) -> bool:
        return list(self.runs[THRESHOLD][stage]) == [ALL]

    def pairs(self, policy: str) -> dict[str, tuple[Run, Run]]:
        """The answers before and after fine-tuning of each trained model; what has no seed is before all of them."""
        stages = self.runs[policy]
        before, after = stages[self.stages()[0]], stages[Stage.FINE_TUNED]
        return {run: (before.get(run) or before[ALL], answers) for run, answers in after.items()}


def score_rows(study: StudyBase, read: Read) -> Iterator[Row]:
    """The scores of every run and stage, and of all runs of a stage together."""
    for approach in _approaches(read):
        for stage in approach.stages():
            for run, policy, answers in _with_all(approach, stage):
                at = {"approach": approach.name, "run": run, "stage": stage, "policy": policy}
                seeds = 0 if approach.has_no_seed(stage) else len(answers)
                for make in (answer_scores, overlap_scores):
                    yield from ({**at, **row, "seeds": seeds} for row in make(answers))


def comparison_rows(study: StudyBase, read: Read) -> Iterator[Row]:
    """Tests of after against before, for every run and for all together."""
    for approach in _approaches(read):
        for policy in POLICIES:
            pairs = approach.pairs(policy)
            alone = [list(answer_tests([before], [after])) for before, after in pairs.values()]
            pooled = list(answer_tests(*zip(*pairs.values(), strict=True)))
            for number, of_all in enumerate(pooled):
                rows = [rows[number] for rows in alone]
                at = {"approach": approach.name, "policy": policy}
                for run, row, p in zip(pairs, rows, holm([row["p_value"] for row in rows]), strict=True):
                    yield {**at, "run": run, **row, "p_holm": p}
                yield {**at, "run": ALL, **of_all, "p_holm": of_all["p_value"]}


def transition_rows(study: StudyBase, read: Read) -> Iterator[Row]:
    """How many answers fine-tuning corrects and breaks, in every run and in all together."""
    for approach in _approaches(read):
        for policy in POLICIES:
            pairs = approach.pairs(policy)
            groups = {run: [pair] for run, pair in pairs.items()} | {ALL: list(pairs.values())}
            for run, sides in groups.items():
                at = {"approach": approach.name, "run": run, "policy": policy}
                for row in answer_transitions(*zip(*sides, strict=True)):
                    yield {**at, **row, "seeds": len(sides)}


def example_rows(study: StudyBase, read: Read) -> Iterator[Row]:
    """Every test question with what is given before and after fine-tuning by the threshold, and its features."""
    features = {(row["approach"], row["id"]): row for row in read("questions").rows}
    for approach in _approaches(read):
        for run, sides in approach.pairs(THRESHOLD).items():
            for before, after in zip(*sides, strict=True):
                yield {
                    **features[approach.name, before["id"]],
                    "run": run,
                    "paragraph": before["paragraph"],
                    "answerable": before["answerable"],
                    **_side("before", before),
                    **_side("after", after),
                    "correctness": correctness(before, after),
                }


def _side(side: str, answer: Mapping[str, object]) -> Row:
    names = ("answered", "start", "end", "margin", "gold_rank", "exact", "f1")
    return {f"{side}_{name}": answer[name] for name in names}


def _with_all(approach: Approach, stage: str) -> Iterator[tuple[str, str, Sequence[Run]]]:
    """Run, policy and answers; several runs are followed by all of them together."""
    names = list(approach.runs[THRESHOLD][stage])
    for run, chosen in [(name, [name]) for name in names] + ([] if names == [ALL] else [(ALL, names)]):
        for policy in POLICIES:
            yield run, policy, [approach.runs[policy][stage][name] for name in chosen]


def _approaches(read: Read) -> list[Approach]:
    """The answers by approach, policy, stage and run, all in the order in which they are frozen."""
    found: dict = {}
    for row in read("answers").rows:
        nested = found
        for name in ("approach", "policy", "stage"):
            nested = nested.setdefault(row[name], {})
        nested.setdefault(row["run"], []).append(row)
    return [Approach(name, runs) for name, runs in found.items()]
