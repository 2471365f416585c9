"""From what the runs of one approach found to the rows of the tables."""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite

from experiments.answering.candidates import ALWAYS, given
from experiments.answering.questions import Parts, for_scoring
from experiments.answering.readers import Inputs
from experiments.answering.results import Answers, Found
from experiments.answering.study import Approach
from experiments.data.examples import Question
from experiments.metrics.answer_tables import (
    answer_scores,
    answer_tests,
    answer_transitions,
    correctness,
    overlap_scores,
)
from experiments.metrics.squad import Scored, normalize_answer, score_questions
from experiments.statistics.corrections import holm
from experiments.training.runs import ALL, FINE_TUNED, cost_rows, curve_rows, run_name

POLICIES = ("threshold", "always-answer")

Row = dict[str, object]


class Rows:
    """`shared` is what has no seed: the zero-shot part, None where the answers before fine-tuning are each seed's."""

    def __init__(
        self, approach: Approach, parts: Parts, inputs: Inputs, shared: Found | None, seeds: Mapping[int, Found]
    ) -> None:
        self._approach, self._test, self._inputs = approach, parts.test, inputs
        self._golds = [for_scoring(question) for question in parts.test]
        self._shared, self._seeds = shared, seeds

    def scores(self) -> Iterator[Row]:
        for run, stage, found in self._by_run():
            seeds = 0 if self._has_no_seed(stage) else len(found)
            for policy in POLICIES:
                said = [_given(answers, policy) for answers in found]
                for make in (answer_scores, overlap_scores):
                    for row in make(self._golds, said):
                        yield {**self._of(run), "stage": stage, "policy": policy, **row, "seeds": seeds}

    def tests(self) -> Iterator[Row]:
        for policy in POLICIES:
            pairs = [self._scored(found, policy) for found in self._seeds.values()]
            alone = [list(answer_tests([before], [after])) for before, after in pairs]
            pooled = list(answer_tests([before for before, _ in pairs], [after for _, after in pairs]))
            for number, of_all in enumerate(pooled):
                rows = [rows[number] for rows in alone]
                for seed, row, p in zip(self._seeds, rows, holm([row["p_value"] for row in rows]), strict=True):
                    yield {**self._of(run_name(seed)), "policy": policy, **row, "p_holm": p}
                yield {**self._of(ALL), "policy": policy, **of_all, "p_holm": of_all["p_value"]}

    def transitions(self) -> Iterator[Row]:
        for policy in POLICIES:
            pairs = [self._scored(found, policy) for found in self._seeds.values()]
            groups = {run_name(seed): [pair] for seed, pair in zip(self._seeds, pairs, strict=True)} | {ALL: pairs}
            for run, sides in groups.items():
                for row in answer_transitions([before for before, _ in sides], [after for _, after in sides]):
                    yield {**self._of(run), "policy": policy, **row, "seeds": len(sides)}

    def examples(self) -> Iterator[Row]:
        for seed, found in self._seeds.items():
            stages = {"before": self._before(found), "after": _stage(found, FINE_TUNED)}
            sides = dict(zip(stages, self._scored(found, "threshold"), strict=True))
            for index, question in enumerate(self._test):
                compared = {side: scored[index] for side, scored in sides.items()}
                cells = [_side(side, stages[side], index, compared[side]) for side in stages]
                yield {
                    **self._of(run_name(seed)),
                    "id": question.id,
                    "paragraph": question.paragraph,
                    "answerable": question.answerable,
                    **cells[0],
                    **cells[1],
                    "correctness": correctness(compared["before"], compared["after"]),
                    **_features(question),
                    "tokens": self._inputs.lengths[index],
                    "windows": self._inputs.rows[index],
                    "truncated": self._inputs.truncated[index],
                }

    def thresholds(self) -> Iterator[Row]:
        for run, stage, found in self._by_run():
            if run == ALL and not self._has_no_seed(stage):
                continue  # there is no threshold of all seeds
            [answers] = found
            chosen, candidates = answers.threshold, answers.candidates
            yield {
                **self._of(run),
                "stage": stage,
                "threshold": _finite(chosen.value),
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

    def curves(self) -> Iterator[Row]:
        return ({"approach": self._approach.name, **row} for row in curve_rows(self._seeds))

    def cost(self) -> Iterator[Row]:
        return ({"approach": self._approach.name, **row} for row in cost_rows(self._shared, self._seeds))

    def _of(self, run: str) -> Row:
        return {"approach": self._approach.name, "run": run}

    def _by_run(self) -> Iterator[tuple[str, str, list[Answers]]]:
        """Every run and stage with its answers, `all` with those of every seed."""
        for answers in self._shared.answers if self._shared else ():
            yield ALL, answers.stage, [answers]
        for stage in (answers.stage for answers in next(iter(self._seeds.values())).answers):
            found = {seed: _stage(each, stage) for seed, each in self._seeds.items()}
            yield from ((run_name(seed), stage, [answers]) for seed, answers in found.items())
            yield ALL, stage, list(found.values())

    def _has_no_seed(self, stage: str) -> bool:
        return self._shared is not None and any(answers.stage == stage for answers in self._shared.answers)

    def _before(self, found: Found) -> Answers:
        """What fine-tuning is compared with."""
        return self._shared.answers[0] if self._shared else found.answers[0]

    def _scored(self, found: Found, policy: str) -> tuple[list[Scored], list[Scored]]:
        before, after = self._before(found), _stage(found, FINE_TUNED)
        return tuple(score_questions(self._golds, _given(answers, policy)) for answers in (before, after))


def input_rows(approach: Approach, inputs: Mapping[str, Inputs]) -> Iterator[Row]:
    """How the questions of each part became rows of the model."""
    for part, found in inputs.items():
        yield {
            "approach": approach.name,
            "part": part,
            "model": approach.model.name,
            "max_tokens": approach.training.max_tokens,
            "n": len(found.rows),
            "rows": sum(found.rows),
            "windowed": sum(rows > 1 for rows in found.rows),
            "truncated": sum(found.truncated),
            "longest": max(found.lengths),
        }


def _finite(threshold: float) -> float | None:
    return threshold if isfinite(threshold) else None


def _stage(found: Found, stage: str) -> Answers:
    return next(answers for answers in found.answers if answers.stage == stage)


def _given(answers: Answers, policy: str) -> Mapping[str, str]:
    return given(answers.candidates, answers.threshold.value if policy == "threshold" else ALWAYS)


def _side(side: str, answers: Answers, index: int, scored: Scored) -> Row:
    candidate = answers.candidates[index]
    cells = {
        "answered": not scored.abstained,
        "start": candidate.start,
        "end": candidate.end,
        "margin": candidate.margin,
        "gold_rank": candidate.gold_rank,
        "exact": scored.exact,
        "f1": float(scored.f1),
    }
    return {f"{side}_{name}": value for name, value in cells.items()}


def _features(question: Question) -> Row:
    asked, read = _words(question.question), _words(question.context)
    shared = len(set(asked) & set(read)) / len(set(asked)) if asked else None
    return {"question_words": len(asked), "context_words": len(read), "overlap": shared}


def _words(text: str) -> Sequence[str]:
    """Words as the scores count them: without case, punctuation and articles."""
    return normalize_answer(text).split()
