"""The colophon shows how time grows."""

import pytest

from analysis.chapters.colophon import growth
from analysis.chapters.colophon.show import rows_with
from tests.analysis.chapters.conftest import shown

SLOPES = {"grows": "string", "command": "string", "smallest": "integer", "largest": "integer"}
SLOPES |= {"ratio": "number", "power": "number", "added": "number"}
ROWS = [("examples", "verify", 1000, 1_000_000, 12.5, 0.75, 0.001), ("studies", "status", 10, 1000, 3.0, 1.5, 0.1)]


@pytest.fixture
def tables(page, book, write_table):
    rows = [dict(zip(SLOPES, row, strict=True)) for row in ROWS]
    write_table(book / "experiments" / "frozen", "grown/slopes", "measured", ["grows", "command"], SLOPES, rows)
    return [page.table("grown/slopes")]


def test_powers_above_one_are_counted(page, tables):
    assert shown(growth.describe_slopes(page, rows_with(tables, growth.SLOPES))) == ["1", "2"]


def test_the_growth_of_each_command_is_a_row(page, tables):
    assert rows_with(tables, growth.SIZES) == []
    shown = growth.tabulate_slopes(page, rows_with(tables, growth.SLOPES))
    assert "1,000,000" in shown
    assert "12.50" in shown
    assert growth.tabulate_slopes(page, []) == growth.tabulate_sizes(page, []) == ""
