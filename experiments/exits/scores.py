"""Scores, intervals and tests of the exits, derived from the statistics of each answer.

Every score is a function of sums over the examples, so every interval and test is a bootstrap over examples; over
several trained models an example is drawn with what each of them says to it. Values run from 0 to 100.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from experiments.exits.terms import (
    BERTSCORES,
    BLEU,
    BLEU_STATISTICS,
    ECHO,
    EXIT,
    NEW_TOKENS,
    QUANTITIES,
    ROUGE_L,
    SILENCE,
    TESTED,
    WITH_PROMPT,
)
from experiments.study import StudyBase
from experiments.system import Read, Row
from experiments.tables.terms import ALL, Stage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.statistics.bootstrap import Difference
    from experiments.statistics.level import Interval

Said = tuple[str, str, str, int]
"""Who answered: model, stage, run and depth."""


class Scored:
    """What one model scores at one exit, over all examples: statistics of BLEU (n, 10), other scores (n,) by name."""

    def __init__(self, rows: Sequence[Row]) -> None:
        import numpy as np

        self.bleu: NDArray = np.array([[row[name] for name in BLEU_STATISTICS] for row in rows])
        self.values: dict[str, NDArray] = {
            name: np.array([row[name] for row in rows]) for name in (ROUGE_L, *BERTSCORES)
        }


class Statistics:
    """The frozen statistics, by who said what; lists keep the order of the table."""

    def __init__(self, rows: Sequence[Row]) -> None:
        found: dict[tuple, list[Row]] = {}
        for row in rows:
            who = (row["model"], row["stage"], row["run"], row["depth"])
            found.setdefault((row["answer"], row["scored"], *who), []).append(row)
        self._scored = {key: Scored(some) for key, some in found.items()}
        exits = [key[2:] for key in found if key[:2] == (EXIT, NEW_TOKENS)]
        self.models = list(dict.fromkeys(model for model, *_ in exits))
        self._exits = exits
        self.n = len(next(iter(found.values())))
        first = rows[0]
        self._signatures = {
            BLEU: first["bleu_signature"],
            ROUGE_L: None,
            **dict.fromkeys(BERTSCORES, first["bertscore_signature"]),
        }

    def signature(self, quantity: str) -> str | None:
        """What fixes how BLEU or BERTScore is worked out; None for ROUGE-L."""
        return self._signatures[quantity]

    def depths(self, model: str) -> list[int]:
        """The exits of a model, rising."""
        return list(dict.fromkeys(depth for name, _, _, depth in self._exits if name == model))

    def groups(self, model: str) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
        """Stage, run, and the stage and run of every part in it: in `all` of the fine-tuned ones with every seed."""
        parts = list(dict.fromkeys((stage, run) for name, stage, run, _ in self._exits if name == model))
        yield from ((stage, run, [(stage, run)]) for stage, run in parts)
        yield Stage.FINE_TUNED, ALL, [part for part in parts if part[0] == Stage.FINE_TUNED]

    def of(self, model: str, parts: Sequence[tuple[str, str]], depth: int, scored: str = NEW_TOKENS) -> list[Scored]:
        """What a model scores at a depth in each of these parts."""
        return [self._scored[EXIT, scored, model, stage, run, depth] for stage, run in parts]

    def baseline(self, model: str, answer: str, scored: str) -> list[Scored]:
        """What saying nothing, or echoing the prompt, scores."""
        return [self._scored[answer, scored, model, "none", "none", 0]]


def score_rows(study: StudyBase, read: Read) -> Iterator[Row]:
    """The scores of every exit, with what trivial baselines score and what scoring the prompt too would give."""
    statistics = Statistics(read("statistics").rows)
    answers: dict[Said, list[Row]] = {}
    for row in read("answers").rows:
        answers.setdefault((row["model"], row["stage"], row["run"], row["depth"]), []).append(row)
    for model in statistics.models:
        baselines = {
            quantity: {
                "echo_baseline": value_of(statistics.baseline(model, ECHO, NEW_TOKENS), quantity),
                "empty_baseline": value_of(statistics.baseline(model, SILENCE, NEW_TOKENS), quantity),
                "with_prompt_empty_baseline": value_of(statistics.baseline(model, SILENCE, WITH_PROMPT), quantity),
            }
            for quantity in QUANTITIES
        }
        for stage, run, parts in statistics.groups(model):
            for depth in statistics.depths(model):
                said = [row for part in parts for row in answers[model, *part, depth]]
                scored = statistics.of(model, parts, depth)
                for quantity in QUANTITIES:
                    low, high = interval_of(scored, quantity)
                    yield {
                        "model": model,
                        "stage": stage,
                        "run": run,
                        "depth": depth,
                        "quantity": quantity,
                        "value": value_of(scored, quantity),
                        "low": low,
                        "high": high,
                        "n": statistics.n,
                        **baselines[quantity],
                        **_shares(said),
                        "with_prompt": value_of(statistics.of(model, parts, depth, WITH_PROMPT), quantity),
                        "signature": statistics.signature(quantity),
                        "seeds": 0 if stage == Stage.BASE else len(parts),
                    }


def baseline_rows(study: StudyBase, read: Read) -> Iterator[Row]:
    """What the two trivial baselines score, with and without the prompt."""
    statistics = Statistics(read("statistics").rows)
    for model in statistics.models:
        for answer in (SILENCE, ECHO):
            for quantity in QUANTITIES:
                prompted = statistics.baseline(model, answer, WITH_PROMPT)
                low, high = interval_of(prompted, quantity)
                yield {
                    "model": model,
                    "answer": answer,
                    "quantity": quantity,
                    "new_tokens_only": value_of(statistics.baseline(model, answer, NEW_TOKENS), quantity),
                    "with_prompt": value_of(prompted, quantity),
                    "low": low,
                    "high": high,
                    "n": statistics.n,
                    "signature": statistics.signature(quantity),
                }


def comparison_rows(study: StudyBase, read: Read) -> Iterator[Row]:
    """Tests of fine-tuning at each depth, of each exit against the one before, and of the deepest one."""
    statistics = Statistics(read("statistics").rows)
    for model in statistics.models:
        depths = statistics.depths(model)
        for stage, run, parts in statistics.groups(model):
            if stage == Stage.FINE_TUNED:
                base = [(Stage.BASE, ALL)]
                yield from _tests(statistics, model, "fine-tuning", run, [(base, d, parts, d) for d in depths])
            deeper = [(parts, one, parts, other) for one, other in pairwise(depths)]
            yield from _tests(statistics, model, "deeper", run, deeper)
            if len(depths) > 1:
                yield from _tests(statistics, model, "deepest", run, [(parts, depths[0], parts, depths[-1])])


def value_of(runs: Sequence[Scored], quantity: str) -> float:
    """The mean over the runs of a score over all examples."""
    statistics, score = _summed(runs, quantity)
    return float(score(statistics.sum(axis=0, keepdims=True))[0])


def interval_of(runs: Sequence[Scored], quantity: str) -> "Interval":
    """The bootstrap interval, over the examples, of `value_of`."""
    from experiments.statistics.bootstrap import bootstrap

    return bootstrap(*_summed(runs, quantity))


def difference_of(before: Sequence[Scored], after: Sequence[Scored], quantity: str) -> "Difference":
    """How much better `after` is; one run on either side is compared with the mean of several on the other."""
    from experiments.statistics.bootstrap import paired_bootstrap

    most = max(len(before), len(after))
    sides = [list(side) * (most if len(side) == 1 else 1) for side in (before, after)]
    (first, score), (second, _) = (_summed(side, quantity) for side in sides)
    return paired_bootstrap(first, second, score)


def _tests(
    statistics: Statistics,
    model: str,
    comparison: str,
    run: str,
    pairs: Sequence[tuple[list[tuple[str, str]], int, list[tuple[str, str]], int]],
) -> Iterator[Row]:
    """A family of tests: Holm's correction is over the pairs, each quantity by itself."""
    from experiments.statistics.corrections import holm

    for quantity in TESTED:
        found = [
            difference_of(statistics.of(model, before, shallow), statistics.of(model, after, deep), quantity)
            for before, shallow, after, deep in pairs
        ]
        adjusted = holm([each.p_value for each in found])
        for (before, shallow, after, deep), difference, p_holm in zip(pairs, found, adjusted, strict=True):
            yield {
                "model": model,
                "comparison": comparison,
                "run": run,
                "before_stage": before[0][0],
                "before_depth": shallow,
                "after_stage": after[0][0],
                "after_depth": deep,
                "quantity": quantity,
                "n": statistics.n,
                **difference._asdict(),
                "p_holm": p_holm,
            }


