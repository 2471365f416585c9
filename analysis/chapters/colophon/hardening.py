"""What was tried on purpose that is hostile or unlucky, and how often the project held: for the colophon."""

from collections.abc import Sequence

from analysis.facts import Chapter, Markdown, Row, Value, derived, sum_of
from analysis.sentences import series
from analysis.tables import column

COLUMNS = {"series", "group", "tried", "held"}


def describe_trials(page: Chapter, rows: Sequence[Row]) -> Markdown:
    """How many trials held, and in which series some did not; nothing without a study."""
    if not rows:
        return Markdown("")
    found = _by_series(rows)
    said = page.say(
        "Of {tried:,} trials in {n} series, {held:,} held.",
        tried=sum_of([row["tried"] for row in rows]),
        n=derived(len(found), [own[0]["series"] for own in found], "number of series"),
        held=sum_of([row["held"] for row in rows]),
    )
    open_ = [own for own in found if _sum(own, "held").number() < _sum(own, "tried").number()]
    if not open_:
        return said
    parts = [
        page.say(
            "“{series}” ({held:,} of {tried:,})",
            series=own[0]["series"],
            held=_sum(own, "held"),
            tried=_sum(own, "tried"),
        )
        for own in open_
    ]
    return Markdown(f"{said} These had trials that did not: {series(parts)}.")


def tabulate_trials(page: Chapter, rows: Sequence[Row]) -> Markdown:
    """The table of all series; nothing without a study."""
    if not rows:
        return Markdown("")
    return page.tabulate(
        _by_series(rows),
        label="tbl-hardening",
        columns={
            "Series": lambda own: own[0]["series"],
            "Tried": column(lambda own: _sum(own, "tried"), ","),
            "Held": column(lambda own: _sum(own, "held"), ","),
        },
        caption="What was tried on purpose, and how often it did no harm: nothing was lost, nothing ran that "
        "should not, and nothing was shown that is not so, or the input was refused with one line.",
    )


def _by_series(rows: Sequence[Row]) -> list[list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row["series"].data), []).append(row)
    return list(found.values())


def _sum(rows: Sequence[Row], name: str) -> Value:
    return sum_of([row[name] for row in rows])
