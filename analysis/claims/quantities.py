"""Predicates on amounts: `equal`, `within-rounding`, `within`, `share-of`, `share-below`, `sum-of` and the like."""

from sys import float_info

from analysis.claims.figures import (
    Amount,
    amount,
    chosen,
    leave_open_over_zero,
    name_subject,
    named,
    of_row,
    same,
    show,
    unprinted,
)
from analysis.claims.ruling import ClaimError, Gaps, Read, Ruling, according_to, percent
from analysis.facts import derived, mean_of, ratio, sum_of
from analysis.sources import Source, described
from experiments.tables.claims import (
    DifferenceOf,
    Equal,
    Figures,
    LabelOfCase,
    MeanOf,
    ShareBelow,
    ShareOf,
    SumOf,
    Within,
)


def equal(test: Equal, source: Source, read: Read) -> Ruling:
    """Decide whether two figures are equal, or agree within the rounding of their prints."""
    left = amount(test.left, source, read)
    right = amount(test.right, source, read, chosen(test.left, source))
    lax = test.predicate == "within-rounding"
    phrase = "agrees within rounding with" if lax else "equals"
    if left.missing or right.missing:
        return unprinted(source, f"{left.words} {phrase} {right.words}", left, right)
    decided = same(left, right)
    if lax:
        decided = decided is not False
        verb = according_to(decided, phrase, "does not agree within rounding with", "")
    else:
        verb = according_to(decided, phrase, "does not equal", "is not shown to equal")
    gaps = Gaps()
    said = f"{gaps(left.words)}, {show(gaps, left)}, {verb} {named(gaps, right)}"
    if decided is False and right.value is not None and right.value.number():
        said += f": it is {gaps(ratio(left.value, right.value.as_unit(left.value.unit)), '.0%')} of it"
    return gaps.rule(decided, said + ".")


def within(test: Within, source: Source, read: Read) -> Ruling:
    """Decide whether two figures differ by less than a share of the right one, whatever both were before rounding."""
    left = amount(test.left, source, read)
    right = amount(test.right, source, read, chosen(test.left, source))
    limit = percent(test.tolerance)
    if left.missing or right.missing:
        return unprinted(source, f"{left.words} differs by less than {limit} from {right.words}", left, right)
    if right.low <= 0 <= right.high:
        return leave_open_over_zero(f"{left.words} differs by less than {limit} from {right.words}", right)
    bounds = [abs(one - other) / abs(other) for one in (left.low, left.high) for other in (right.low, right.high)]
    least = 0.0 if same(left, right) is not False else min(bounds)
    decided = True if max(bounds) < test.tolerance else False if least >= test.tolerance else None
    difference = (
        abs(left.value - right.low) / abs(right.low)
        if right.value is None
        else abs(left.value - right.value) / abs(right.value)
    )
    gaps = Gaps()
    verb = according_to(decided, "differs by less", "does not differ by less", "is not shown to differ by less")
    return gaps.rule(
        decided,
        f"{gaps(left.words)}, {show(gaps, left)}, {verb} than {gaps(limit)} from {named(gaps, right)}: by "
        f"{gaps(difference, '.2%')}.",
    )


def share_of(test: ShareOf, source: Source, read: Read) -> Ruling:
    """Decide whether a printed share is the quotient of two amounts, to its last place or to that of a double."""
    share, part, whole = (amount(each, source, read) for each in (test.share, test.part, test.whole))
    if share.missing or part.missing or whole.missing:
        return unprinted(source, f"{share.words} is that of {part.words} in {whole.words}", share, part, whole)
    if whole.low <= 0:
        return leave_open_over_zero(f"{share.words} is that of {part.words} in {whole.words}", whole)
    slack = float_info.epsilon * part.high / whole.low
    decided = share.low - slack <= part.high / whole.low and part.low / whole.high <= share.high + slack
    gaps = Gaps()
    return gaps.rule(
        decided,
        f"{gaps(part.words)} over {gaps(whole.words)} is {gaps(ratio(part.value, whole.value), '.6%')}, which "
        f"{'is' if decided else 'is not'} the printed share, {show(gaps, share)}.",
    )


def share_below(test: ShareBelow, source: Source, read: Read) -> Ruling:
    """Decide whether one amount over another is below a bound, whatever both were before rounding."""
    part, whole = amount(test.part, source, read), amount(test.whole, source, read)
    limit = percent(test.below)
    if part.missing or whole.missing:
        return unprinted(source, f"{part.words} is less than {limit} of {whole.words}", part, whole)
    if whole.low <= 0:
        return leave_open_over_zero(f"{part.words} is less than {limit} of {whole.words}", whole)
    decided = True if part.high < test.below * whole.low else False if part.low >= test.below * whole.high else None
    verb = according_to(decided, "is less than", "is not less than", "is not shown to be less than")
    gaps = Gaps()
    return gaps.rule(
        decided,
        f"{gaps(part.words)}, {show(gaps, part)}, {verb} {gaps(limit)} of {gaps(whole.words)}, "
        f"{show(gaps, whole)}: it is {gaps(ratio(part.value, whole.value), '.2%')}.",
    )


