"""One value out of frozen tables, with where it came from.

A `Value` behaves like the number or string in its cell: arithmetic gives a new `Value` that remembers every cell it
came from and how; a comparison gives a `Comparison`, true or false, so that sentences follow the numbers and can say
what they rest on. It refuses what a reader could not check: a missing cell in arithmetic, unlike units added up, a
ranking across kinds that nobody marked.
"""

import math
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from analysis.facts.comparison import Comparison
from analysis.facts.errors import FactError, MissingValue, MixedKinds, UnitMismatch
from analysis.facts.origins import Data, Kind, Origin

_LONGEST_DERIVATION = 300


@dataclass(frozen=True, eq=False)
class Value:
    """A value and its origins. Make them with a chapter's tables and with arithmetic, not by hand.

    Integers stay exact whatever their size; `/` gives the nearest float. Attributes: `data` (the bare value, None where
    the source gives none), `kind` `unit`, `origins`, `how` (readable derivation), `decimals` (places
    to show, where the table's column says so).
    """

    data: Data
    kind: Kind
    unit: str | None = None
    origins: tuple[Origin, ...] = ()
    how: str = ""
    decimals: int | None = None
    compound: bool = False
    """Whether `how` needs brackets inside a longer derivation."""
    ranks_across_kinds: bool = field(default=False, repr=False)

    # --- what it is ---------------------------------------------------------------------------------------------------

    @property
    def missing(self) -> bool:
        """Whether the cell is empty: the source gives no value."""
        return self.data is None

    @property
    def tables(self) -> tuple[str, ...]:
        """Ids of the tables it came from, in order of first use."""
        return tuple(dict.fromkeys(origin.table for origin in self.origins))

    def as_unit(self, unit: str | None) -> "Value":
        """This value with another name for its unit; nothing is converted."""
        return replace(self, unit=unit)

    def across_kinds(self) -> "Value":
        """This value, allowed in rankings against other kinds. Say so in the sentence that ranks them."""
        return replace(self, ranks_across_kinds=True)

    def described(self, how: str) -> "Value":
        """This value with its derivation in your words: `fit.described("slope of loss over layers")`."""
        return replace(self, how=how, compound=False)

    def as_data(self) -> Any:
        """What stands in facts.json: the bare data, or several named numbers for an interval or a p-value."""
        return self.data

    def __repr__(self) -> str:
        return f"<unshown value {self.data!r} ({self.kind}) = {self.how}>"

    def __str__(self) -> str:
        raise FactError(f"{self.how}: show a value with page.show(value, spec) or page.say(…); its bare data is .data")

    def __format__(self, spec: str) -> str:
        return str(self)

    # --- comparisons: true or false, with their two sides -------------------------------------------------------------

    def __bool__(self) -> bool:
        return bool(self.required())

    def __hash__(self) -> int:
        return hash(self.data)

    def __eq__(self, other: object) -> Comparison:  # type: ignore[override]
        return Comparison(self, "==", other, self.data == (other.data if isinstance(other, Value) else other))

    def __ne__(self, other: object) -> Comparison:  # type: ignore[override]
        return Comparison(self, "!=", other, not self == other)

    def __lt__(self, other: "Value | float | str") -> Comparison:
        return self._ranks(other, "<", operator.lt)

    def __le__(self, other: "Value | float | str") -> Comparison:
        return self._ranks(other, "<=", operator.le)

    def __gt__(self, other: "Value | float | str") -> Comparison:
        return self._ranks(other, ">", operator.gt)

    def __ge__(self, other: "Value | float | str") -> Comparison:
        return self._ranks(other, ">=", operator.ge)

    def _ranks(self, other: "Value | float | str", sign: str, compare: Callable[[Any, Any], bool]) -> Comparison:
        if isinstance(other, Value):
            check_one_kind([self, other])
            _common_unit(self, other, "compared")
            return Comparison(self, sign, other, compare(self.required(), other.required()))
        return Comparison(self, sign, other, compare(self.required(), other))

    # --- arithmetic: values that remember -----------------------------------------------------------------------------

    def required(self) -> str | int | float | bool:
        """The bare data. Raises MissingValue where the cell is empty."""
        if self.data is None:
            raise MissingValue(f"{self.how} is missing in its source; test .missing before using it")
        return self.data

    def number(self) -> int | float:
        """The bare number. Raises MissingValue, or FactError for text and booleans."""
        data = self.required()
        if isinstance(data, bool | str):
            raise FactError(f"{self.how} is {'a boolean' if isinstance(data, bool) else 'text'}, not a number")
        return data

    def __add__(self, other: "Value | float") -> "Value":
        return _combine(self, other, operator.add, "+", _common_unit)

    def __radd__(self, other: float) -> "Value":
        return _combine(other, self, operator.add, "+", _common_unit)

    def __sub__(self, other: "Value | float") -> "Value":
        return _combine(self, other, operator.sub, "−", _common_unit)

    def __rsub__(self, other: float) -> "Value":
        return _combine(other, self, operator.sub, "−", _common_unit)

    def __mul__(self, other: "Value | float") -> "Value":
        return _combine(self, other, operator.mul, "×", _product_unit)

    def __rmul__(self, other: float) -> "Value":
        return _combine(other, self, operator.mul, "×", _product_unit)

    def __truediv__(self, other: "Value | float") -> "Value":
        return _combine(self, other, operator.truediv, "÷", _quotient_unit)

    def __rtruediv__(self, other: float) -> "Value":
        return _combine(other, self, operator.truediv, "÷", _quotient_unit)

    def __neg__(self) -> "Value":
        return replace(self, data=-self.number(), how=f"−{_inside(self)}", compound=False)

    def __abs__(self) -> "Value":
        return replace(self, data=abs(self.number()), how=shortened(f"|{self.how}|"), compound=False)

    def __round__(self, digits: int | None = None) -> "Value":
        places = "" if digits is None else f" to {digits} places"
        how = shortened(f"{_inside(self)} rounded{places}")
        return replace(self, data=round(self.number(), digits), how=how, compound=True)


