"""The line `sep=;` that Excel writes above the header of a CSV file, and takes for no data."""

import re

from experiments.tables.errors import UserError


def refuse_separator_line(start: bytes | str, where: str) -> None:
    """Raises UserError where a file that begins with `start` begins with such a line."""
    text = start if isinstance(start, str) else start.decode("utf-8-sig", "replace")
    if re.match(r"\s*\"?sep=.?\"?\s*?(\r|\n|$)", text, re.IGNORECASE):
        raise UserError(f"{where}:1: a line for Excel that names the separator; delete it, the separator is found")
