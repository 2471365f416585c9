"""How the report was made: every frozen table with its digest, command and machine, and the speed comparisons."""

from collections.abc import Sequence

from analysis.facts import Interval, Row, Value, View, derived

SHORT = 12
RUN = "experiments run"


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
    """The first table of each study: all tables of a study share its run."""
    first: dict[str, View] = {}
    for table in tables:
        first.setdefault(table.about("study").data, table)
    return list(first.values())


def speeds(tables: Sequence[View]) -> list[Row]:
    """The comparisons of all benchmark studies."""
    return [row for table in tables if {"ratio", "target", "ours", "theirs"} <= set(table.columns) for row in table]


def sides(row: Row) -> Value:
    """What was compared: "press, Quarto"."""
    return derived(f"{row['ours'].data}, {row['theirs'].data}", [row["ours"], row["theirs"]], "ours, theirs")


def range_over_pairs(row: Row) -> Interval:
    """The range of the ratios over the single pairs."""
    return row.interval("ratio")


def precision(row: Row) -> str:
    """The format of a ratio: with a decimal only while it is small."""
    return ".1f" if row["ratio_low"].number() < 100 else ",.0f"


def number_of_comparisons(rows: Sequence[Row]) -> Value:
    """How many comparisons there are."""
    return derived(len(rows), [row["ratio"] for row in rows], "number of comparisons")


def reached(rows: Sequence[Row]) -> Value:
    """How many comparisons reach their target."""
    met = sum(row["ratio"] >= row["target"] for row in rows)
    parts = [row[name] for row in rows for name in ("ratio", "target")]
    return derived(met, parts, "number of comparisons whose ratio is at least the one asked for")
