"""Checks of counts, shares of counts and memory; and what a source leaves out."""

from collections.abc import Iterator, Sequence
from sys import float_info

from analysis.audit.finding import Result, Verdict
from analysis.facts import Row, ratio
from analysis.sources import Source, in_words, only


def share_is_quotient(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Check trainable over total parameters against the printed share, to its last place or to that of a double."""
    for share in source.printed.where(quantity="trainable_share"):
        about = {"model": share.cells["model"], "method": share.cells["method"]}
        trainable = only(source.printed, quantity="trainable_parameters", **about)
        total = only(source.printed, quantity="total_parameters", **about)
        if trainable is None or total is None:
            yield Result(
                [share],
                "unverifiable",
                "The printed share of trainable parameters, {share}, stands without both of its counts.",
                {"share": share["printed"]},
            )
            continue
        quotient = ratio(trainable["value"], total["value"])
        # A share printed to seventeen digits carries the rounding of the division that made it.
        slack = quotient.number() * float_info.epsilon
        equal = share["low"].number() - slack <= quotient.number() <= share["high"].number() + slack
        yield Result(
            [share, trainable, total],
            "consistent" if equal else "inconsistent",
            "The printed share, {share}, "
            + ("is" if equal else "is not")
            + " that of {trainable:,.0f} in {total:,.0f}, which is {quotient:.6%}.",
            {
                "share": share["printed"],
                "trainable": trainable["value"],
                "total": total["value"],
                "quotient": quotient,
            },
        )


def count_rounds_to_print(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Check a rounded count of parameters against an exact one of the same thing in the same source."""
    counts = [row for row in source.printed if row.cells["unit"] == "count" and "parameters" in row.cells["quantity"]]
    for quoted in counts:
        same = [row for row in counts if all(row[name] == quoted[name] for name in ("quantity", "model", "dataset"))]
        exact = {row["value"].data: row for row in reversed(same) if row["low"] == row["high"]}
        if quoted["low"] != quoted["high"]:
            for row in exact.values():
                yield _rounding(row, quoted)


def _rounding(exact: Row, quoted: Row) -> Result:
    count, value, low, high = exact["value"], quoted["value"], quoted["low"], quoted["high"]
    rounds = low <= count and count <= high
    # Cut off after the last printed place, a count lies between the print and one whole unit above it.
    truncated = not rounds and value <= count and count < high + (high - value)
    verdict: Verdict
    if rounds:
        verdict, ending = "consistent", "the quoted number is correctly rounded."
    elif truncated:
        verdict, ending = "suspicious", "the quoted number is truncated, not rounded."
    else:
        verdict, ending = "inconsistent", "the quoted number is neither the exact one rounded nor truncated."
    return Result(
        [exact, quoted],
        verdict,
        "The {method} {count:,.0f} parameters stand beside the {other} {quoted}: " + ending,
        {
            "method": str(exact.cells["method"] or "exact"),
            "count": count,
            "other": str(quoted.cells["method"] or "quoted"),
            "quoted": quoted["printed"],
        },
    )


def peak_fits_device(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Check the peak of GPU memory against that of the GPU."""
    device = only(source.printed, quantity="gpu_memory")
    for peak in source.printed.where(quantity="peak_gpu_memory"):
        if device is None:
            yield Result(
                [peak],
                "unverifiable",
                "The peak of {peak} stands without the memory of the GPU.",
                {"peak": peak["printed"]},
            )
            continue
        fits = peak["low"] <= device["high"]
        verb = "fits" if fits else "does not fit"
        yield Result(
            [peak, device],
            "consistent" if fits else "inconsistent",
            f"The peak of {{peak}} {verb} into the {{device}} of the GPU.",
            {"peak": peak["printed"], "device": device["printed"]},
        )


def figures_are_printed(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Make one finding for each reason that a source leaves figures out; nothing can be checked about them."""
    absent = source.figures.where(printed=None)
    for note in dict.fromkeys(row.cells["note"] for row in absent):
        rows = absent.where(note=note)
        quantities = ", ".join(in_words(name) for name in rows.distinct("quantity"))
        end = ": {note}." if note is None else ". {note}"
        yield Result(
            rows.rows,
            "unverifiable",
            f"{{absent:,}} of {{all:,}} figures {'is' if rows.count() == 1 else 'are'} not printed{end}",
            {
                "absent": rows.count(),
                "all": source.figures.count(),
                "note": quantities if note is None else rows.rows[0]["note"],
            },
        )