def derived(data: Data, parts: Iterable[Value], how: str, *, unit: str | None = None, compound: bool = False) -> Value:
    """A value that a function worked out from `parts` (a fit, an interval, a test): their origins, their kind.

    The kind of parts that differ is `mixed`, which is marked wherever it is shown. Raises FactError without parts: a
    value that comes from nowhere cannot be shown.
    """
    parts = tuple(parts)
    if not parts:
        raise FactError(f"{how}: derived from no value of any table")
    if isinstance(data, float) and not math.isfinite(data):
        raise FactError(f"{how}: the result is {data}, which no reader can use")
    origins = tuple(dict.fromkeys(origin for part in parts for origin in part.origins))
    if isinstance(data, Comparison):
        data = bool(data)
    marked = any(part.ranks_across_kinds for part in parts)
    kind = kind_of(parts)
    return Value(data, kind, unit, origins, shortened(how), compound=compound, ranks_across_kinds=marked)


def kind_of(parts: Iterable[Value]) -> Kind:
    """The kind that all parts have, `mixed` where they differ; records count only among themselves."""
    kinds = {part.kind for part in parts}
    results = kinds - {"record"} or kinds
    return results.pop() if len(results) == 1 else "mixed"


def check_one_kind(values: Iterable[Value]) -> None:
    """Raise MixedKinds if values of different kinds would be ranked without any of them marked for it."""
    values = list(values)
    kinds = sorted({value.kind for value in values if value.kind != "record"})
    if (len(kinds) > 1 or kinds == ["mixed"]) and not any(value.ranks_across_kinds for value in values):
        raise MixedKinds(
            f"{values[0].how} and {values[-1].how} are {' and '.join(kinds)}: rank them with value.across_kinds() "
            "(or across_kinds=True) and tell the reader"
        )


def shortened(how: str) -> str:
    """A derivation cut to a length that fits a tooltip; the origins stay complete."""
    return how if len(how) <= _LONGEST_DERIVATION else how[: _LONGEST_DERIVATION - 1] + "…"


def _inside(part: Value | float) -> str:
    if not isinstance(part, Value):
        return f"{part:,}".replace("-", "−")
    return f"({part.how})" if part.compound else part.how


def _combine(
    left: Value | float,
    right: Value | float,
    operation: Callable[[Any, Any], Any],
    sign: str,
    unit: Callable[[Value | float, Value | float, str], str | None],
) -> Value:
    for side in (left, right):
        if not isinstance(side, Value) and (isinstance(side, bool) or not isinstance(side, int | float)):
            return NotImplemented
    how = f"{_inside(left)} {sign} {_inside(right)}"
    numbers = [side.number() if isinstance(side, Value) else side for side in (left, right)]
    try:
        data = operation(*numbers)
    except ZeroDivisionError:
        raise FactError(f"{how}: division by zero") from None
    parts = [side for side in (left, right) if isinstance(side, Value)]
    return derived(data, parts, how, unit=unit(left, right, _PARTICIPLE[sign]), compound=True)


_PARTICIPLE = {"+": "added", "−": "subtracted", "×": "multiplied", "÷": "divided"}


def _unit(side: Value | float) -> str | None:
    return side.unit if isinstance(side, Value) else None


def _common_unit(left: Value | float, right: Value | float, done: str) -> str | None:
    units = [unit for unit in (_unit(left), _unit(right)) if unit is not None]
    if len(set(units)) > 1:
        raise UnitMismatch(
            f"{_inside(left)} is in {units[0]}, {_inside(right)} in {units[1]}: they cannot be {done}; "
            "convert one, or name its unit with .as_unit(…)"
        )
    return units[0] if units else None


def _product_unit(left: Value | float, right: Value | float, done: str) -> str | None:
    units = [unit for unit in (_unit(left), _unit(right)) if unit is not None]
    return "·".join(units) or None


def _quotient_unit(left: Value | float, right: Value | float, done: str) -> str | None:
    above, below = _unit(left), _unit(right)
    if above == below:
        return None
    return above if below is None else f"{above or '1'}/{below}"
