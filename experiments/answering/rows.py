"""From what the runs found to the rows of the tables that only a run can make."""

from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING

from experiments.answering.questions import for_scoring
from experiments.answering.reading import ALWAYS, Candidate, give_answers
from experiments.metrics.answers import score_answers
from experiments.tables.terms import ALL
from experiments.training import runs

if TYPE_CHECKING:
    from experiments.answering.running import Answers, Findings

Row = dict[str, object]


def answer_rows(found: "Findings") -> Iterator[Row]:
    """Every answer of every run and stage, by the threshold and without one, with its scores."""
    golds = [for_scoring(question) for question in found.parts.test]
    for approach, run, answers in _by_run(found):
        for policy, threshold in (("threshold", answers.threshold.value), ("always-answer", ALWAYS)):
            scored = score_answers(golds, give_answers(answers.candidates, threshold))
            for candidate, cells in zip(answers.candidates, scored, strict=True):
                at = {"approach": approach, "run": run, "stage": answers.stage, "policy": policy}
                yield at | cells | _describe(candidate)


def threshold_rows(found: "Findings") -> Iterator[Row]:
    """The threshold of every run and stage; there is none of all seeds."""
    for approach, run, answers in _by_run(found):
        chosen, candidates = answers.threshold, answers.candidates
        yield {
            "approach": approach,
            "run": run,
            "stage": answers.stage,
            "threshold": chosen.value if isfinite(chosen.value) else None,
            "validation_n": chosen.n,
            "validation_f1": chosen.f1,
            "validation_f1_always": chosen.always_f1,
            "validation_f1_never": chosen.never_f1,
            "n": len(candidates),
            "answered": sum(bool(candidate.answer(chosen.value)) for candidate in candidates),
            "unparsed": sum(candidate.unparsed for candidate in candidates),
            "declined": sum(candidate.declined for candidate in candidates),
            "unfinished": sum(candidate.unfinished for candidate in candidates),
        }


def curve_rows(found: "Findings") -> Iterator[Row]:
    """The learning curves of every training."""
    for approach, outcome in found.outcomes:
        yield from ({"approach": approach.name, **row} for row in runs.curve_rows(outcome.by_seed))


def cost_rows(found: "Findings") -> Iterator[Row]:
    """What training and answering cost."""
    for approach, outcome in found.outcomes:
        yield from ({"approach": approach.name, **row} for row in runs.cost_rows(outcome.shared, outcome.by_seed))


def _describe(candidate: Candidate) -> Row:
    """What the model says of its best answer, given or not; the text itself is the data set's, and stays out."""
    names = ("margin", "start", "end", "gold_rank")
    return {name: vars(candidate)[name] for name in names}


def _by_run(found: "Findings") -> Iterator[tuple[str, str, "Answers"]]:
    """Approach, run and answers: of the part without a seed, then stage by stage of every seed."""
    for approach, outcome in found.outcomes:
        for answers in outcome.shared.answers if outcome.shared else ():
            yield approach.name, ALL, answers
        for same_stage in zip(*(part.answers for part in outcome.by_seed.values()), strict=True):
            for seed, answers in zip(outcome.by_seed, same_stage, strict=True):
                yield approach.name, runs.run_name(seed), answers
