"""Scores of one document on different scales."""

from collections.abc import Iterator

from analysis.audit.finding import Finding, Read
from analysis.audit.tables import SCORES, all_figures, name, printed


def one_scale_per_document(read: Read) -> Iterator[Finding]:
    """All scores as percentages, or all as fractions: a reader compares what stands side by side."""
    for source, view in all_figures(read):
        scores = printed(view).where(quantity=tuple(SCORES))
        if not len(scores):
            continue
        percent, fraction = scores.where(printed_unit="percent"), scores.where(printed_unit="fraction")
        mixed = len(percent) > 0 and len(fraction) > 0
        yield Finding(
            check="one-scale-per-document",
            source=source,
            figures=tuple(name(row) for row in scores),
            verdict="inconsistent" if mixed else "consistent",
            template="Of {all:,} scores, {percent:,} are printed in percent and {fraction:,} as fractions.",
            values={"all": scores.count(), "percent": percent.count(), "fraction": fraction.count()},
        )
