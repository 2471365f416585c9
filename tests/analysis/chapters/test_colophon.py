"""What the colophon says of the comparisons of speed follows their ratios."""

import pytest

from analysis.chapters.colophon import show as colophon
from experiments.freezing.seal import sidecar_bytes, signed
from experiments.tables.read import read_sidecar
from tests.analysis.chapters.conftest import plain

TABLE = "speed-of-rendering/ratios"


def ratio(name: str, value: float, target: float) -> dict:
    return {"comparison": name, "ratio": value, "ratio_low": value, "ratio_high": value, "target": target, "pairs": 5}


def test_speeds_read_as_in_a_paper(page, freeze):
    freeze(TABLE, [ratio("one", 3.0, 2.5), ratio("two", 2.0, 2.0), ratio("three", 1.5, 2.0)])
    rows = colophon.speeds([page.table(TABLE)])
    assert plain(colophon.describe_speeds(page, rows)) == "Of 3 comparisons, 2 reach their target ratio."


@pytest.mark.parametrize(("value", "met"), [(2.0, 1), (1.99, 0)])
def test_a_target_is_reached_at_its_value(page, freeze, value, met):
    freeze(TABLE, [ratio("one", value, 2.0)])
    assert colophon.reached(colophon.speeds([page.table(TABLE)])).data == met


def test_the_share_of_matrix_products_is_told_where_it_was_measured(page, freeze):
    table = "speed-of-scoring/ratios"
    rows = [
        {**ratio("one", 3.0, 2.5), "products_rate": 40.0, "products_limit": 50.0},
        {**ratio("two", 3.0, 2.5), "products_rate": 30.0, "products_limit": 50.0},
        ratio("three", 3.0, 2.5),
    ]
    freeze(table, rows)
    told = plain(colophon.describe_speeds(page, colophon.speeds([page.table(table)])))
    assert "60% to 80%" in told


@pytest.mark.parametrize(
    ("expected", "says"),
    [(100.0, "the run took 80% of the time announced"), (59.0, None), (None, None)],
)
def test_the_time_announced_is_told_where_it_was_a_minute_or_more(book, page, freeze, expected, says):
    freeze(TABLE, [ratio("one", 3.0, 2.5)])
    sidecar = read_sidecar(TABLE)
    cost = sidecar.provenance.cost.model_copy(update={"wall_seconds": 80.0, "expected_seconds": expected})
    timed = sidecar.model_copy(update={"provenance": sidecar.provenance.model_copy(update={"cost": cost})})
    (book / "experiments" / "frozen" / f"{TABLE}.json").write_bytes(sidecar_bytes(signed(timed)))
    told = plain(colophon.describe_machines(page, [page.table(TABLE)]))
    assert (says or "") in told
    assert ("announced" in told) == (says is not None)
    assert ("Announced" in colophon.show_machines(page, [page.table(TABLE)])) == (says is not None)
