"""A frozen table that somebody changed together with its sidecar, so that all digests agree."""

from pathlib import Path

from experiments.freezing.seal import sidecar_bytes, signed
from experiments.tables.read import read_sidecar
from experiments.tables.stored import csv_digests
from tests.files import edit


def forge(root: Path, table_id: str, old: str, new: str) -> None:
    """Change the CSV of a table, and its sidecar with it."""
    path = root / f"{table_id}.csv"
    sidecar = read_sidecar(table_id, root)
    edit(path, old, new)
    fresh = csv_digests(path.read_bytes(), sidecar.columns)
    digests = sidecar.digests.model_copy(update=fresh)
    forged = sidecar.model_copy(update={"digests": digests, "row_count": len(fresh["rows"])})
    path.with_suffix(".json").write_bytes(sidecar_bytes(signed(forged)))
