"""The confidence of every interval and the level of every test, and what an interval is."""

from typing import NamedTuple

CONFIDENCE = 0.95
LEVEL = 0.05
"""A p-value below it is called significant."""

CONFIDENCE_TEXT = f"{CONFIDENCE:.0%}".replace("%", " %")
"""As columns and captions say it: "95 %"."""

LEVEL_TEXT = f"{LEVEL:.0%}".replace("%", " %")
"""As columns and captions say it: "5 %"."""


class Interval(NamedTuple):
    """The lower and the upper bound of a score, in the score's own unit."""

    low: float
    high: float
