"""Predicates that need the number of examples: `difference-significant`, `at-chance`."""

from dataclasses import replace

from analysis.claims.figures import Amount, amount, chosen, name_subject, named, of_row, show, undecided, unprinted
from analysis.claims.ruling import ClaimError, Gaps, Read, Ruling, according_to, all_hold, percent
from analysis.facts import Row, Value, derived
from analysis.sources import Source, described, matching, samples
from experiments.statistics.baselines import chance
from experiments.statistics.comparisons import fisher
from experiments.statistics.proportions import attainable_counts, wilson
from experiments.tables.claims import AtChance, DifferenceSignificant, Figures


def difference_significant(test: DifferenceSignificant, source: Source, read: Read) -> Ruling:
    """Decide which of two shares is greater, by Fisher's exact test on every pair of counts that the prints allow."""
    left, right = (amount(each, source, read) for each in (test.left, test.right))
    sizes = [_examples(test.n, chosen(side, source), source, read) for side in (test.left, test.right)]
    what = f"{left.words} is significantly greater than {right.words}"
    if left.missing or right.missing or any(size.missing for size in sizes):
        return unprinted(source, what, left, right, *sizes[: 1 if test.n is not None else 2])
    of_left, of_right = (int(size.value.number()) for size in sizes)
    counts = [_counts(each, n) for each, n in ((left, of_left), (right, of_right))]
    for share, size, found in zip((left, right), sizes, counts, strict=True):
        if not found:
            return _no_count(what, share, size)
    (least, most), (low, high) = ((found[0], found[-1]) for found in counts)
    if most / of_left <= low / of_right:
        decided: bool | None = False
    else:
        weakest = fisher(least, of_left, high, of_right) if least / of_left > high / of_right else 1.0
        strongest = fisher(most, of_left, low, of_right)
        decided = True if weakest < test.level else False if strongest >= test.level else None
    verb = according_to(decided, "is", "is not", "is not shown to be")
    gaps = Gaps()
    said = (
        f"{gaps(left.words)}, {show(gaps, left)}, {verb} significantly greater than {gaps(right.words)}, "
        f"{show(gaps, right)}, among {show(gaps, sizes[0])}"
    )
    if of_left != of_right:
        said += f" and {show(gaps, sizes[1])}"
    return gaps.rule(decided, f"{said} examples at the level of {gaps(percent(test.level))}.")


def at_chance(test: AtChance, source: Source, read: Read) -> Ruling:
    """Decide whether each share is the score of a guess, whatever count rounds to it."""
    rows = chosen(test.of, source)
    what = f"{name_subject(test.of.conditions())} is that of a guess"
    if not rows or any(row["value"].missing for row in rows):
        return undecided(source, what, rows)
    gaps, told, decided = Gaps(), [], []
    for row in rows:
        share, n = of_row(row), _examples(test.n, [row], source, read)
        guess, shown = _guess(test, row, source)
        if n.missing or guess is None:
            known = Amount("the score of a guess", shown, shown, guess or 0.0, guess or 0.0, named=guess is not None)
            return unprinted(source, what, replace(share, words=name_subject(row.cells)), n, known)
        decided.append(_may_be(share, int(n.value.number()), guess, 1 - test.level))
        verb = according_to(
            decided[-1], "can be that of a guess", "is not that of a guess", "is not shown to be that of a guess"
        )
        told.append(
            f"the {gaps(described(row.cells))}, {show(gaps, share)} of {show(gaps, n)} examples, {verb}, "
            f"{gaps(f'{guess:.4g}') if shown is None else gaps(shown, '.4g')}, at the level of "
            f"{gaps(percent(test.level))}"
        )
    return gaps.rule(all_hold(decided), "; ".join(told) + ".")


def _no_count(what: str, share: Amount, size: Amount) -> Ruling:
    """An open claim: the print of a share is none of so many examples."""
    gaps = Gaps()
    return gaps.rule(
        None,
        f"Whether {gaps(what)} cannot be told: no count of {show(gaps, size)} examples rounds to {named(gaps, share)}.",
    )


def _may_be(share: Amount, n: int, guess: float, confidence: float) -> bool | None:
    """Whether the interval of the share holds the guess, for all counts that round to it; None where some do."""
    counts = _counts(share, n)
    if not counts:
        return None
    first, last = wilson(counts[0], n, confidence), wilson(counts[-1], n, confidence)
    if first.high < guess and last.low > guess:  # the counts lie on both sides
        return None
    inside = [each.low <= guess <= each.high for each in (first, last)]
    if all(inside):
        return True
    return None if any(inside) or (first.high < guess < last.low) else False


def _guess(test: AtChance, row: Row, source: Source) -> tuple[float | None, Value | None]:
    """What a guess scores, and as a value where the document's labels say it."""
    if test.chance is not None:
        return test.chance, None
    if test.classes is not None:
        return chance(test.classes), None
    labels = matching(source.printed, quantity="label_id", dataset=row.cells["dataset"])
    if not labels:
        return None, None
    found = derived(chance(len(labels)), [label["value"] for label in labels], "one over the number of labels")
    return chance(len(labels)), found


def _examples(wanted: Figures | None, rows: list[Row], source: Source, read: Read) -> Amount:
    """The number of examples: the figure that the claim names, or what the source prints for the one figure."""
    if wanted is not None:
        return amount(wanted, source, read)
    n = samples(source, rows[0]) if len(rows) == 1 else None
    words = "the number of examples"
    return Amount(words, None, None) if n is None else Amount(words, n, n, n.number(), n.number())


def _counts(share: Amount, n: int) -> range:
    """The counts that round to a share. Raises ClaimError for what is no share."""
    try:
        return attainable_counts(share.low, share.high, n)
    except ValueError as error:
        raise ClaimError(f"{share.words or 'the figure'} is no share of examples: {error}") from None
