"""Accuracies against what a guess scores."""

from collections.abc import Iterator

from analysis.audit.checks.proportions import interval
from analysis.audit.finding import Finding, Read
from analysis.audit.tables import baselines, figures_of, name, printed, samples
from analysis.facts import derived
from experiments.statistics.baselines import chance, majority


def below_majority(read: Read) -> Iterator[Finding]:
    """Accuracy on SST-2 below the majority class: right answers were lost, or labels swapped, on the way to the score.

    The source prints neither split nor n; the development set is assumed, whose size and labels are known.
    """
    known = baselines(read)
    n = known.at(dataset="sst2", quantity="samples")["value"]
    positive = known.at(dataset="sst2", quantity="majority_samples")["value"]
    share = majority([int(positive.data), int(n.data - positive.data)])
    baseline = derived(share, [positive, n], f"share of the more frequent label, {positive.how} of {n.how}")
    for row in printed(figures_of(read, "s1")).where(quantity="accuracy", dataset="sst2"):
        bounds = interval(row, n)
        if bounds is None:
            continue
        lower, upper = bounds
        below = upper < baseline
        yield Finding(
            check="below-majority",
            source="s1",
            figures=(name(row),),
            verdict="suspicious" if below else "consistent",
            template="If the {method} accuracy of {accuracy} is on the {n:,.0f} examples of the development set, its "
            "95% interval, {lower:.1%} to {upper:.1%}, "
            + ("lies wholly below" if below else "does not lie below")
            + " the {baseline:.1%} that naming the majority label scores.",
            values={
                "method": row["method"],
                "accuracy": row["printed"],
                "n": n,
                "lower": lower,
                "upper": upper,
                "baseline": baseline,
            },
        )


def at_chance(read: Read) -> Iterator[Finding]:
    """A pretrained accuracy that cannot be told from a uniform guess: the mark of a head with random weights."""
    view = figures_of(read, "s2")
    labels = view.where(quantity="label_id")
    guess = derived(chance(len(labels)), labels.column("value"), "one over the number of labels")
    for row in printed(view).where(quantity="accuracy", method="pretrained"):
        n = samples(view, row)
        bounds = interval(row, n) if n is not None else None
        if bounds is None:
            continue
        lower, upper = bounds
        inside = lower <= guess and guess <= upper
        yield Finding(
            check="at-chance",
            source="s2",
            figures=(name(row),),
            verdict="suspicious" if inside else "consistent",
            template="On the {split} set the pretrained model scores {accuracy}, with a 95% interval from {lower:.1%} "
            "to {upper:.1%}, which " + ("holds" if inside else "leaves out") + " the {guess:.1%} of a guess among "
            "{classes:,} labels.",
            values={
                "split": row["split"],
                "accuracy": row["printed"],
                "lower": lower,
                "upper": upper,
                "guess": guess,
                "classes": labels.count(),
            },
        )
