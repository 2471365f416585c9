"""A unit that contradicts its value is told, and no other."""

import pytest

from report.checking.units import contradiction
from report.ledger.model import Fact, Origin


def fact(value: float, text: str, unit: str | None, how: str) -> Fact:
    origin = Origin(table="study/table", row={}, column="x", digest="0", kind="measured")
    return Fact(
        id="a-1",
        chapter="a",
        form="inline",
        label=None,
        text=text,
        value=value,
        unit=unit,
        kind="measured",
        how=how,
        origins=(origin,),
    )


SECONDS = fact(42.0, "42", "s", "wall_seconds[a]")
MINUTES = fact(47.2, "47", "s", "wall_seconds[a] ÷ 60")
SHARE = fact(0.866, "0.866", None, "value[a]")
GAIN = fact(12.7, "+12.7", None, "difference[a] × 100")
PERCENT = fact(0.866, "86.6%", None, "value[a]")
COUNT = fact(12, "12", None, "number of rows of runs/scores")
NAMED = fact(12, "12", None, "minutes[a]")
SCORE = fact(38.4, "38.4", None, "smallest of 4: bleu[a]")
P_VALUE = fact(0.052, "0.052", None, "smallest of 4: p_holm[a]").model_copy(
    update={"origins": (Origin(table="study/table", row={}, column="p_holm", digest="0", kind="measured"),)}
)
TOOK = fact(38.4, "38.4", None, "wall_seconds[a]")
PRINTED = fact(14.9, "14.9", None, "value[s2-peak-gpu-memory]").model_copy(
    update={
        "origins": (
            Origin(
                table="published-s2/figures",
                row={"figure": "s2-peak-gpu-memory"},
                column="value",
                digest="0",
                kind="reported",
            ),
        )
    }
)
MEMORY = fact(1.5, "1.5\u00a0GB", "GB", "peak[a]")


@pytest.mark.parametrize(
    ("shown", "after", "wrong"),
    [
        (SECONDS, " seconds of work", None),
        (SECONDS, " minutes of work", "minutes"),
        (SECONDS, " tokens", "tokens"),
        (SECONDS, " of them", None),
        (MINUTES, " minutes", None),
        (MINUTES, " seconds", "seconds"),
        (SHARE, " %", "%"),
        (SHARE, " of all", None),
        (GAIN, " points", None),
        (GAIN, " %", "%"),
        (PERCENT, " of examples", None),
        (PERCENT, " points", "points"),
        (PERCENT, "%", "%"),
        (COUNT, " of 24 exits", None),
        (COUNT, " layers", None),
        (COUNT, " GB of exits", "GB"),
        (COUNT, "%", "%"),
        (COUNT, " ms", "ms"),
        (NAMED, " minutes", None),
        (NAMED, " hours", "hours"),
        (SCORE, " GB", "GB"),
        (SCORE, " points", None),
        (SCORE, " tokens", None),
        (P_VALUE, " GB", "GB"),
        (P_VALUE, " points", "points"),
        (P_VALUE, " tests", None),
        (TOOK, " s", None),
        (TOOK, " GB", "GB"),
        (PRINTED, " GB", None),
        (PRINTED, " MB", "MB"),
        (MEMORY, " of memory", None),
        (MEMORY, " seconds", "seconds"),
    ],
)
def test_units(shown, after, wrong):
    found = contradiction(shown.text, after, shown)
    assert (found and found[0]) == wrong
