"""Question answering with unanswerable questions: scores that come from saying nothing."""

from collections.abc import Iterator

from analysis.audit.finding import Finding, Read
from analysis.audit.tables import baselines, figures_of, name
from analysis.facts import Row, ratio

# F1 gives partial credit for a partly right answer, exact match does not. Where all but this part of F1 is exact match,
# nearly every answer is wholly right or wholly wrong, as abstentions are.
NEARLY = 0.1


def _answers(read: Read) -> Iterator[tuple[Row, Row]]:
    view = figures_of(read, "s1")
    for exact in view.where(quantity="exact_match"):
        yield exact, view.at(quantity="f1", dataset=exact.cells["dataset"], method=exact.cells["method"])


def nearly_all_or_nothing(read: Read) -> Iterator[Finding]:
    """Exact match nearly equal to F1."""
    for exact, f1 in _answers(read):
        partial = ratio(f1["value"] - exact["value"], f1["value"])
        nearly = partial < NEARLY
        yield Finding(
            check="nearly-all-or-nothing",
            source="s1",
            figures=(name(exact), name(f1)),
            verdict="suspicious" if nearly else "consistent",
            template="In the {method} evaluation exact match is {exact} and F1 {f1}: partly right answers make "
            "{partial:.1%} of F1"
            + (", so that nearly all credit is for wholly right answers, as abstentions are." if nearly else "."),
            values={
                "method": exact["method"],
                "exact": exact["printed"],
                "f1": f1["printed"],
                "partial": partial.described(f"({f1['value'].how} − {exact['value'].how}) ÷ {f1['value'].how}"),
            },
        )


def always_abstain(read: Read) -> Iterator[Finding]:
    """F1 against never answering, which scores the share of unanswerable questions; SQuAD v2's dev set is assumed."""
    known = baselines(read).where(dataset="squad")
    baseline = ratio(known.at(quantity="unanswerable_samples")["value"], known.at(quantity="samples")["value"])
    for exact, f1 in _answers(read):
        below = f1["high"] < baseline
        yield Finding(
            check="always-abstain",
            source="s1",
            figures=(name(exact), name(f1)),
            verdict="suspicious" if below else "consistent",
            template="If the questions are those of the SQuAD v2 development set, the {method} F1 of {f1} "
            + ("is less than" if below else "is not less than")
            + " the {baseline:.2%} that never answering scores.",
            values={"method": f1["method"], "f1": f1["printed"], "baseline": baseline},
        )
