"""Tables as chapters read them."""

import pytest

from analysis.facts import FactError


def test_a_cell_knows_where_it_is_from(counts):
    value = counts.at(model="llama", part="mlp")["parameters"]
    (origin,) = value.origins
    assert value.data == 805_306_368
    assert (value.unit, value.kind) == ("parameter", "computed")
    assert origin.as_json() == {
        "table": "counting/counts",
        "row": {"model": "llama", "part": "mlp"},
        "column": "parameters",
        "digest": counts.table.digest,
        "kind": "computed",
    }


def test_rows_are_picked_by_value_collection_or_function(counts, scores):
    assert [row["parameters"].data for row in counts.where(model="phi")] == [131_072_000, 1_677_721_600]
    assert len(counts.where(part=["mlp", "head"])) == 2
    assert len(counts.where(parameters=lambda cell: cell > 500_000_000)) == 2
    assert [row["figure"].data for row in scores.where(score=None)] == ["absent"]
    assert len(counts.where(model=counts.rows[0]["model"])) == 2


def test_counting_rows_gives_a_value_even_of_none(counts):
    none = counts.where(model="gemma").count()
    assert none.data == 0
    assert none.how == "number of rows of counting/counts where model = gemma"
    assert none.tables == ("counting/counts",)


def test_sorting_keeps_missing_cells_last(scores):
    assert [row["score"].data for row in scores.sort("score")] == [0.33, 0.85, None]
    assert [row["score"].data for row in scores.sort("score", descending=True)] == [0.85, 0.33, None]
    assert scores.highest("score")["figure"] == "after"
    assert scores.lowest("score")["figure"] == "before"


def test_columns_come_as_values(counts):
    assert [value.data for value in counts.column("part")] == ["embedding", "mlp"] * 2
    assert counts.distinct("model") == ["llama", "phi"]
    assert counts.columns == ("model", "part", "parameters")


def test_the_sidecar_can_be_shown_too(counts):
    command = counts.about("provenance.command")
    assert (command.data, command.kind) == ("experiments run counting", "record")
    with pytest.raises(FactError, match="not a single value"):
        counts.about("columns")


def test_what_is_not_there_is_named_with_what_is(counts):
    with pytest.raises(FactError, match="no row where model = lama, part = mlp; model is one of llama"):
        counts.at(model="lama", part="mlp")
    with pytest.raises(FactError, match="2 rows where model = llama; name more of model, part"):
        counts.at(model="llama")
    with pytest.raises(FactError, match="has no column 'total'; it has model, part, parameters"):
        counts.rows[0]["total"]
    with pytest.raises(FactError, match="has no column 'size'"):
        counts.where(size=1)
    with pytest.raises(FactError, match="no row has a parameters where model = gemma"):
        counts.where(model="gemma").highest("parameters")
