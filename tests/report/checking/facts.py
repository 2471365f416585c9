"""A value on a page, as the log of a render lists it."""

from report.ledger.model import Fact, Origin


def fact(column: str, how: str = "", form: str = "cell", label: str = "tbl-a") -> Fact:
    """The value `7` of a column of the parameter counts of phi-2, in a table, or elsewhere."""
    row = {"configuration": "phi-2", "component": "total"}
    origin = Origin(table="parameter-counts/counts", row=row, column=column, digest="", kind="computed")
    shown = {"chapter": "c", "form": form, "label": label, "text": "7", "value": 7, "unit": None}
    return Fact(id="c-1", **shown, kind="computed", how=how or f"{column}[phi-2, total]", origins=(origin,))
