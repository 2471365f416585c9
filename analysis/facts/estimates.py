"""Intervals and p-values: values that stay numbers until they are shown.

`row.interval("accuracy")` and `row.p_value("p_holm")` make them from a frozen table, `interval_of` and `p_value_of`
from values at hand. Shown with a format, an interval reads "76.7% to 90.7%", or "82.1% (76.7% to 90.7%)" where it has
its estimate; a p-value reads "p = 0.012", or "0.012" by the format `bare`.
"""

from dataclasses import dataclass
from typing import Any

from analysis.facts.errors import FactError
from analysis.facts.values import Value, derived
from experiments.statistics.level import CONFIDENCE, LEVEL


@dataclass(frozen=True, eq=False, kw_only=True)
class Interval(Value):
    """Two bounds, their confidence level (None for a range that has none), the method, and the estimate if known.

    It is no number itself: compare and compute with `lower`, `upper` and `estimate`.
    """

    lower: Value
    upper: Value
    estimate: Value | None = None
    level: float | None = CONFIDENCE
    method: str = ""

    @property
    def bounded(self) -> bool:
        """Whether both bounds are known."""
        return not (self.lower.missing or self.upper.missing)

    @property
    def missing(self) -> bool:
        """Whether there is nothing to show: no estimate, and not both bounds."""
        return self.data is None and not self.bounded

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Interval) and self.as_data() == other.as_data()

    def __hash__(self) -> int:
        return hash((self.data, self.lower, self.upper))

    def contains(self, number: float) -> bool:
        """Whether `number` lies between the bounds, both included. Raises MissingValue without bounds."""
        return self.lower <= number and self.upper >= number

    def required(self) -> Any:
        """Refuse to be read as one number, since an interval has two bounds: always raises FactError."""
        raise FactError(f"{self.how} is an interval; compare or compute with its .lower, .upper or .estimate")

    def as_data(self) -> dict[str, Any]:
        """Bounds, estimate, level and method, as they stand in facts.json."""
        return {
            "estimate": self.data,
            "low": self.lower.data,
            "high": self.upper.data,
            "level": self.level,
            "method": self.method,
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class PValue(Value):
    """The p-value of a test, its data a plain number, with the test and the correction for several tests if any."""

    test: str = ""
    correction: str | None = None

    @property
    def significant(self) -> bool:
        """Whether it is below the level that the project declares (`experiments.statistics.level`)."""
        return self < LEVEL

    def as_data(self) -> dict[str, Any]:
        """The p-value, the test and its correction, as they stand in facts.json."""
        return {"p": self.data, "test": self.test, "correction": self.correction}


def interval_of(
    lower: Value, upper: Value, estimate: Value | None = None, *, method: str = "", level: float | None = CONFIDENCE
) -> Interval:
    """The interval from `lower` to `upper`, around `estimate` where it is to be shown with it."""
    parts = [lower, upper] if estimate is None else [estimate, lower, upper]
    whole = derived(
        None if estimate is None else estimate.data,
        parts,
        f"{lower.how} to {upper.how}" if estimate is None else f"{estimate.how} with its interval",
        unit=parts[0].unit,
    )
    return Interval(
        whole.data,
        whole.kind,
        whole.unit,
        whole.origins,
        whole.how,
        parts[0].decimals,
        lower=lower,
        upper=upper,
        estimate=estimate,
        method=method,
        level=level,
    )


def p_value_of(p: Value, *, test: str = "", correction: str | None = None) -> PValue:
    """A number as the p-value of `test`. Raises FactError unless it lies between 0 and 1."""
    if not 0 <= p.number() <= 1:
        raise FactError(f"{p.how} is {p.data}, which is no p-value")
    return PValue(p.data, p.kind, None, p.origins, p.how, test=test, correction=correction)
