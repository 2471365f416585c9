"""How the report was made: every frozen table with its digest, command and machine, and the speed comparisons."""

import re
from collections.abc import Collection, Sequence

from analysis.chapters.common import span
from analysis.facts import Chapter, Interval, Markdown, Row, Value, View, count_true, derived, max_of, min_of, ratio
from analysis.figures.lines import Estimate
from analysis.figures.measures import Measured, measures
from analysis.tables import column

SHORT = 12
RUN = "experiments run"
TAKEN, EXPECTED = "provenance.cost.wall_seconds", "provenance.cost.expected_seconds"


def number_of_tables(tables: Sequence[View]) -> Value:
    """How many tables there are."""
    return derived(len(tables), [table.about("digests.table") for table in tables], "number of frozen tables")


def short(digest: Value) -> Value:
    """The beginning of a digest, enough to tell tables apart."""
    return derived(digest.data[:SHORT], [digest], f"first {SHORT} digits of {digest.how}")


def command(table: View) -> Value:
    """The command that made a table, without the two words that all of them begin with."""
    made = table.about("provenance.command")
    return derived(str(made.data).removeprefix(f"{RUN} "), [made], made.how)


def one_of_each_study(tables: Sequence[View]) -> list[View]:
    """One table of each study, whose run took as long as that of any: derived tables are made in no time after it."""
    longest: dict[str, View] = {}
    for table in tables:
        study = table.about("study").data
        if study not in longest or _seconds(table) > _seconds(longest[study]):
            longest[study] = table
    return list(longest.values())


def _seconds(table: View) -> float:
    return table.about(TAKEN).number()


def rows_with(tables: Sequence[View], columns: Collection[str]) -> list[Row]:
    """The rows of every table that has these columns."""
    return [row for table in tables if set(table.columns) >= set(columns) for row in table]


def speeds(tables: Sequence[View]) -> list[Row]:
    """The comparisons of all benchmark studies."""
    return rows_with(tables, ("ratio", "target", "ours", "theirs"))


def sides(row: Row) -> Value:
    """What was compared: "press, Quarto"."""
    return derived(f"{row['ours'].data}, {row['theirs'].data}", [row["ours"], row["theirs"]], "ours, theirs")


def range_over_pairs(row: Row) -> Interval:
    """The range of the ratios over the single pairs."""
    return row.interval("ratio")


def products_share(row: Row) -> Value | Markdown:
    """How near our program comes to the speed of its matrix products alone; empty where it does not say."""
    named = [column.name for column in row.table.sidecar.columns]
    if "products_rate" not in named or row["products_rate"].missing:
        return Markdown("")
    return row["products_rate"] / row["products_limit"]


def ratio_at_the_limit(row: Row) -> Value | Markdown:
    """The ratio if our program took as long as its matrix products alone; empty where it does not say."""
    share = products_share(row)
    return row["ratio"] / share if isinstance(share, Value) else share


def precision(row: Row) -> str:
    """The format of a ratio: with a decimal only while it is small."""
    return ".1f" if row["ratio_low"].number() < 100 else ",.0f"


def number_of_comparisons(rows: Sequence[Row]) -> Value:
    """How many comparisons there are."""
    return derived(len(rows), [row["ratio"] for row in rows], "number of comparisons")


def reached(rows: Sequence[Row]) -> Value:
    """How many comparisons reach their target."""
    met = (row["ratio"] >= row["target"] for row in rows)
    return count_true(met, "number of comparisons whose ratio is at least the one asked for")


# --- tables ----------------------------------------------------------------------------------------------------------


def tabulate_tables(page: Chapter, tables: Sequence[View]) -> Markdown:
    """The table of all frozen tables, with what makes each again."""
    return page.tabulate(
        tables,
        label="tbl-tables",
        columns={
            "Table": lambda table: Markdown(f"`{table.id}`"),
            "Kind": lambda table: Markdown(table.kind),
            "Rows": column(lambda table: table.about("row_count"), align="right"),
            "Digest": lambda table: short(table.about("digests.table")),
            f"`{RUN}`": command,
        },
        caption=f"The frozen tables that this version was made from, and the arguments of `{RUN}` that make it again. "
        "The digest is the beginning of the SHA-256 of its file.",
    )


