"""Which means and standard deviations whole numbers can have: GRIM, GRIMMER, and a search for a sample.

GRIM: Brown and Heathers 2017, doi:10.1177/1948550616673876. The mean of n whole numbers is a whole number over n.
GRIMMER: Anaya 2016, doi:10.7287/peerj.preprints.2400v1; Allard 2018, "Analytic-GRIMMER". Their squares add up to a
whole number too, which is even where their sum is. The search goes further (compare SPRITE, Heathers et al. 2018,
doi:10.7287/peerj.preprints.26968v1): it asks whether any n whole numbers have that sum and that sum of squares at all.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor, isqrt

MOST_STEPS, MOST_SUMS = 100_000, 10
"""Beyond so many steps, or so many sums, no search is made; what GRIMMER tells of sum and squares stands alone."""


def attainable_sums(low: float, high: float, n: int) -> range:
    """All whole sums of n whole numbers whose mean lies between `low` and `high`; none where GRIM finds none.

    Raises ValueError unless n >= 1.
    """
    if n < 1:
        raise ValueError(f"no mean of {n} numbers")
    return range(ceil(_exact(low) * n), floor(_exact(high) * n) + 1)


def deviation_is_possible(
    mean: tuple[float, float],
    deviation: tuple[float, float],
    n: int,
    bounds: tuple[float, float] | None = None,
    items: int = 1,
) -> bool:
    """Whether n whole numbers have a mean and a standard deviation (over n − 1) between the given least and most.

    `bounds` are the least and most that one number can be. With `items`, each of the n is the mean of so many whole
    numbers. Raises ValueError unless n >= 2.
    """
    if n < 2:
        raise ValueError(f"no standard deviation of {n} numbers")
    low, high = (_exact(each) * items for each in mean)
    least, most = (max(_exact(each), Fraction(0)) * items for each in deviation)
    inside = None if bounds is None else (ceil(_exact(bounds[0]) * items), floor(_exact(bounds[1]) * items))
    sums = range(ceil(low * n), floor(high * n) + 1)
    several = sums.stop - sums.start
    searched = several <= MOST_SUMS
    tried: Sequence[int] = sums
    if several > MOST_STEPS:  # some all over the range will do, with the sum of equal numbers, which deviate least
        equal = round((low + high) / 2) * n
        tried = [*sums[:: several // 1000], sums[-1], *([equal] if equal in sums else [])]
    return any(_has_sample(total, _squares(total, least, most, n), n, inside, searched) for total in tried)


def greatest_deviation(mean: float, n: int, bounds: tuple[float, float]) -> float:
    """The greatest standard deviation (over n − 1) of n numbers, whole or not, within bounds, that have a mean.

    All but one of them lie at a bound (Bhatia and Davis 2000 for the limit). Raises ValueError unless n >= 2 and the
    mean lies within the bounds.
    """
    least, most = bounds
    if n < 2 or not least <= mean <= most or least == most:
        raise ValueError(f"no deviation of {n} numbers between {least} and {most} with the mean {mean}")
    above = int((mean - least) * n / (most - least) + 1e-12)
    rest = mean * n - above * most - (n - above - 1) * least if above < n else mean
    numbers = [(most, above), (least, n - above - 1), (rest, 1)] if above < n else [(most, n)]
    return (sum(times * (each - mean) ** 2 for each, times in numbers) / (n - 1)) ** 0.5


def _exact(number: float) -> Fraction:
    """The decimal that a double stands for: 0.1, not the binary fraction nearest to it."""
    return Fraction(repr(float(number)))


def _squares(total: int, least: Fraction, most: Fraction, n: int) -> range:
    """The sums of squares that n whole numbers with this sum can have, by the deviation and by parity (GRIMMER)."""
    low, high = (ceil((n - 1) * least**2 + Fraction(total**2, n)), floor((n - 1) * most**2 + Fraction(total**2, n)))
    floor_, more = divmod(total, n)
    low = max(low, (n - more) * floor_**2 + more * (floor_ + 1) ** 2)  # as equal as whole numbers can be
    return range(low + (low - total) % 2, high + 1, 2)


def _has_sample(total: int, squares: range, n: int, bounds: tuple[int, int] | None, searched: bool) -> bool:
    """Whether n whole numbers within the bounds have this sum and one of these sums of squares."""
    if not squares:
        return False
    # No number lies further from the mean than the root of (n − 1)/n times the sum of squared deviations.
    apart = isqrt((n - 1) * (n * squares[-1] - total**2)) // n + 1
    first, last = total // n - apart, -(-total // n) + apart
    if bounds is not None:
        first, last = max(first, bounds[0]), min(last, bounds[1])
    if first > last or not n * first <= total <= n * last:
        return False
    width, moved = last - first, total - n * first
    less = 2 * first * total - n * first**2
    wanted = range(squares.start - less, min(squares.stop - less, _widest(moved, width) + 1), squares.step)
    if not wanted or not searched or n * width * max(moved, 1) > MOST_STEPS:
        return bool(wanted)
    found = _reachable(moved, n, width)
    return any(found >> each & 1 for each in wanted)


def _widest(moved: int, width: int) -> int:
    """The greatest sum of squares of numbers from 0 to `width` with this sum."""
    if width == 0:
        return 0
    full, rest = divmod(moved, width)
    return full * width**2 + rest**2


def _reachable(moved: int, n: int, width: int) -> int:
    """The sums of squares of n numbers from 0 to `width` with this sum, as the bits that are set."""
    found = {0: 1}
    for _ in range(n):
        further: dict[int, int] = {}
        for before, bits in found.items():
            for each in range(min(width, moved - before) + 1):
                further[before + each] = further.get(before + each, 0) | bits << each**2
        found = further
    return found.get(moved, 0)
