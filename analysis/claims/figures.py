"""The figures that a claim is about, and how they compare whatever they were before they were rounded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from analysis.claims.ruling import ClaimError, Gaps, Read, Ruling
from analysis.facts import Row, Value, derived
from analysis.sources import Source, bounds, described, matching
from experiments.tables.claims import Cell, Constant, Figures
from experiments.tables.printed import UNITS


@dataclass(frozen=True)
class Amount:
    """One figure: what is shown of it, and the least and the greatest number that it can stand for.

    `value` is None where the source has no such figure or prints no number, and for a number that the claim names.
    """

    words: str
    shown: Value | None
    value: Value | None
    low: float = 0.0
    high: float = 0.0
    named: bool = False
    digits: str = ""
    """Of a number that the claim names: how it reads, with its unit."""

    @property
    def missing(self) -> bool:
        """Whether there is no number."""
        return self.value is None and not self.named

    @property
    def exact(self) -> bool:
        """Whether it stands for one number alone."""
        return self.low == self.high


def chosen(figures: Figures, source: Source) -> list[Row]:
    """The rows of a source's figures that a claim chooses. Raises ClaimError where there should be some."""
    rows = matching(source.figures, **figures.conditions())
    if not rows and figures.printed:
        raise ClaimError(f"{source.study} has no figure with {described(figures.conditions())}")
    return rows


def amount(wanted: Figures | Cell | Constant, source: Source, read: Read, beside: Sequence[Row] = ()) -> Amount:
    """The one figure or cell that a claim names, or its number, as it compares with the rows `beside`.

    A number has the unit in which these are printed: beside figures in seconds, 10 is 10 seconds. A cell is brought to
    their unit. Raises ClaimError where there are several figures, or several units beside a number.
    """
    if isinstance(wanted, Constant):
        return _number(wanted, beside)
    if isinstance(wanted, Cell):
        value = read(wanted.table).at(**wanted.row)[wanted.column]
        factor = next((_TIDY[key] for row in beside if (key := (value.unit, row.cells["unit"])) in _TIDY), None)
        if factor is None:
            return Amount(wanted.words, value, value, value.number(), value.number())
        tidy = (value * factor).as_unit(str(beside[0].cells["unit"]))
        return Amount(f"{wanted.words} in {value.unit}", value, tidy, tidy.number(), tidy.number())
    rows = chosen(wanted, source)
    if len(rows) > 1:
        raise ClaimError(f"{source.study} has {len(rows)} figures with {described(wanted.conditions())}; name one")
    words = name_subject(wanted.conditions())
    return of_row(rows[0], words) if rows else Amount(words, None, None)


_TIDY = {("s", "minutes"): 1 / 60, ("MiB", "GB"): 2**20 / 1e9, ("byte", "GB"): 1e-9}
"""What brings a cell of a table from its unit to that of printed figures."""


def _number(wanted: Constant, beside: Sequence[Row]) -> Amount:
    """A number that a claim names, in the unit of the figures beside it. A share is one whatever its unit."""
    printed = sorted({str(row.cells["printed_unit"]) for row in beside if not row["value"].missing})
    printed = [unit for unit in printed if UNITS[unit].marks and UNITS[unit].ceiling is None]
    digits = in_digits(wanted.value)
    if len(printed) > 1:
        raise ClaimError(f"{digits} is compared with figures in {' and '.join(printed)}; choose those of one unit")
    if printed:
        digits = f"{digits} {printed[0]}"
    factor = UNITS[printed[0]].factor if printed else Decimal(1)
    value = float(Decimal(str(wanted.value)) * factor)
    return Amount(wanted.words or digits, None, None, value, value, named=True, digits=digits)


def name_subject(cells: Mapping[str, object]) -> str:
    """What figures are about, for the middle of a sentence: "the accuracy (fine-tuned)"."""
    return f"the {described(cells)}"


def of_row(row: Row, words: str = "") -> Amount:
    """A row of the figures as an amount."""
    if row["value"].missing:
        return Amount(words, row["printed"], None)
    low, high = bounds(row)
    # A whole number that is meant exactly is shown with its thousands apart, anything else as it is printed.
    counted = low == high and row.cells["unit"] == "count"
    return Amount(words, row["value"] if counted else row["printed"], row["value"], low, high)


def show(gaps: Gaps, amount: Amount) -> str:
    """What is shown of a figure, as a gap of a sentence."""
    if amount.named:
        return gaps(amount.digits or in_digits(amount.low))
    whole = not isinstance(amount.shown.data, str) and float(amount.shown.data).is_integer()
    return gaps(amount.shown, ",.0f" if whole else "")


def named(gaps: Gaps, amount: Amount) -> str:
    """A figure with its words: "the accuracy (fine-tuned), 95%,"; a number that the claim names stands alone."""
    plain = amount.digits or in_digits(amount.low)
    if amount.named and amount.words == plain:
        return gaps(plain)
    return f"{gaps(amount.words)}, {show(gaps, amount)}"


def undecided(source: Source, what: str, rows: Sequence[Row]) -> Ruling:
    """The ruling on a claim some of whose figures (`rows` are those that there are) have no number."""
    gaps = Gaps()
    said = f"Whether {gaps(what)} cannot be told"
    if not rows:
        return gaps.rule(
            None, f"{said}: none of the {gaps(source.figures.count(), ',')} figures of the source is of it."
        )
    cells = [row["figure"] for row in rows]
    absent = sum(row["value"].missing for row in rows)
    all_ = gaps(derived(len(rows), cells, "number of figures that the claim is about"), ",")
    if absent == len(rows):
        return gaps.rule(None, f"{said}: the source prints no number for any of the {all_} figures.")
    none = gaps(derived(absent, cells, "number of figures that the source does not print"), ",")
    return gaps.rule(None, f"{said}: the source prints no number for {none} of the {all_} figures.")


def unprinted(source: Source, what: str, *amounts: Amount) -> Ruling:
    """An open claim: which of its figures the source does not print, and those that it does."""
    gaps = Gaps()
    absent = [gaps(words) for words in dict.fromkeys(each.words for each in amounts if each.missing)]
    prints = f"prints neither {' nor '.join(absent)}" if len(absent) > 1 else f"does not print {absent[0]}"
    said = f"Whether {gaps(what)} cannot be told: the source {prints}"
    there = [f"{gaps(each.words)}, {show(gaps, each)}" for each in amounts if not each.missing]
    if there:
        return gaps.rule(None, f"{said}; it prints {', and '.join(there)}.")
    return gaps.rule(None, f"{said} among its {gaps(source.figures.count(), ',')} figures.")


def leave_open_over_zero(what: str, whole: Amount) -> Ruling:
    """An open claim: it is about a share of a number that is zero, or may have been before rounding."""
    gaps = Gaps()
    return gaps.rule(None, f"Whether {gaps(what)} cannot be told: {named(gaps, whole)}, may be zero.")


def in_digits(number: float) -> str:
    """A number that a claim names, with all its digits."""
    return f"{number:.15g}"


def greater(left: Amount, right: Amount) -> bool | None:
    """Whether one figure is greater than another, whatever both were before rounding; None if that is open."""
    if left.missing or right.missing:
        return None
    if left.low > right.high:
        return True
    return False if left.high <= right.low else None


def same(left: Amount, right: Amount) -> bool | None:
    """Whether two figures are equal; None where both may be, and rounding could hide that they are not."""
    if left.missing or right.missing:
        return None
    if left.low > right.high or right.low > left.high:
        return False
    return True if left.exact and right.exact else None