def describe_machines(page: Chapter, tables: Sequence[View]) -> Markdown:
    """How long all studies took together, and that the table lists them."""
    seconds = [table.about(TAKEN) for table in one_of_each_study(tables)]
    told = page.say(
        "The {studies} studies took {hours:.1f} hours together; @tbl-machines says on which machines.",
        studies=derived(len(seconds), seconds, "number of studies"),
        hours=derived(sum(each.number() for each in seconds) / 3600, seconds, "sum of the wall times, in hours"),
    )
    announced = [study for study in one_of_each_study(tables) if _was_announced(study)]
    if not announced:
        return told
    ratios = [ratio(study.about(TAKEN), study.about(EXPECTED)) for study in announced]
    low, high = min_of(ratios), max_of(ratios)
    return Markdown(
        f"{told} "
        + page.say(
            "For {n} of them, minutes were announced before the run: the run took "
            + f"{span('.0%', low, high)} of the time announced.",
            n=derived(len(announced), ratios, "studies of a minute or more with an announced time"),
            low=low,
            high=high,
        )
    )


def _was_announced(table: View) -> bool:
    """Whether a run said beforehand how long it would take: where that is a minute or more."""
    expected = table.about(EXPECTED)
    return not expected.missing and expected.number() >= 60


def show_machines(page: Chapter, tables: Sequence[View]) -> Markdown:
    """The table of where and how long each study ran."""
    studies = one_of_each_study(tables)
    announced = any(map(_was_announced, studies))
    before = {"Announced": column(lambda table: table.about(EXPECTED), ",.0f", unit="s", align="right")}
    return page.tabulate(
        studies,
        label="tbl-machines",
        columns={
            "Study": lambda table: Markdown(f"`{table.about('study').data}`"),
            "Processor": lambda table: table.about("provenance.hardware.processor"),
            "Cores": column(lambda table: table.about("provenance.hardware.cores"), align="right"),
            "Python": lambda table: table.about("provenance.environment.python"),
            "Wall time": column(lambda table: table.about(TAKEN), ",.2f", unit="s", align="right"),
            **(before if announced else {}),
            "Energy": lambda table: table.about("provenance.cost.energy_source"),
        },
        caption="Where and how long each study ran"
        + (", and how long it was expected to run by the run before it" if announced else "")
        + ". Energy names the source of the energy measurement, if there is one.",
    )


def describe_speeds(page: Chapter, rows: Sequence[Row]) -> Markdown:
    """How many comparisons reach their target, and how near our programs come to their matrix products alone."""
    told = page.say(
        "Of {all} comparisons, {met} reach their target ratio.", all=number_of_comparisons(rows), met=reached(rows)
    )
    shares = [share for row in rows if isinstance(share := products_share(row), Value)]
    if not shares:
        return told
    low, high = min_of(shares), max_of(shares)
    near = page.say(
        f"Where matrix products are the limit, Colophon reaches {span('.0%', low, high)} of the speed of these "
        "products alone, run one after the other.",
        low=low,
        high=high,
    )
    return Markdown(f"{told} {near}")


def show_speeds(page: Chapter, rows: Sequence[Row]) -> Markdown:
    """The figure of the ratios, those that reach their target apart from the others."""
    equal = derived(1, [row["ratio"] for row in rows], "the ratio of two that take as much")
    return page.figure(
        measures(
            [
                Measured(
                    f"{str(row['comparison'].data).replace('-', ' ')}: {_peer(row)}",
                    {"theirs over ours": Estimate("", row["ratio"], row["ratio_low"], row["ratio_high"])},
                    "Target reached" if row["ratio"] >= row["target"] else "Target not reached",
                    row["target"],
                )
                for row in rows
            ],
            references=[("equal", equal)],
        ),
        label="fig-speed",
        caption="Time, or memory, of the other program, which is named after the work, divided by ours: medians, with "
        "bars over the pairs of runs, and the target. The scale is logarithmic.",
    )


def _peer(row: Row) -> str:
    """The name of the other program without what it does: "transformers" of "transformers' output_hidden_states"."""
    return re.split(r"[,'’]", str(row["theirs"].data))[0]


def tabulate_speeds(page: Chapter, rows: Sequence[Row]) -> Markdown:
    """The table of the comparisons."""
    return page.tabulate(
        rows,
        label="tbl-speed",
        columns={
            "Work": "work",
            "Ours, theirs": sides,
            "Measure": "measure",
            "Ratio": column("ratio", precision, align="right"),
            "Range": column(range_over_pairs, precision, align="right"),
            "Target": column("target", ".4g", align="right"),
            "Products": column(products_share, ".0%", align="right"),
            "Limit": column(ratio_at_the_limit, ".2f", align="right"),
            "Pairs": "pairs",
        },
        caption="Theirs over ours: the median, the range over the pairs, and the target. Wall is the time of the whole "
        "program; cpu and memory are those of the work alone, measured by both programs themselves. Products is the "
        "floating-point rate of our program against that of its matrix products alone, one after the other; limit is "
        "what the ratio would be if our program took the time of these alone.",
    )
