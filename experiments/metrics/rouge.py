"""ROUGE through rouge_score, with its Porter stemmer (Lin 2004)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ROUGE_TYPES = ("rouge1", "rouge2", "rougeL")


def rouge_scores(
    hypotheses: Sequence[str], references: Sequence[Sequence[str]], types: Sequence[str] = ROUGE_TYPES
) -> dict[str, NDArray[np.float64]]:
    """F-measures (n,) from 0 to 1 by type, one a segment: that of the reference that matches best.

    Raises ValueError where the two differ in length.
    """
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(list(types), use_stemmer=True)
    scored = [scorer.score_multi(given, text) for text, given in zip(hypotheses, references, strict=True)]
    return {name: np.array([segment[name].fmeasure for segment in scored]) for name in types}
