"""Checks of published figures against themselves, each other and what a guess would score.

In a chapter: `findings = audit(page)`, and for each finding `page.say(finding.template, **finding.values)`.
"""

from collections.abc import Callable, Iterator, Sequence

from analysis.audit import classifiers, counts, layers, means, scores, totals
from analysis.audit.finding import Check, Finding, Result
from analysis.audit.scores import wilson_interval
from analysis.facts import Row, View
from analysis.sources import Source, Tables, references, sources, tables_of

CHECKS: dict[str, Check] = {
    "share-is-quotient": counts.share_is_quotient,
    "count-rounds-to-print": counts.count_rounds_to_print,
    "proportion-of-whole-examples": scores.proportion_of_whole_examples,
    "difference-beyond-sampling": scores.difference_beyond_sampling,
    "below-majority": scores.below_majority,
    "at-chance": scores.at_chance,
    "nearly-all-or-nothing": scores.nearly_all_or_nothing,
    "always-abstain": scores.always_abstain,
    "exact-match-above-f1": scores.exact_match_above_f1,
    "f1-from-precision-and-recall": classifiers.f1_from_precision_and_recall,
    "macro-scores": classifiers.macro_scores,
    "class-supports": classifiers.class_supports,
    "confusion-counts": classifiers.confusion_counts,
    "mean-of-whole-numbers": means.mean_of_whole_numbers,
    "deviation-of-whole-numbers": means.deviation_of_whole_numbers,
    "deviation-within-range": means.deviation_within_range,
    "parts-make-total": totals.parts_make_total,
    "one-scale-per-document": scores.one_scale_per_document,
    "values-recur": scores.values_recur,
    "score-rises-with-layer": layers.score_rises_with_layer,
    "tuning-helps-at-last-layer": layers.tuning_helps_at_last_layer,
    "peak-fits-device": counts.peak_fits_device,
    "figures-are-printed": counts.figures_are_printed,
}
"""All checks, in the order in which their findings are reported."""


def audit(tables: Tables | Callable[[str], View], of: str | None = None) -> list[Finding]:
    """The findings of all checks on all sources, or on those `of` one source.

    A check that cannot be made is a finding too, and stops nothing.
    """
    tables = tables_of(tables)
    known, documents = references(tables), [each for each in sources(tables) if of in (None, each.name)]
    return [
        found for name, check in CHECKS.items() for source in documents for found in checked(name, check, source, known)
    ]


def checked(name: str, check: Check, source: Source, known: Sequence[Row]) -> Iterator[Finding]:
    """The findings of one check on one source."""
    results = []
    try:
        for found in check(source, known):
            results.append(found)
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        said = "The check {check} could not be made: {why}."
        results.append(Result((), "unverifiable", said, {"check": name, "why": why}))
    for found in results:
        figures = tuple(str(row.cells["figure"]) for row in found.figures)
        yield Finding(name, source.study, source.name, figures, found.verdict, found.template, found.values)


__all__ = ["CHECKS", "Check", "Finding", "Result", "audit", "wilson_interval"]
