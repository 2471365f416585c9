"""How time grows with examples, studies and chapters: for the colophon."""

from collections.abc import Sequence

from analysis.facts import Chapter, Markdown, Row, derived
from analysis.tables import column

SLOPES = {"grows", "command", "smallest", "largest", "power", "added"}
SIZES = {"grows", "size", "command", "seconds", "memory", "pages", "facts"}


def describe_slopes(page: Chapter, rows: Sequence[Row]) -> Markdown:
    """In how many of them the power is above one: the time is then more than in proportion to the size."""
    powers = [row["power"] for row in rows]
    faster = [power for power in powers if power > 1]
    return page.say(
        "In {faster} of {all} cases time goes as a power of size above one.",
        faster=derived(len(faster), powers, "powers above one"),
        all=derived(len(powers), powers, "powers"),
        rests_on=[power > 1 if power > 1 else power <= 1 for power in powers],
    )


def tabulate_slopes(page: Chapter, rows: Sequence[Row]) -> Markdown:
    """The table of growth from the smallest size to the largest; nothing without a study."""
    if not rows:
        return Markdown("")
    return page.tabulate(
        rows,
        label="tbl-growth",
        columns={
            "What grows": "grows",
            "Command": "command",
            "From": column("smallest", ","),
            "To": column("largest", ","),
            "Time, end over start": column("ratio", ".2f"),
            "Power": column("power", ".2f"),
        },
        caption="CPU time of commands as a project gets more and more of one thing. Time, end over start: the "
        "time with the number under *To*, divided by that with the number under *From*. Power: between the last two "
        "sizes that were tried, the time goes as this power of the size; at a power of one it is in proportion to it, "
        "at zero it does not depend on it.",
    )


def tabulate_sizes(page: Chapter, rows: Sequence[Row]) -> Markdown:
    """The table of every size that was measured; nothing without a study."""
    if not rows:
        return Markdown("")
    return page.tabulate(
        rows,
        label="tbl-growth-sizes",
        columns={
            "What grows": "grows",
            "Size": column("size", ","),
            "Command": "command",
            "CPU time (s)": column("seconds", ".2f"),
            "Memory (MiB)": column("memory", ".0f"),
            "Pages (MiB)": column("pages", ".2f"),
            "Lists of values (MiB)": column("facts", ".2f"),
        },
        caption="CPU time and memory of commands at each size, and the size of what a render writes.",
    )
