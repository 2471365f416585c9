"""What was planted on purpose, and how much of it each tool notices: for the colophon."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.facts import Chapter, Markdown, Row, Value, derived, sum_of
from analysis.sentences import series
from analysis.tables import column

SORTS = {"fault": "Fault", "harmless": "Harmless change"}
COLUMNS = {"tool", "sort", "class", "planted", "caught"}


@dataclass(frozen=True)
class Tool:
    """The rows of one tool."""

    rows: tuple[Row, ...]

    @property
    def name(self) -> Value:
        """The tool's name."""
        return self.rows[0]["tool"]

    def total(self, sort: str, column: str) -> Value | Markdown:
        """How many of a sort were planted or noticed; a dash where none was planted."""
        cells = [row[column] for row in self.rows if row["sort"].data == sort]
        return sum_of(cells) if cells else Markdown("–")


@dataclass(frozen=True)
class Class:
    """One class of changes, with a row for each tool whose format can express it."""

    rows: tuple[Row, ...]

    def of(self, tool: str) -> Value | Markdown:
        """How many of those planted a tool notices: "18 of 20"; a dash where its format cannot express them."""
        for row in self.rows:
            if row["tool"].data == tool:
                cells = [row["caught"], row["planted"]]
                return derived(f"{row['caught'].data} of {row['planted'].data}", cells, "caught of planted")
        return Markdown("–")


def tools(rows: Sequence[Row]) -> list[Tool]:
    """The tools in the order of their rows."""
    names = dict.fromkeys(row["tool"].data for row in rows)
    return [Tool(tuple(row for row in rows if row["tool"].data == name)) for name in names]


def classes(rows: Sequence[Row]) -> list[Class]:
    """The classes, faults before harmless changes."""
    found: dict[tuple[object, object], list[Row]] = {}
    for row in sorted(rows, key=lambda row: row["sort"].data != "fault"):
        found.setdefault((row["sort"].data, row["class"].data), []).append(row)
    return [Class(tuple(each)) for each in found.values()]


def describe_planted(page: Chapter, rows: Sequence[Row]) -> Markdown:
    """How many faults each tool notices, and how many harmless changes it reports; nothing without a study."""
    if not rows:
        return Markdown("")
    parts = [
        page.say(
            "{tool} notices {caught} of {planted} faults and reports {reported} of {harmless} harmless changes",
            tool=tool.name,
            caught=tool.total("fault", "caught"),
            planted=tool.total("fault", "planted"),
            reported=tool.total("harmless", "caught"),
            harmless=tool.total("harmless", "planted"),
        )
        for tool in tools(rows)
    ]
    return Markdown(f"{series(parts)}.")


def tabulate_planted(page: Chapter, rows: Sequence[Row]) -> Markdown:
    """The table of all classes with a column for each tool; nothing without a study."""
    if not rows:
        return Markdown("")
    names = [str(tool.name.data) for tool in tools(rows)]
    return page.tabulate(
        classes(rows),
        label="tbl-planted",
        columns={
            "Sort": lambda one: derived(SORTS[str(one.rows[0]["sort"].data)], [one.rows[0]["sort"]], "sort"),
            "Class": lambda one: one.rows[0]["class"],
            **{name: column(lambda one, name=name: one.of(name), align="right") for name in names},
        },
        caption="Changes planted, faults one at a time, by class, and how many of them each tool notices. A fault "
        "counts where a command fails and names its place. A dash stands where the tool's own format cannot express "
        "the class.",
    )
