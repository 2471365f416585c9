"""What claims may be held against: our own results. Of published figures a claim sees those of its own source alone."""

from dataclasses import dataclass

from analysis.claims.ruling import ClaimError
from analysis.facts import Row, Value, View
from analysis.facts.origins import Data


class OwnRow(Row):
    """A row whose cells are refused where somebody published them."""

    def _value(self, column: str) -> Value:
        return _own(super()._value(column), f"{column} of {self.table.id}")


@dataclass(frozen=True, eq=False)
class OwnResults(View):
    """A table as predicates read it. Raises ClaimError for what somebody published, in whatever table it stands."""

    def row(self, cells: dict[str, Data]) -> Row:
        return OwnRow(self.table, cells)

    def count(self) -> Value:
        return _own(super().count(), f"the number of rows of {self.id}")


def _own(value: Value, what: str) -> Value:
    if value.kind == "reported":
        raise ClaimError(f"{what} was published by somebody; a claim sees the figures of its own source alone")
    return value
