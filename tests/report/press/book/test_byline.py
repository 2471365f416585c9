"""The line below a chapter's title says the same on every machine and day."""

import panflute as pf
import pytest

from report.press.book.byline import byline


@pytest.mark.parametrize("written", ["today", "now", "last-modified", "2026-01-02"])
def test_the_day_of_a_chapter_is_that_of_the_report_or_the_one_that_is_written(written):
    [line] = byline({"date": written, "author": "A. Author"}, "2026-01-02")
    assert pf.stringify(line).strip() == "A. Author, 2 January 2026"


def test_without_author_and_date_there_is_no_line():
    assert byline({}, "2026-01-02") == []
