"""Corpus BLEU through sacrebleu (Post 2018, arXiv 1804.08771), and the statistics of each segment that it sums up.

BLEU is no mean over segments, but it is a function of sums: a bootstrap adds up statistics instead of counting n-grams
again. Scores run from 0 to 100 and come with sacrebleu's signature.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ORDER = 4  # n-grams up to this length
BLEU_STATISTICS = (
    "bleu_length",
    "bleu_reference_length",
    *(f"bleu_matched_{order}" for order in range(1, ORDER + 1)),
    *(f"bleu_ngrams_{order}" for order in range(1, ORDER + 1)),
)
"""Names of the statistics of a segment, in their order."""

References = Sequence[Sequence[str]]


class Bleu(NamedTuple):
    """A corpus score from 0 to 100, the signature that fixes how it was computed, and the number of segments."""

    score: float
    signature: str
    n: int


def corpus_bleu(hypotheses: Sequence[str], references: References) -> Bleu:
    """BLEU of the hypotheses, each against its one or more references.

    Raises ValueError without segments, for a segment without reference, and where the two differ in length.
    """
    metric = _metric()
    _check(hypotheses, references)
    streams = list(zip_longest(*references))  # sacrebleu wants the first reference of every segment, then the second …
    score = metric.corpus_score(list(hypotheses), streams).score
    return Bleu(score, str(metric.get_signature()), len(hypotheses))


def bleu_statistics(hypotheses: Sequence[str], references: References) -> NDArray[np.int64]:
    """Sufficient statistics (n, 10) of each segment: both lengths, matched and all n-grams of orders 1 to 4.

    Their names are `BLEU_STATISTICS`. Raises ValueError as `corpus_bleu` does.
    """
    metric = _metric()
    _check(hypotheses, references)
    scored = (
        metric.corpus_score([text], [[reference] for reference in given])
        for text, given in zip(hypotheses, references, strict=True)
    )
    return np.array([[one.sys_len, one.ref_len, *one.counts, *one.totals] for one in scored], dtype=np.int64)


def bleu_of_totals(totals: NDArray) -> NDArray[np.float64]:
    """BLEU (resamples,) of summed statistics (resamples, 10), by sacrebleu's own formula: equal to it exactly.

    This is the `score` that `experiments.statistics.bootstrap` takes.
    """
    from sacrebleu.metrics import BLEU

    found = [
        BLEU.compute_bleu(row[2 : 2 + ORDER], row[2 + ORDER :], row[0], row[1], smooth_method="exp").score
        for row in np.asarray(totals).astype(np.int64).tolist()
    ]
    return np.array(found)


def _metric():
    from sacrebleu.metrics import BLEU

    return BLEU(force=True)  # only silences a warning on text that looks tokenised


def _check(hypotheses: Sequence[str], references: References) -> None:
    if not hypotheses:
        raise ValueError("BLEU needs at least one segment")
    if len(hypotheses) != len(references):
        raise ValueError(f"{len(hypotheses)} hypotheses for {len(references)} segments of references")
    for index, given in enumerate(references):
        if isinstance(given, str) or not given:
            raise ValueError(f"segment {index} needs a list of at least one reference")