def is_sum(test: SumOf, source: Source, read: Read) -> Ruling:
    """Decide whether a total is the sum of its parts, whatever they were before rounding."""
    total, parts = amount(test.total, source, read), [amount(each, source, read) for each in test.parts]
    words = f"{total.words} is the sum of {' and '.join(part.words for part in parts)}"
    if any(each.missing for each in (total, *parts)):
        return unprinted(source, words, total, *parts)
    added = sum_of([part.value for part in parts])
    whole = Amount("", added, added, sum(part.low for part in parts), sum(part.high for part in parts))
    decided = same(total, whole)
    gaps = Gaps()
    verb = according_to(decided, "is", "is not", "is not shown to be")
    spec = ",.0f" if float(added.data).is_integer() else ".6g"
    listed = ", and ".join(f"{gaps(part.words)}, {show(gaps, part)}" for part in parts)
    return gaps.rule(
        decided,
        f"{gaps(total.words)}, {show(gaps, total)}, {verb} the sum of {listed}: they add up to {gaps(added, spec)}.",
    )


def difference_of(test: DifferenceOf, source: Source, read: Read) -> Ruling:
    """Decide whether a printed difference is that of two figures, whatever they were before rounding."""
    printed, left, right = (amount(each, source, read) for each in (test.difference, test.left, test.right))
    if printed.missing or left.missing or right.missing:
        return unprinted(source, f"{printed.words} is {left.words} less {right.words}", printed, left, right)
    slack = float_info.epsilon * (abs(left.high) + abs(right.high))
    decided = left.low - right.high <= printed.high + slack and printed.low <= left.high - right.low + slack
    gaps = Gaps()
    found = gaps((left.value - right.value).described("difference of the two figures"), ".6g")
    return gaps.rule(
        decided,
        f"{gaps(left.words)}, {show(gaps, left)}, less {gaps(right.words)}, {show(gaps, right)}, is {found}, which "
        f"{'is' if decided else 'is not'} {gaps(printed.words)}, {show(gaps, printed)}.",
    )


def mean_of_figures(test: MeanOf, source: Source, read: Read) -> Ruling:
    """Decide whether a printed mean is that of several figures, each with the same weight."""
    printed, rows = amount(test.mean, source, read), chosen(test.of, source)
    parts = [of_row(row, name_subject(row.cells)) for row in rows if row.cells["figure"] != _figure(test.mean, source)]
    words = f"{printed.words} is the mean of {name_subject(test.of.conditions())}"
    if printed.missing or not parts or any(part.missing for part in parts):
        return unprinted(source, words, printed, *(part for part in parts if part.missing))
    low, high = (sum(bounds) / len(parts) for bounds in ((p.low for p in parts), (p.high for p in parts)))
    slack = float_info.epsilon * abs(high)
    decided = low <= printed.high + slack and printed.low <= high + slack
    values = [part.value for part in parts]
    gaps = Gaps()
    number = gaps(derived(len(parts), values, "number of figures that the mean is of"), ",")
    noun = "figure" if len(parts) == 1 else "figures"
    return gaps.rule(
        decided,
        f"{gaps(printed.words)}, {show(gaps, printed)}, {'is' if decided else 'is not'} the mean of the {number} "
        f"{noun} of {gaps(described(test.of.conditions()))}, which is {gaps(mean_of(values), '.6g')}.",
    )


def _figure(wanted: Figures, source: Source) -> object:
    """The identifier of the one figure that a claim names, so that a mean is not counted among its own parts."""
    rows = chosen(wanted, source)
    return rows[0].cells["figure"] if rows else None


def label_of_case(test: LabelOfCase, source: Source, read: Read) -> Ruling:
    """Decide whether a label's number is among the values printed with a case; alone it does not prove the claim."""
    rows = chosen(test.label, source)
    if source.cases is None or len(rows) != 1:
        raise ClaimError(f"{source.study} has no printed cases, or not one figure for the label")
    number, case = rows[0]["value"], source.cases.at(group=test.group, case=test.case)
    gaps, group = Gaps(), test.group.replace("-", " ").replace("_", " ")
    if number.missing or case["printed"].missing:
        name = rows[0].cells["method"]
        return gaps.rule(
            None,
            f"Whether case {gaps(case['case'])} of the group “{gaps(group)}” has the label {gaps(str(name))} "
            f"cannot be told: the source prints {gaps(number)} for the label and {gaps(case['printed'])} with it.",
        )
    label = gaps(str(rows[0].cells["method"]))
    try:
        found = number.number() in [float(value) for value in str(case["printed"].data).split(",")]
    except ValueError:
        raise ClaimError(f"{source.study}: the values printed with case {test.case} are no list of numbers") from None
    verb = "is one of" if found else "is not one of"
    end = "; what each value stands for is not printed" if found else ""
    return gaps.rule(
        None if found else False,
        f"The label {label} has the number {gaps(number, '.0f')}, which {verb} the values printed with case "
        f"{gaps(case['case'])} of the group “{gaps(group)}”: {gaps(case['printed'])}{end}.",
    )
