"""Proportions with a known number of examples: can they be, how sure are they, do they differ?"""

from collections.abc import Iterator

from analysis.audit.finding import Finding, Read
from analysis.audit.tables import all_figures, name, printed, samples
from analysis.facts import Row, Value, derived
from experiments.statistics.proportions import attainable_counts, wilson_of_rounded


def interval(row: Row, n: Value) -> tuple[Value, Value] | None:
    """Both bounds of the 95% Wilson interval of a printed proportion among `n` examples.

    None where no whole number of the examples rounds to the print; `proportion_of_whole_examples` tells of that.
    """
    low, high, examples = row["low"].data, row["high"].data, int(n.data)
    if not attainable_counts(low, high, examples):
        return None
    bounds = wilson_of_rounded(low, high, examples)
    parts = [row["value"], row["low"], row["high"], n]
    lower, upper = (
        derived(bound, parts, f"{side} bound of the 95% Wilson interval of {row['value'].how} with n = {n.how}")
        for side, bound in zip(("lower", "upper"), bounds, strict=True)
    )
    return lower, upper


def proportion_of_whole_examples(read: Read) -> Iterator[Finding]:
    """An accuracy over n examples must round from a whole number of right answers; it comes with its interval."""
    for source, view in all_figures(read):
        for row in printed(view).where(quantity="accuracy"):
            n = samples(view, row)
            if n is None:
                continue
            values = {"share": row["printed"], "n": n}
            if bounds := interval(row, n):
                counts = attainable_counts(row["low"].data, row["high"].data, int(n.data))
                parts, how = [row["low"], row["high"], n], f"number of examples that rounds to {row['value'].how}"
                values["least"] = derived(counts[0], parts, f"least {how}")
                values["most"] = derived(counts[-1], parts, f"greatest {how}")
                values["lower"], values["upper"] = bounds
            yield Finding(
                check="proportion-of-whole-examples",
                source=source,
                figures=(name(row),),
                verdict="consistent" if bounds else "inconsistent",
                template=_in_words(values),
                values=values,
            )


def _in_words(values: dict[str, Value]) -> str:
    if "least" not in values:
        return "The share {share} is no whole number of {n:,.0f} examples."
    count = "{least:,}" if values["least"] == values["most"] else "between {least:,} and {most:,}"
    interval = "its 95% interval reaches from {lower:.1%} to {upper:.1%}."
    return f"The share {{share}} is {count} of {{n:,.0f}} examples; {interval}"


def difference_beyond_sampling(read: Read) -> Iterator[Finding]:
    """Do the intervals of the pretrained and the fine-tuned accuracy stay apart?"""
    for source, view in all_figures(read):
        for before in printed(view).where(quantity="accuracy", method="pretrained"):
            after = view.at(quantity="accuracy", method="fine-tuned", split=before.cells["split"])
            n = samples(view, before)
            if n is None or after["value"].missing:
                continue
            bounds_before, bounds_after = interval(before, n), interval(after, n)
            if bounds_before is None or bounds_after is None:
                continue
            (low_before, high_before), (low_after, high_after) = bounds_before, bounds_after
            apart = high_before < low_after or high_after < low_before
            yield Finding(
                check="difference-beyond-sampling",
                source=source,
                figures=(name(before), name(after)),
                verdict="consistent" if apart else "suspicious",
                template="On the {split} set, {before} and {after} "
                + ("differ" if apart else "do not differ")
                + " by more than the sampling of {n:,.0f} examples explains: the 95% intervals are "
                "{low_before:.1%} to {high_before:.1%} and {low_after:.1%} to {high_after:.1%}.",
                values={
                    "split": before["split"],
                    "before": before["printed"],
                    "after": after["printed"],
                    "n": n,
                    "low_before": low_before,
                    "high_before": high_before,
                    "low_after": low_after,
                    "high_after": high_after,
                },
            )
