"""P-values corrected for how many tests were made."""

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values, in the order given (Holm 1979): each is to be compared with the common level.

    The k-th smallest of m is multiplied by m - k + 1, is at least the one before it and at most 1. Written out here,
    since statsmodels' `multipletests` collects all garbage of the process at each call (tens of milliseconds).
    Raises ValueError where one does not lie between 0 and 1.
    """
    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError(f"p-values lie between 0 and 1: {list(p_values)}")
    if not p_values:
        return []
    order = np.argsort(p_values)
    raised = np.asarray(p_values, dtype=float)[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(raised), 1)
    return adjusted.tolist()
