"""Write the table of what was tried on purpose into the README: `python -m tests.hardening.readme`."""

import sys

from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.read import read_table
from tests.readme_block import fill

TABLE = "hostile-trials/trials"


def block() -> str:
    """The table in markdown, a row for each series."""
    rows = read_table(TABLE, PACKAGE_ROOT / "experiments" / "frozen").rows
    lines = ["| tried on purpose | classes | tried | held |", "|---|---|---|---|"]
    for series in dict.fromkeys(str(row["series"]) for row in rows):
        own = [row for row in rows if row["series"] == series]
        sums = (sum(row[column] for row in own) for column in ("tried", "held"))
        lines.append(f"| {series} | {len(own)} | {' | '.join(f'{number:,}' for number in sums)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    fill("hardening", block())
    sys.exit(0)
