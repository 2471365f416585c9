"""What was tried on purpose that is hostile or unlucky, and how often the project held: for the colophon."""

from collections.abc import Sequence

from analysis.chapters.colophon import rows_with
from analysis.facts import Chapter, Markdown, Row, View, sum_of
from analysis.sentences import series

COLUMNS = {"series", "group", "tried", "held"}


def trials(tables: Sequence[View]) -> list[Row]:
    """The rows of all studies of such trials: one for each class of inputs of a series."""
    return rows_with(tables, COLUMNS)


def describe_trials(page: Chapter, rows: Sequence[Row]) -> Markdown:
    """How many of each series held; nothing without a study."""
    if not rows:
        return Markdown("")
    by_series: dict[str, list[Row]] = {}
    for row in rows:
        by_series.setdefault(str(row["series"].data), []).append(row)
    parts = [
        page.say(
            "{held} of {tried} held in the series “{series}”",
            held=sum_of([row["held"] for row in own]),
            tried=sum_of([row["tried"] for row in own]),
            series=own[0]["series"],
        )
        for own in by_series.values()
    ]
    return Markdown(f"{series(parts)}.")


def tabulate_trials(page: Chapter, rows: Sequence[Row]) -> Markdown:
    """The table of all classes; nothing without a study."""
    if not rows:
        return Markdown("")
    return page.tabulate(
        rows,
        label="tbl-hardening",
        columns={
            "Series": "series",
            "Class": "group",
            "Tried": "tried",
            "Held": "held",
        },
        caption="What was tried on purpose, by class, and how often it did no harm: nothing lost, nothing run, "
        "nothing shown that is not so, or one line that refuses it.",
    )
