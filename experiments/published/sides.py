"""The two sides of a comparison, and which of them words name."""

import re

from experiments.tables.claims import DifferenceSignificant, Equal, Figures, Greater, Rises, Times, Within
from experiments.tables.closed import Closed
from experiments.tables.documents.typography import simple


def sides(claim: Closed) -> tuple[str, str, str] | None:
    """What the words before and after "than" should name, and the keys of the claim that say so."""
    if isinstance(claim, Rises) and len(claim.steps) == 2:
        first, last = map(str, claim.steps)
        return (last, first, "`steps`")
    if isinstance(claim, Greater | Times | DifferenceSignificant | Equal | Within) and isinstance(claim.right, Figures):
        left, right = claim.left.conditions(), claim.right.conditions()
        for name, value in left.items():
            if isinstance(value, str) and isinstance(right.get(name), str) and right[name] != value:
                return value, right[name], "`left` and `right`"
    return None


def names(text: str, value: str, other: str) -> bool:
    """Whether a text names `value` and not `other`: by the words in which the two differ."""
    own, its = own_words(value, other), own_words(other, value)
    words = joined(text)
    return bool(own) and own in words and not (bool(its) and its in words)


def own_words(value: str, other: str) -> str:
    """The words of a value that another one lacks, as they are compared; without sizes such as 7b."""
    theirs = simple(other).split()
    return "".join(_stem(word) for word in simple(value).split() if word not in theirs and not word[0].isdigit())


def joined(text: str) -> str:
    """The words of a text as they are compared, without what stands between them."""
    return "".join(_stem(word) for word in simple(text).split())


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ed|s)$", "", word)
