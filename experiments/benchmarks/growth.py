"""The table `slopes` of the study `time-by-size`: how time grows with the size of what there is."""

import math
from collections.abc import Iterator, Sequence

from experiments.system import Row


def derive_slopes(sizes: Sequence[Row]) -> Iterator[Row]:
    """For each command: how often more it takes at the largest size than at the smallest, and the power of the growth.

    The power is the slope of the logarithm of time over that of the size between the two largest sizes: 1 where twice
    as much takes twice as long, 0 where it does not matter.
    """
    for grows, command in dict.fromkeys((row["grows"], row["command"]) for row in sizes):
        own = [row for row in sizes if (row["grows"], row["command"]) == (grows, command)]
        if len(own) < 2:
            continue
        first, before, last = own[0], own[-2], own[-1]
        power = math.log(last["seconds"] / before["seconds"]) / math.log(last["size"] / before["size"])
        added = (last["seconds"] - first["seconds"]) / (last["size"] - first["size"])
        yield {
            "grows": grows,
            "command": command,
            "smallest": first["size"],
            "largest": last["size"],
            "ratio": last["seconds"] / first["seconds"],
            "power": power,
            "added": added * 1000,
        }
