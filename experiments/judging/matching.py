"""Judges that compare: the answer is right where it is the reference."""

from collections.abc import Iterator, Mapping, Sequence

from experiments.judging.prompts import RIGHT, WRONG, Pair, Question
from experiments.judging.study import Matching
from experiments.judging.verdicts import Verdict
from experiments.metrics.squad import exact_match, normalize_answer


class MatchingJudge:
    """See `judge.Judge`."""

    models: Mapping[str, str] = {}

    def __init__(self, settings: Matching) -> None:
        self._matches = {"exact": _exact, "normalised": _normalised}[settings.kind]
        self.identity = {"kind": settings.kind}

    def verdicts(self, questions: Sequence[Question]) -> Iterator[list[Verdict]]:
        yield [Verdict(RIGHT if self._matches(question.pair) else WRONG) for question in questions]


def _exact(pair: Pair) -> bool:
    return pair.answer.strip() == pair.reference.strip()


def _normalised(pair: Pair) -> bool:
    """An answer of which normalisation leaves nothing matches nothing, not even a reference of which it leaves none."""
    return bool(normalize_answer(pair.answer)) and exact_match(pair.answer, pair.reference) == 1
