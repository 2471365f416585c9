"""Checks of means and standard deviations: can whole numbers have them, and can numbers within the printed range?"""

from collections.abc import Iterator, Sequence

from analysis.audit.finding import ONE_BOUND, Result, missing
from analysis.audit.scores import NO_SHARE
from analysis.facts import Row, Value, derived
from analysis.sources import SCORES, Source, bounds, described, is_bounded, samples
from experiments.statistics.whole_numbers import attainable_sums, deviation_is_possible, greatest_deviation


def mean_of_whole_numbers(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Check by GRIM that a mean of n whole numbers (printed in the unit `mean`) is a whole number over n."""
    without = []
    if unsaid := [
        row for row in source.printed.where(printed_unit="score") if row.cells.get("n") and _may_be_mean(row)
    ]:
        yield missing(unsaid, "that they are means of whole numbers, the unit `mean`, is not said")
    for row in _of_whole_numbers(source):
        n = samples(source, row)
        if n is None:
            without.append(row)
            continue
        numbers = int(n.number()) * _items(row)
        sums = attainable_sums(*bounds(row), numbers)
        several = _items(row) > 1
        yield Result(
            [row],
            "consistent" if sums else "inconsistent",
            f"The {{what}} of {{mean}} {'is' if sums else 'is not'} the mean of {{numbers:,}} whole numbers"
            + (", {items:,} for each of {n:,.0f} examples." if several else "."),
            {"what": described(row.cells), "mean": row["printed"], "numbers": _numbers(row, n), "n": n}
            | ({"items": row["items"]} if several else {}),
        )
    if without:
        yield missing(without, "the number of examples is not printed")
    if open_ended := [row for row in _means(source) if not is_bounded(row)]:
        yield missing(open_ended, ONE_BOUND)


def deviation_of_whole_numbers(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Check by GRIMMER and a search whether any n whole numbers have this mean and this standard deviation."""
    without = []
    for row in _of_whole_numbers(source):
        if row.cells.get("sd") is None:
            if row.cells.get("spread") is not None:
                without.append(row)
            continue
        n = samples(source, row)
        if n is None or n.number() < 2:
            without.append(row)
            continue
        if not attainable_sums(*bounds(row), int(n.number()) * _items(row)):
            continue  # the mean alone is impossible, and told of
        least, most = _deviation(row)
        possible = deviation_is_possible(bounds(row), (least, most), int(n.number()), _range(row), _items(row))
        scale = " between {least:g} and {most:g}" if _range(row) else ""
        yield Result(
            [row],
            "consistent" if possible else "inconsistent",
            f"{'A sample' if possible else 'No sample'} of {{n:,.0f}} whole numbers{scale} has the mean {{mean}} and "
            "the standard deviation {sd:g}.",
            {"n": n, "mean": row["printed"], "sd": row["sd"]} | _limits(row),
        )
    if without:
        yield missing(without, "the number of examples, or what ± stands for, is not printed")


def deviation_within_range(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Check that a standard deviation within a range is at most that of numbers at its ends."""
    without = []
    for row in source.printed:
        if row.cells.get("sd") is None or not is_bounded(row):
            continue
        n, limits = samples(source, row), _range(row)
        if n is None or limits is None or n.number() < 2:
            without.append(row)
            continue
        mean = row["value"].number()
        if not limits[0] <= mean <= limits[1]:
            yield Result(
                [row],
                "inconsistent",
                "The mean {mean} does not lie between {least:g} and {most:g}, as each of the numbers does.",
                {"mean": row["printed"]} | _limits(row),
            )
            continue
        # The nearer the mean is to the middle, the more the numbers can differ.
        low, high = bounds(row)
        nearest = min(max((limits[0] + limits[1]) / 2, max(low, limits[0])), min(high, limits[1]))
        greatest = greatest_deviation(nearest, int(n.number()), limits)
        fits = _deviation(row)[0] <= greatest + 1e-9
        parts = [row["value"], row["least"], row["most"], n]
        yield Result(
            [row],
            "consistent" if fits else "inconsistent",
            f"The standard deviation {{sd:g}} {'is possible' if fits else 'is too great'} for {{n:,.0f}} numbers "
            "between {least:g} and {most:g} with the mean {mean}: the greatest is {greatest:.4g}.",
            {
                "sd": row["sd"],
                "n": n,
                "mean": row["printed"],
                "greatest": derived(greatest, parts, "standard deviation of numbers at the ends of the range"),
            }
            | _limits(row),
        )
    if without:
        yield missing(without, "the range of single observations, or their number, is not printed")


def _of_whole_numbers(source: Source) -> list[Row]:
    """The means of whole numbers of which both bounds are known."""
    return [row for row in _means(source) if is_bounded(row)]


def _means(source: Source) -> list[Row]:
    """The means that are said to be of whole numbers, by their unit or by the number of items that they average."""
    return [row for row in source.printed if row.cells["printed_unit"] == "mean" or row.cells.get("items") is not None]


def _may_be_mean(row: Row) -> bool:
    return (
        row.cells.get("items") is None
        and row.cells["quantity"] not in SCORES
        and not NO_SHARE.search(row.cells["quantity"])
    )


def _items(row: Row) -> int:
    return row.cells.get("items") or 1


def _numbers(row: Row, n: Value) -> Value:
    items = row.cells.get("items")
    return n if items is None else derived(int(n.number()) * items, [n, row["items"]], "examples times items")


def _deviation(row: Row) -> tuple[float, float]:
    return row.cells["sd_low"], row.cells["sd_high"]


def _range(row: Row) -> tuple[float, float] | None:
    least, most = row.cells.get("least"), row.cells.get("most")
    return None if least is None or most is None else (least, most)


def _limits(row: Row) -> dict[str, Value]:
    return {} if _range(row) is None else {"least": row["least"], "most": row["most"]}
