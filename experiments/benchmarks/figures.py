"""What two programs are compared by: the time of the whole process, or figures that the programs print themselves.

A program that measures its own work, apart from imports and loading, prints one JSON object as the last line of its
output: `seconds` of CPU time, `bytes` of memory, and `outcome`, which must be the same on both sides. Ours may add
`products`, the floating-point operations of its matrix products, and `products_seconds`, the CPU time of these alone.
"""

import json
from dataclasses import dataclass
from typing import Literal

from experiments.tables.errors import UserError

Measure = Literal["wall", "cpu", "memory"]
"""Wall time of the process; CPU time of the work and memory of the work, as the programs print them."""

FIELDS = {"cpu": "seconds", "memory": "bytes"}


@dataclass(frozen=True)
class Run:
    """One run of a program. CPU time, in seconds, counts the process and all children that it waited for."""

    wall: float
    cpu: float
    output: str = ""

    def figure(self, measure: Measure) -> float:
        """What is compared, in seconds or bytes. Raises UserError where the program has not printed it."""
        if measure == "wall":
            return self.wall
        figure = self.printed().get(FIELDS[measure])
        if type(figure) not in (int, float) or not figure > 0:
            raise UserError(f"a program whose {measure} is compared printed no positive {FIELDS[measure]}: {figure!r}")
        return figure

    def printed(self) -> dict[str, object]:
        """The JSON object in the last line of the output. Raises UserError where there is none."""
        last = (self.output.strip().splitlines() or [""])[-1]
        try:
            printed = json.loads(last)
        except ValueError:
            printed = None
        if not isinstance(printed, dict):
            raise UserError("a program that measures itself printed no JSON object in its last line")
        return printed


@dataclass(frozen=True)
class Pair:
    """One run of each program, one after the other."""

    ours: Run
    theirs: Run

    def ratio(self, measure: Measure) -> float:
        """Theirs over ours. Raises UserError where the programs measure themselves and did not do the same work."""
        if measure != "wall" and self.ours.printed().get("outcome") != self.theirs.printed().get("outcome"):
            raise UserError("the two programs came to different outcomes, so their figures are not compared")
        return self.theirs.figure(measure) / self.ours.figure(measure)
