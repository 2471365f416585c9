"""Freeze a CSV of many rows in memory, and verify what was frozen: rows_in_columns.py FILE.

Prints the CPU time of the work without the imports, and the number of rows.
"""

import json
import sys
import time

from pyarrow import csv

from experiments.tables.columns import number, text
from experiments.tables.parquet import decode_parquet
from experiments.tables.stored import encode_rows

COLUMNS = (*(text(name, name) for name in ("id", "gold", "before", "after")), number("score", "score"))

if __name__ == "__main__":
    start = time.process_time()
    data, _ = encode_rows("parquet", COLUMNS, ("id",), csv.read_csv(sys.argv[1]), "rows")
    count = decode_parquet(data, COLUMNS, ("id",), "rows").num_rows
    print(json.dumps({"seconds": time.process_time() - start, "outcome": count}))
