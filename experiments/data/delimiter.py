"""Tells by the header of a table what stands between its cells: a comma, or what spreadsheets write in its place."""

import csv
import io
from collections.abc import Collection

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
LONGEST_HEADER = 2**20  # bytes


def find_delimiter(start: bytes, wanted: Collection[str] = ()) -> str:
    """What parts the header so that it has the `wanted` columns; else so that it has the most, a comma before others.

    `start` is how the file begins; no more than LONGEST_HEADER of it is looked at.
    """
    text = start[:LONGEST_HEADER].decode("utf-8-sig", "replace")
    headers = {}
    for delimiter in DELIMITERS:
        try:
            header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), [])
        except csv.Error:  # a quote that ends within a cell: the cells are parted by something else
            header = []
        headers[delimiter] = [name.strip() for name in header]
    fitting = [delimiter for delimiter, header in headers.items() if set(wanted) <= set(header) and len(header) > 1]
    if wanted and fitting:
        return fitting[0]
    return max(headers, key=lambda delimiter: len(headers[delimiter]))
