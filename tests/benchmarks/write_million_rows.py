"""Write a CSV of predictions, one example a row: write_million_rows.py FILE ROWS."""

import random
import sys
from pathlib import Path

if __name__ == "__main__":
    chosen = random.Random(0)
    labels = ("negative", "positive")
    lines = [
        f"example-{number},{','.join(chosen.choices(labels, k=3))},{chosen.random():.6f}"
        for number in range(int(sys.argv[2]))
    ]
    Path(sys.argv[1]).write_text("\n".join(["id,gold,before,after,score", *lines, ""]), "utf-8")
