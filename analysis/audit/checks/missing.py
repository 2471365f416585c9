"""Figures that a source speaks of and does not print."""

from collections.abc import Iterator

from analysis.audit.finding import Finding, Read
from analysis.audit.tables import all_figures, name


def figures_are_printed(read: Read) -> Iterator[Finding]:
    """One finding for each reason that a source leaves figures out; nothing can be checked about them."""
    for source, view in all_figures(read):
        absent = view.where(printed=None)
        for note in absent.distinct("note"):
            rows = absent.where(note=note)
            yield Finding(
                check="figures-are-printed",
                source=source,
                figures=tuple(name(row) for row in rows),
                verdict="unverifiable",
                template="{absent:,} of {all:,} figures are not printed. {note}",
                values={"absent": rows.count(), "all": view.count(), "note": rows.rows[0]["note"]},
            )
