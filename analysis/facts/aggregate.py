"""Values worked out from many values: sums, counts, means, extremes."""

from collections.abc import Iterable

from analysis.facts.comparison import Comparison
from analysis.facts.errors import FactError
from analysis.facts.values import Value, check_one_kind, derived

_LISTED = 4


def sum_of(values: Iterable[Value]) -> Value:
    """The sum; integers add up exactly. Raises MissingValue, UnitMismatch, or FactError for no values at all."""
    values = _some(values, "a sum")
    total = values[0]
    for value in values[1:]:
        total = total + value
    if len(values) <= _LISTED:
        return total
    return derived(total.data, values, f"sum of {_range(values)}", unit=total.unit)


def mean_of(values: Iterable[Value]) -> Value:
    """The arithmetic mean, a float."""
    values = _some(values, "a mean")
    mean = sum_of(values) / len(values)
    return derived(mean.data, values, f"mean of {_range(values)}", unit=mean.unit)


def ratio(part: Value, whole: Value) -> Value:
    """`part / whole`, described as a share: show it with a percent format such as `".2%"`."""
    share = part / whole
    return derived(share.data, (part, whole), f"share of {part.how} in {whole.how}", unit=share.unit)


def max_of(values: Iterable[Value], *, across_kinds: bool = False) -> Value:
    """The greatest value; its origins are its own, so that it still says which row it is from.

    Raises MixedKinds for values of different kinds unless `across_kinds` says that the text tells the reader.
    """
    return _extreme(values, across_kinds, largest=True)


def min_of(values: Iterable[Value], *, across_kinds: bool = False) -> Value:
    """The smallest value, with its own origins; kinds are treated as in `max_of`."""
    return _extreme(values, across_kinds, largest=False)


def count_true(comparisons: Iterable[Comparison], how: str) -> Value:
    """How many comparisons hold, worked out from what they compare. Raises FactError for none at all."""
    comparisons = list(comparisons)
    sides = [side for each in comparisons for side in (each.left, each.right) if isinstance(side, Value)]
    return derived(sum(comparisons), sides, how)


def present(values: Iterable[Value]) -> list[Value]:
    """The values that their source gives, without the missing ones."""
    return [value for value in values if not value.missing]


def _extreme(values: Iterable[Value], across_kinds: bool, *, largest: bool) -> Value:
    values = _some(values, "an extreme")
    if not across_kinds:
        check_one_kind(values)
    ranked = [value.across_kinds() for value in values]
    best = ranked[0]
    for value in ranked[1:]:
        if (value > best) if largest else (value < best):
            best = value
    return best.described(f"{'largest' if largest else 'smallest'} of {len(values)}: {best.how}")


def _some(values: Iterable[Value], what: str) -> list[Value]:
    values = list(values)
    if not values:
        raise FactError(f"{what} of no values; test whether there are any before telling about them")
    return values


def _range(values: list[Value]) -> str:
    if len(values) <= _LISTED:
        return ", ".join(value.how for value in values)
    return f"{len(values)} values, {values[0].how} to {values[-1].how}"
