"""Write the table of planted faults into the README, from the frozen table: `python -m tests.faults.readme`."""

import sys

from experiments.tables.read import read_table
from tests.faults.copies import PROJECT
from tests.faults.run import OURS
from tests.readme_block import fill

LEAST = 0.97
"""The share of the faults that must be noticed. Those that are not are told."""
TABLE = "planted-faults/caught"
CHANGES = "planted-faults/changes"


def block() -> str:
    """The table in markdown: a row for each class, a column for each tool, sums at the end of each sort."""
    rows = read_table(TABLE, PROJECT / "experiments" / "frozen").rows
    tools = list(dict.fromkeys(str(row["tool"]) for row in rows))
    lines = [f"| planted | {' | '.join(tools)} |", "|---|" + "---|" * len(tools)]
    for sort, title in (("fault", "**faults caught**"), ("harmless", "**harmless changes reported**")):
        own = [row for row in rows if row["sort"] == sort]
        for name in dict.fromkeys(str(row["class"]) for row in own):
            lines.append(_line(name, [[r for r in own if (r["class"], r["tool"]) == (name, tool)] for tool in tools]))
        lines.append(_line(title, [[row for row in own if row["tool"] == tool] for tool in tools]))
    return "\n".join(lines)


def _line(title: str, by_tool: list[list]) -> str:
    cells = [f"{sum(r['caught'] for r in own)} of {sum(r['planted'] for r in own)}" if own else "–" for own in by_tool]
    return f"| {title} | {' | '.join(cells)} |"


def main() -> int:
    """Write the table and tell what was missed; returns 1 where that is too much, or a harmless change was reported."""
    fill("faults", block())
    changes = read_table(CHANGES, PROJECT / "experiments" / "frozen").rows
    wrong = [row for row in changes if row["tool"] == OURS and row["caught"] != (row["sort"] == "fault")]
    for row in wrong:
        what = "not caught" if row["sort"] == "fault" else "reported, though harmless"
        print(f"{what}: {row['class']}: {row['change']}", file=sys.stderr)
    faults = [row for row in changes if row["tool"] == OURS and row["sort"] == "fault"]
    missed = [row for row in wrong if row["sort"] == "fault"]
    return 1 if len(missed) < len(wrong) or len(missed) > (1 - LEAST) * len(faults) else 0


if __name__ == "__main__":
    sys.exit(main())
