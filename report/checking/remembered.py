"""What was found before, kept as long as nothing changed: the results of a check, and the text of the PDF."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from experiments.tables.digest import sha256_file
from experiments.tables.files import replace_file
from report.checking.findings import Results
from report.rendering import stamp

RESULTS = Path(".press") / "checks.json"


def remembered(root: Path, check: Callable[[], Results]) -> Results:
    """The results of the last check if the render is the one that was checked then; else `check()`, which is kept.

    Call it only while the render is current (`stamp.is_current`): its stamp stands for all that the check reads.
    """
    key = sha256_file(root / stamp.STAMP)
    path = root / RESULTS
    with suppress(OSError, ValueError, KeyError, TypeError, ValidationError):
        kept = json.loads(path.read_bytes())
        if kept["render"] == key:
            return Results.model_validate(kept["results"])
    results = check()
    record = f'{{"render":"{key}","results":{results.model_dump_json()}}}'
    with suppress(OSError):
        replace_file(path, record.encode())
    return results
