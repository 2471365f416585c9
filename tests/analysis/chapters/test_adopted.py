"""What was left out when predictions were adopted is shown as it stands in the file."""

from analysis.chapters.adopted.show import show_left_out
from analysis.chapters.common import Study
from tests.analysis.chapters.conftest import shown


def test_an_empty_cell_is_told_from_one_that_was_not_filled_in(book, page, write_table):
    columns = {"what": "string", "cell": "string", "count": "integer"}
    rows = [{"what": "gold", "cell": "-", "count": 3}, {"what": "prediction", "cell": "PARSE_FAIL", "count": 2}]
    write_table(book / "experiments" / "frozen", "ours/left-out", "reported", ["what", "cell"], columns, rows)
    table = show_left_out(page, [Study(page, "ours", "Ours", "ours")])
    assert [cell for cell in shown(table) if cell not in ("gold", "prediction")] == [
        "(empty or -)",
        "3",
        "PARSE_FAIL",
        "2",
    ]
