"""Where a value comes from: one cell of one frozen table."""

from dataclasses import dataclass
from typing import Any, Literal

from analysis.facts.escape import clean

Data = str | int | float | bool | None

Kind = Literal["computed", "measured", "reported", "mixed", "record"]
"""The kinds of frozen tables, then: derived from several kinds; a record about a table or the build, not a result."""


@dataclass(frozen=True)
class Origin:
    """One cell of one frozen table."""

    table: str
    """Table id, `study/table`."""
    row: tuple[tuple[str, Data], ...]
    """The row's key, column by column; empty for a record of the sidecar."""
    column: str
    """Column name; `@path.in.sidecar` for a record."""
    digest: str
    """SHA-256 of the table, in hexadecimal."""
    kind: Kind

    @property
    def name(self) -> str:
        """Short name in derivations: `total[llama-3.2-1b]`."""
        key = ", ".join("–" if part is None else str(part) for _, part in self.row)
        return clean(f"{self.column}[{key}]" if key else f"{self.table}{self.column}")

    def as_json(self) -> dict[str, Any]:
        """The origin as it stands in fact logs and in facts.json."""
        return {
            "table": self.table,
            "row": dict(self.row),
            "column": self.column,
            "digest": self.digest,
            "kind": self.kind,
        }
