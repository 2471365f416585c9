"""Values out of tables: exact arithmetic that remembers its cells, and refusals of what no reader could check."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.facts import (
    FactError,
    MissingValue,
    MixedKinds,
    Origin,
    UnitMismatch,
    Value,
    count_true,
    derived,
    max_of,
    mean_of,
    min_of,
    present,
    ratio,
    sum_of,
)


def cell(data, name="a", kind="computed", unit=None) -> Value:
    origin = Origin("study/table", (("key", name),), "column", "0" * 64, kind)
    return Value(data, kind, unit, (origin,), origin.name)


def names(value: Value) -> list[object]:
    return [origin.row[0][1] for origin in value.origins]


@given(st.integers(), st.integers(), st.integers())
def test_integers_stay_exact_whatever_their_size(a, b, c):
    value = (cell(a, "a") + cell(b, "b")) * cell(c, "c") - cell(a, "a")
    assert value.data == (a + b) * c - a
    assert names(value) == ["a", "b", "c"]


@given(st.lists(st.integers(), min_size=1))
def test_sum_and_extremes_agree_with_python(numbers):
    values = [cell(number, str(index)) for index, number in enumerate(numbers)]
    assert sum_of(values).data == sum(numbers)
    assert max_of(values).data == max(numbers)
    assert min_of(values).data == min(numbers)
    assert len(sum_of(values).origins) == len(numbers)


def test_the_share_of_s2_is_the_printed_one():
    share = ratio(cell(18_350_080, "trainable", unit="parameter"), cell(1_408_634_880, "total", unit="parameter"))
    assert share.data == 18_350_080 / 1_408_634_880
    assert share.unit is None
    assert share.how == "share of column[trainable] in column[total]"


def test_a_derivation_reads_like_the_arithmetic():
    a, b, c = (cell(number, name) for number, name in ((6, "a"), (2, "b"), (3, "c")))
    assert ((a - b) / c).how == "(column[a] − column[b]) ÷ column[c]"
    assert (-a).how == "−column[a]"
    assert abs(b - a).data == 4
    assert round(a / cell(7, "d"), 2).data == 0.86
    assert mean_of([a, b]).data == 4


def test_a_long_derivation_is_cut_and_its_origins_are_not():
    values = [cell(1, "x" * 40 + str(index)) for index in range(60)]
    total = values[0]
    for value in values[1:]:
        total = total + value
    assert len(total.how) == 300
    assert len(total.origins) == 60


def test_the_extreme_is_still_its_own_cell():
    values = [cell(1, "a"), cell(3, "b"), cell(2, "c")]
    assert names(max_of(values)) == ["b"]


def test_comparisons_are_true_or_false_and_remember_their_sides():
    less = cell(1, "a") < cell(2, "b")
    assert less
    assert repr(less) == "True"
    assert (less.left.how, less.sign, less.right.how) == ("column[a]", "<", "column[b]")
    assert not cell(1) >= 2
    assert sum(cell(n) > 1 for n in (1, 2, 3)) == 2
    assert derived(cell(1) < cell(2), [cell(1)], "an order").data is True
    assert cell("exact") == "exact"
    assert cell(0.5) == cell(0.5, "b")
    assert bool(cell(0)) is False


def test_a_missing_cell_takes_part_in_nothing():
    gap = cell(None, "gap")
    assert gap.missing
    for use in (lambda: gap + 1, lambda: gap < 2, lambda: -gap, lambda: bool(gap), lambda: sum_of([cell(1), gap])):
        with pytest.raises(MissingValue, match=r"column\[gap\] is missing"):
            use()
    assert present([cell(1), gap]) == [cell(1)]


def test_kinds_mix_in_arithmetic_visibly_and_in_rankings_only_when_marked():
    ours, theirs = cell(2, "a", "computed"), cell(3, "b", "reported")
    assert (ours - theirs).kind == "mixed"
    assert (ours + ours).kind == "computed"
    for rank in (lambda: ours < theirs, lambda: max_of([ours, theirs]), lambda: (ours - theirs) > 0 * ours):
        with pytest.raises(MixedKinds, match=r"across_kinds"):
            rank()
    assert ours.across_kinds() < theirs
    assert max_of([ours, theirs], across_kinds=True).data == 3
    assert ours != theirs


def test_units_add_up_only_with_themselves():
    minutes, gigabytes = cell(3, unit="minute"), cell(2, unit="GB")
    with pytest.raises(UnitMismatch, match=r"in minute, column.* in GB"):
        minutes + gigabytes
    with pytest.raises(UnitMismatch):
        assert minutes < gigabytes
    assert (minutes + 1).unit == "minute"
    assert (minutes / minutes).unit is None
    assert (gigabytes / minutes).unit == "GB/minute"
    assert (minutes - gigabytes.as_unit("minute")).data == 1


def test_what_has_no_place_in_arithmetic_is_refused():
    with pytest.raises(FactError, match="text, not a number"):
        cell("x") + 1
    with pytest.raises(FactError, match="a boolean, not a number"):
        cell(True) + 1
    with pytest.raises(FactError, match="division by zero"):
        cell(1) / cell(0)
    with pytest.raises(TypeError):
        cell(1) + True
    with pytest.raises(FactError, match="no value of any table"):
        derived(1, [], "from nowhere")
    with pytest.raises(FactError, match="inf"):
        derived(float("inf"), [cell(1)], "a limit")
    with pytest.raises(FactError, match="no values"):
        sum_of([])


def test_a_value_cannot_slip_into_text_by_itself():
    for slip in (lambda: f"{cell(1)}", lambda: f"{cell(1):,}", lambda: str(cell(1))):
        with pytest.raises(FactError, match=r"page\.show"):
            slip()


def test_comparisons_that_hold_are_counted_with_what_they_compare(scores):
    before, after = (scores.at(figure=name) for name in ("before", "after"))
    found = count_true([after["score"] > before["high"], after["low"] > 0.9], "scores above")
    assert (found.data, found.kind) == (1, "reported")
    assert [(origin.column, dict(origin.row)["figure"]) for origin in found.origins] == [
        ("score", "after"),
        ("high", "before"),
        ("low", "after"),
    ]
    with pytest.raises(FactError):
        count_true([], "scores above")
