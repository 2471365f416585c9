"""Write a CSV of predictions, one example a row: write_million_rows.py FILE ROWS."""

import random
import sys
from pathlib import Path

LABELS = ("negative", "positive")


def write_rows(path: Path, count: int) -> None:
    """So many examples with a gold label, two predictions and a score, drawn at random."""
    chosen = random.Random(0)
    lines = [
        f"example-{number},{','.join(chosen.choices(LABELS, k=3))},{chosen.random():.6f}" for number in range(count)
    ]
    path.write_text("\n".join(["id,gold,before,after,score", *lines, ""]), "utf-8")


if __name__ == "__main__":
    write_rows(Path(sys.argv[1]), int(sys.argv[2]))
