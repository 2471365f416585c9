"""METEOR with its exact and stem stages alone, without WordNet's synonyms, by nltk.

The scores are not those of METEOR with synonyms, hence the name.
"""

from collections.abc import Sequence

import evaluate
import numpy as np
from nltk.tokenize import wordpunct_tokenize
from nltk.translate.meteor_score import meteor_score
from numpy.typing import NDArray

from experiments.metrics.modules.described import described

CITATION = "Banerjee and Lavie 2005. METEOR: An Automatic Metric for MT Evaluation."
INPUTS = """
Args:
    predictions: texts.
    references: lists of one or more reference texts; the best match counts.
Returns:
    meteor_exact_stem: mean over the segments, from 0 to 1; segments: one a segment. Not comparable with METEOR
    that has synonyms.
"""


class _NoSynonyms:
    """A WordNet that knows no word, so that nltk's third stage matches nothing new and loads no corpus."""

    def synsets(self, word: str) -> tuple[()]:
        return ()


def meteor_exact_stem(hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    """Scores (n,) from 0 to 1, one a segment: that of the reference that matches best.

    Text is cut into words and runs of punctuation (nltk's wordpunct_tokenize), without case. Raises ValueError where
    the two differ in length.
    """
    return np.array(
        [
            meteor_score([wordpunct_tokenize(one) for one in given], wordpunct_tokenize(text), wordnet=_NoSynonyms())
            for text, given in zip(hypotheses, references, strict=True)
        ]
    )


class MeteorExactStem(evaluate.Metric):
    """METEOR with exact and stem matches as a metric of `evaluate`."""

    def _info(self) -> evaluate.MetricInfo:
        return described(__doc__, CITATION, INPUTS)

    def _compute(self, predictions, references) -> dict[str, object]:
        scores = meteor_exact_stem(predictions, references)
        return {"meteor_exact_stem": float(scores.mean()), "segments": scores.tolist()}