def _shares(said: Sequence[Row]) -> Row:
    n = len(said)
    return {
        "empty_share": sum(row["empty"] for row in said) / n,
        "repeated_share": sum(row["repeated"] for row in said) / n,
        "unfinished_share": sum(row["stop"] != "end" for row in said) / n,
    }


def _summed(runs: Sequence[Scored], quantity: str) -> "tuple[NDArray, Callable[[NDArray], NDArray]]":
    """Statistics (n, d) and the score of their sums. BLEU of several runs is the mean of the runs' corpus scores."""
    import numpy as np

    from experiments.statistics.bootstrap import mean, mean_statistics

    if quantity != BLEU:
        return mean_statistics(np.mean([run.values[quantity] for run in runs], axis=0)), mean

    def mean_bleu(totals: "NDArray") -> "NDArray":
        sides = np.split(totals.astype(float), totals.shape[1] // len(BLEU_STATISTICS), axis=1)
        return np.mean([_bleu(side.tobytes()) for side in sides], axis=0)

    return np.hstack([run.bleu for run in runs]), mean_bleu


@lru_cache(maxsize=512)
def _bleu(totals: bytes) -> "NDArray":
    """BLEU of summed statistics, doubles (resamples, 10). An exit is drawn alike for its interval and its tests."""
    import numpy as np

    from experiments.metrics.bleu import bleu_of_totals

    return bleu_of_totals(np.frombuffer(totals).reshape(-1, len(BLEU_STATISTICS)))
