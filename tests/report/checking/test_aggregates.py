"""A caption calls means, sums and extremes what they are."""

import pytest

from report.checking.aggregates import misaggregated
from tests.report.checking.facts import fact

MEAN, SUM = "mean of seconds[a], seconds[b]", "sum of 5 values, seconds[a] to seconds[e]"
LARGEST, SMALLEST = "largest of 3: seconds[a]", "smallest of 3: seconds[b]"
CELL = "seconds[a]"
CAPTION = "Time of training: means over the seeds, with bars over their range."


@pytest.mark.parametrize(
    ("hows", "caption", "words"),
    [
        ((MEAN, SMALLEST, LARGEST), CAPTION, []),
        ((LARGEST, SMALLEST, LARGEST), CAPTION, ["means"]),
        ((SUM,), CAPTION, ["means"]),
        ((CELL,), CAPTION, []),
        ((SUM, CELL), "The sum is the bar.", []),
        ((MEAN, CELL), "The sum is the bar.", ["sum"]),
        ((LARGEST,), "Peak memory, and the time of each.", []),
        ((SMALLEST,), "Average time.", ["Average"]),
        ((LARGEST,), "Time of training.", []),
    ],
)
def test_a_caption_says_what_is_worked_out(hows, caption, words):
    found = misaggregated(caption, [fact("seconds", how) for how in hows])
    assert [caption[start:end] for start, end, _ in found] == words
