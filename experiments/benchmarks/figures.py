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

COMPARED = {"wall": "wall", "cpu": "work_cpu", "memory": "work_memory"}
"""The figure of a run that each measure compares."""
PRINTED = {"work_cpu": "seconds", "work_memory": "bytes"}


@dataclass(frozen=True)
class Run:
    """One run of a program. CPU time, in seconds, counts the process and all children that it waited for."""

    wall: float
    cpu: float
    output: str = ""

    def figures(self, measure: Measure) -> dict[str, object]:
        """What the run took: seconds of the process, and seconds and bytes of the work alone, None where not printed.

        What a program prints whose wall time is compared is its own. Raises UserError where the figure that is
        compared was not printed.
        """
        printed = {} if measure == "wall" else self.printed()
        found = {"wall": self.wall, "cpu": self.cpu, **{name: printed.get(key) for name, key in PRINTED.items()}}
        compared = COMPARED[measure]
        figure = found[compared]
        if compared in PRINTED and (type(figure) not in (int, float) or not figure > 0):
            key = PRINTED[compared]
            raise UserError(f"a program whose {measure} is compared printed no positive {key}: {figure!r}")
        return found

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

    def figures(self, measure: Measure) -> dict[str, object]:
        """What each side took, as `ours_…` and `theirs_…`.

        Raises UserError where the programs measure themselves and did not do the same work.
        """
        ours, theirs = self.ours.figures(measure), self.theirs.figures(measure)
        if measure != "wall" and self.ours.printed().get("outcome") != self.theirs.printed().get("outcome"):
            raise UserError("the two programs came to different outcomes, so their figures are not compared")
        sides = {"ours": ours, "theirs": theirs}
        return {f"{side}_{name}": cell for side, figures in sides.items() for name, cell in figures.items()}
