"""The colophon says how many planted faults each tool notices."""

import pytest

from analysis.chapters.colophon import planted
from analysis.chapters.colophon.show import rows_with


@pytest.fixture
def rows(page, book, write_table):
    columns = {"tool": "string", "sort": "string", "class": "string", "planted": "integer", "caught": "integer"}
    found = [
        ("ours", "fault", "a digit", 20, 19),
        ("ours", "fault", "a row", 10, 10),
        ("ours", "harmless", "a comment", 5, 0),
        ("theirs", "fault", "a digit", 6, 3),
    ]
    key = ["tool", "sort", "class"]
    frozen = [dict(zip(columns, row, strict=True)) for row in found]
    write_table(book / "experiments" / "frozen", "planted/caught", "measured", key, columns, frozen)
    write_table(book / "experiments" / "frozen", "other/sizes", "computed", ["a"], {"a": "string"}, [{"a": "b"}])
    return rows_with([page.table("planted/caught"), page.table("other/sizes")], planted.COLUMNS)


def test_each_tool_is_summed(rows):
    ours, theirs = planted.tools(rows)
    assert [ours.total("fault", column).data for column in ("planted", "caught")] == [30, 29]
    assert ours.total("harmless", "caught").data == 0
    assert str(theirs.total("harmless", "caught")) == "–"


def test_a_class_has_a_cell_for_each_tool_that_can_express_it(rows):
    digit, row, comment = planted.classes(rows)
    assert digit.of("ours").data == "19 of 20"
    assert digit.of("theirs").data == "3 of 6"
    assert str(row.of("theirs")) == "–"
    assert comment.rows[0]["sort"].data == "harmless"


def test_a_report_without_such_a_study_says_nothing(page, rows):
    assert "29" in planted.describe_planted(page, rows)
    assert "19 of 20" in planted.tabulate_planted(page, rows)
    assert planted.describe_planted(page, []) == planted.tabulate_planted(page, []) == ""
