"""METEOR with its exact and stem stages alone (Banerjee & Lavie 2005, as in nltk): no synonyms, so no WordNet.

The scores are not those of METEOR with synonyms, hence the name.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class _NoSynonyms:
    """A WordNet that knows no word, so that nltk's third stage matches nothing new and loads no corpus."""

    def synsets(self, word: str) -> tuple[()]:
        return ()


def meteor_exact_stem(hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    """Scores (n,) from 0 to 1, one a segment: that of the reference that matches best.

    Text is cut into words and runs of punctuation (nltk's wordpunct_tokenize), without case. Raises ValueError where
    the two differ in length.
    """
    from nltk.tokenize import wordpunct_tokenize
    from nltk.translate.meteor_score import meteor_score

    return np.array(
        [
            meteor_score([wordpunct_tokenize(one) for one in given], wordpunct_tokenize(text), wordnet=_NoSynonyms())
            for text, given in zip(hypotheses, references, strict=True)
        ]
    )
