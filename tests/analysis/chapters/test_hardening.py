"""The colophon says how often the project held under what was tried on purpose."""

from analysis.chapters.colophon import hardening
from analysis.chapters.colophon.show import rows_with
from tests.analysis.chapters.conftest import shown


def test_each_series_is_summed(page, book, write_table):
    columns = {"series": "string", "group": "string", "tried": "integer", "held": "integer"}
    found = [("kills", "while rendering", 30, 30), ("kills", "while freezing", 20, 19), ("texts", "markup", 200, 200)]
    frozen = [dict(zip(columns, row, strict=True)) for row in found]
    write_table(book / "experiments" / "frozen", "hard/trials", "measured", ["series", "group"], columns, frozen)
    rows = rows_with([page.table("hard/trials")], hardening.COLUMNS)
    said = hardening.describe_trials(page, rows)
    assert shown(said) == ["250", "2", "249", "kills", "49", "50"]
    assert shown(hardening.tabulate_trials(page, rows)) == ["kills", "50", "49", "texts", "200", "200"]


def test_a_report_without_such_a_study_says_nothing(page):
    assert hardening.describe_trials(page, []) == hardening.tabulate_trials(page, []) == ""
