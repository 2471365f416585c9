"""Checks of totals against their parts."""

import re
from collections.abc import Iterator, Sequence

from analysis.audit.finding import Result, missing
from analysis.facts import Row, derived, ratio, sum_of
from analysis.sources import Source, about, bounds, described, in_words, matching, only, samples

WHOLE = ("all", "total", "whole", "overall")
"""Names under which a source prints a total beside its parts."""
SUMS = {
    "total_parameters": ("trainable_parameters", "frozen_parameters"),
    "samples": ("correct", "incorrect"),
}
"""Quantities that are the sum of others about the same."""
ADDITIVE = re.compile(
    r"(?:^|_)(?:samples|examples|questions|answers|documents|sentences|words|tokens|items|rows|pairs|parameters|errors|correct)$"
)
"""Quantities of which the parts add up to the whole; epochs and batch sizes do not."""
_SLACK = 1e-9


def parts_make_total(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Check counts by class or by split against a total of the same quantity, and counts that make up another one.

    Shares of classes (`share`) add up to the whole.
    """
    yield from _over_field(source, "label", (None, *WHOLE))
    yield from _over_field(source, "split", WHOLE)
    for total_name, names in SUMS.items():
        for first in matching(source.printed, quantity=names[0], unit="count"):
            total = only(source.printed, quantity=total_name, **about(first))
            parts = [only(source.printed, quantity=name, **about(first)) for name in names]
            there = [part for part in parts if part is not None]
            if total is not None and len(there) == len(parts):
                yield _sum(total, there)
    yield from _shares(source)
    yield from _share_of_correct(source)


def _over_field(source: Source, field: str, whole: tuple[str | None, ...]) -> Iterator[Result]:
    """The figures that differ in one field alone, against the one that stands for all of them."""
    for total in source.printed:
        if total.cells.get(field) not in whole or total.cells["unit"] != "count":
            continue
        if not ADDITIVE.search(total.cells["quantity"]):
            continue
        same = {"quantity": total.cells["quantity"], **about(total, field)}
        parts = [each for each in matching(source.figures, **same) if each.cells.get(field) not in (None, *whole)]
        if len(parts) < 2:
            continue
        if any(part["value"].missing for part in parts):
            yield missing([total, *parts], "a part of the total is not printed")
            continue
        yield _sum(total, parts)


def _sum(total: Row, parts: Sequence[Row]) -> Result:
    low, high = (sum(bounds(part)[side] for part in parts) for side in (0, 1))
    least, most = bounds(total)
    fits = low <= most + _SLACK and least <= high + _SLACK
    added = sum_of([part["value"] for part in parts])
    return Result(
        [total, *parts],
        "consistent" if fits else "inconsistent",
        f"The {{what}}, printed as {{total}}, {'is' if fits else 'is not'} the sum of its {{parts:,}} parts, "
        "{sum:,.0f}.",
        {
            "what": described(total.cells),
            "total": total["printed"],
            "parts": derived(len(parts), [part["value"] for part in parts], "number of parts of the total"),
            "sum": added.described("sum of the parts"),
        },
    )


def _shares(source: Source) -> Iterator[Result]:
    """Shares of classes, or of anything else that is named in `label`, add up to one."""
    seen = set()
    for row in source.printed.where(quantity="share"):
        key = tuple(about(row, "label").items())
        parts = matching(source.figures, quantity="share", **about(row, "label"))
        if key in seen or row.cells.get("label") is None or len(parts) < 2:
            continue
        seen.add(key)
        if any(part["value"].missing for part in parts):
            yield missing(parts, "a share of the whole is not printed")
            continue
        low, high = (sum(bounds(part)[side] for part in parts) for side in (0, 1))
        fits = low <= 1 + _SLACK and high >= 1 - _SLACK
        yield Result(
            parts,
            "consistent" if fits else "inconsistent",
            "The {parts:,} shares of {what} add up to {sum:.2%}, which rounding "
            f"{'allows' if fits else 'does not allow'}.",
            {
                "parts": derived(len(parts), [part["value"] for part in parts], "number of shares of the whole"),
                "what": in_words(row.cells["dataset"] or "the whole"),
                "sum": sum_of([part["value"] for part in parts]).described("sum of the shares"),
            },
        )


def _share_of_correct(source: Source) -> Iterator[Result]:
    """Accuracy against the printed number of right answers."""
    for correct in source.printed.where(quantity="correct"):
        accuracy, n = only(source.printed, quantity="accuracy", **about(correct)), samples(source, correct)
        if accuracy is None or n is None:
            yield missing([correct], "the accuracy or the number of examples is not printed")
            continue
        (least, most), (low, high) = bounds(correct), bounds(accuracy)
        fits = least / n.number() <= high + _SLACK and low <= most / n.number() + _SLACK
        yield Result(
            [accuracy, correct],
            "consistent" if fits else "inconsistent",
            f"The accuracy of {{accuracy}} {'is' if fits else 'is not'} that of {{correct:,.0f}} right answers to "
            "{n:,.0f} examples, which is {share:.2%}.",
            {
                "accuracy": accuracy["printed"],
                "correct": correct["value"],
                "n": n,
                "share": ratio(correct["value"], n.as_unit(None)),
            },
        )
