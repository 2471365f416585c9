"""The chapter on how the report was made: every frozen table, with the record of its making."""

from collections.abc import Sequence

from analysis.facts import Value, View, derived

SHORT = 12


def number_of_tables(tables: Sequence[View]) -> Value:
    """How many tables there are."""
    return derived(len(tables), [table.about("digests.table") for table in tables], "number of frozen tables")


def short(digest: Value) -> Value:
    """The beginning of a digest, enough to tell tables apart."""
    return derived(digest.data[:SHORT], [digest], f"first {SHORT} digits of {digest.how}")
