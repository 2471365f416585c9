"""Scores of answers against references: of new tokens alone, and, to show what that mistake does, with the prompt.

Values run from 0 to 100. Those of a corpus come from sums of statistics, so that every interval and test is a
bootstrap over examples; over several trained models an example is drawn with what each of them says to it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.metrics.bertscore import bertscore
from experiments.metrics.bleu import bleu_of_totals, bleu_statistics, corpus_bleu
from experiments.metrics.rouge import rouge_scores
from experiments.statistics.bootstrap import Difference, bootstrap, mean, mean_statistics, paired_bootstrap
from experiments.tables.errors import UserError

BLEU, ROUGE_L = "bleu", "rouge_l"
BERTSCORES = ("bertscore_precision", "bertscore_recall", "bertscore_f1")
QUANTITIES = (BLEU, ROUGE_L, *BERTSCORES)
TESTED = (BLEU, ROUGE_L, "bertscore_f1")

PAIRS_AT_ONCE = 1024  # of BERTScore: it keeps the vectors of all tokens of a call

Pair = tuple[str, str]
Show = Callable[[list[list[Pair]]], Iterable[list[Pair]]]


class Value(NamedTuple):
    """A score and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Scored:
    """What one model says to all examples at one exit: statistics of BLEU (n, 10), other scores (n,) by name."""

    statistics: NDArray[np.int64]
    values: Mapping[str, NDArray[np.float64]]


class Scorer:
    """Scores texts against references; BERTScore of a pair is worked out once, and `look_ahead` tells which come.

    `name` is the registry's for the encoder in the folder `encoder`. Raises UserError where that has no such layer.
    """

    def __init__(self, name: str, encoder: Path, layer: int, device: str) -> None:
        from transformers import AutoConfig

        blocks = AutoConfig.from_pretrained(encoder).num_hidden_layers
        if layer > blocks:
            raise UserError(f"bertscore: {name} has {blocks} blocks, so there is no layer {layer}")
        self._name, self._encoder, self._layer, self._device = name, encoder, layer, device
        self._known: dict[Pair, NDArray[np.float64]] = {}

    def signature(self, quantity: str) -> str | None:
        """What fixes how BLEU or BERTScore is worked out; None for ROUGE-L."""
        if quantity in BERTSCORES:
            return f"{self._name}, layer {self._layer}, bert-score {version('bert-score')}, no idf, no baseline"
        return corpus_bleu([""], [["a"]]).signature if quantity == BLEU else None

    def look_ahead(self, pairs: Iterable[Pair], show: Show = iter) -> None:
        """Work out BERTScore for those that are new, many at once. `show` passes batches on and shows how far it is."""
        new = sorted({pair for pair in pairs if pair not in self._known}, key=lambda pair: (pair[1], pair[0]))
        for some in show([new[start : start + PAIRS_AT_ONCE] for start in range(0, len(new), PAIRS_AT_ONCE)]):
            found = bertscore(
                [text for text, _ in some],
                [reference for _, reference in some],
                self._encoder,
                self._layer,
                self._device,
            )
            self._known |= zip(some, 100 * np.stack(found[:3], axis=1), strict=True)

    def score(self, texts: Sequence[str], references: Sequence[str]) -> Scored:
        """Of each text against its reference. Raises UserError for an empty reference: nothing compares with it."""
        for number, reference in enumerate(references, start=1):
            if not reference.strip():
                raise UserError(f"the reference of example {number} is empty, so no answer can be scored; leave it out")
        pairs = list(zip(texts, references, strict=True))
        self.look_ahead(pairs)
        golds = [[reference] for reference in references]
        by_pair = np.array([self._known[pair] for pair in pairs])
        rouge = 100 * rouge_scores(texts, golds, ["rougeL"])["rougeL"]
        values = {ROUGE_L: rouge, **dict(zip(BERTSCORES, by_pair.T, strict=True))}
        return Scored(bleu_statistics(texts, golds), values)


def with_prompt(prompt: str, text: str) -> str:
    """What S4 seems to have scored: the prompt, and the text after it."""
    return f"{prompt} {text}".strip()


def value_of(runs: Sequence[Scored], quantity: str) -> Value:
    """The mean over the runs of a score over all examples, with its bootstrap interval over examples."""
    statistics, score = _summed(runs, quantity)
    low, high = bootstrap(statistics, score)
    return Value(float(score(statistics.sum(axis=0, keepdims=True))[0]), low, high)


def difference_of(before: Sequence[Scored], after: Sequence[Scored], quantity: str) -> Difference:
    """How much better `after` is; one run on either side is compared with the mean of several on the other."""
    most = max(len(before), len(after))
    sides = [list(side) * (most if len(side) == 1 else 1) for side in (before, after)]
    (first, score), (second, _) = (_summed(side, quantity) for side in sides)
    return paired_bootstrap(first, second, score)


def _summed(runs: Sequence[Scored], quantity: str) -> tuple[NDArray, Callable[[NDArray], NDArray]]:
    """Statistics (n, d) and the score of their sums. BLEU of several runs is the mean of the runs' corpus scores."""
    if quantity != BLEU:
        return mean_statistics(np.mean([run.values[quantity] for run in runs], axis=0)), mean
    width = runs[0].statistics.shape[1]

    def mean_bleu(totals: NDArray) -> NDArray:
        return np.mean(
            [bleu_of_totals(totals[:, start : start + width]) for start in range(0, totals.shape[1], width)], axis=0
        )

    return np.hstack([run.statistics for run in runs]), mean_bleu
