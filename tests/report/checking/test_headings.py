"""The heading of a column on the page against the column of the frozen table below it."""

import pytest

from report.checking.headings import misheaded, words_below
from report.checking.passages import Passage, Span
from report.ledger.model import Fact, Origin

TABLE = "parameter-counts/counts"


def shown(column: str, heading: str, how: str = "") -> list[str]:
    row = {"configuration": "phi-2", "component": "total"}
    origin = Origin(table=TABLE, row=row, column=column, digest="", kind="computed")
    fact = Fact(
        id="c-1",
        chapter="c",
        form="cell",
        label="tbl-a",
        text="1",
        value=1,
        unit=None,
        kind="computed",
        how=how or f"{column}[phi-2, total]",
        origins=(origin,),
    )
    passage = Passage("table cell", "1", [Span(0, 1, "fact", "c-1")], "tbl-a", heading)
    return [message for _, message in misheaded([passage, passage], {"c-1": fact})]


@pytest.mark.parametrize(
    ("column", "heading", "found"),
    [
        ("logical_base", "Labels", 1),
        ("labels", "Labels", 0),
        ("logical_base", "Parameters of the base model", 0),
        ("logical_base", "Size", 0),
        ("logical_base", "Total", 0),
        ("@rows", "Labels", 0),
    ],
)
def test_a_heading_that_names_another_column_is_found_once(column, heading, found):
    assert len(shown(column, heading)) == found


def test_a_derivation_may_name_what_the_heading_does():
    assert not shown("logical_base", "Labels", "labels of logical_base")


def test_a_heading_has_the_words_of_what_stands_below_it():
    row = {"configuration": "phi-2", "component": "total"}
    origin = Origin(table=TABLE, row=row, column="logical_base", digest="", kind="computed")
    fields = {"chapter": "c", "form": "cell", "label": "tbl-a", "text": "1", "value": 1, "unit": None}
    fact = Fact(id="c-1", **fields, kind="computed", how="largest of 3: logical_base", origins=(origin,))
    passage = Passage("table cell", "1", [Span(0, 1, "fact", "c-1")], "tbl-a", "Largest model")
    heading = Passage("table head", "Largestmodel", label="tbl-a")  # on two lines
    found = words_below(heading, [passage], {"c-1": fact})
    assert {"largest", "base", "total"} <= found
    assert "better" not in found
    assert words_below(Passage("table head", "Size", label="tbl-a"), [passage], {"c-1": fact}) == set()
