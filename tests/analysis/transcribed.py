"""Documents for tests: transcribed in the test, beside the project's frozen tables."""

from dataclasses import replace
from functools import cache

from analysis.facts import View
from experiments.published import system
from tests.analysis.reported import Frozen, read, with_rows


class WithDocument(Frozen):
    """The project's tables and those of one more document, whose study is `a-document` and whose source is `doc`."""

    def __init__(self, document: dict) -> None:
        super().__init__()
        study = system.Study.model_validate(
            {"study": "a-document", "system": "published", "title": "A document"}
            | {"sources": {"doc": {"title": "A document", "place": "whole text"}}}
            | document
        )
        specs = {spec.name: spec for spec in system.tables(study)}
        self.own = {}
        for result in system.run(study, None):
            # The sidecar of a frozen table of the same sort, so that only columns, rows and id are made up.
            table = read(f"published-s2/{result.name}").table
            sidecar = table.sidecar.model_copy(update={"columns": specs[result.name].columns})
            made = with_rows(replace(table, sidecar=sidecar), result.rows)
            self.own[f"a-document/{result.name}"] = replace(made, id=f"a-document/{result.name}")

    def table(self, table_id: str) -> View:
        return View(self.own[table_id]) if table_id in self.own else super().table(table_id)

    def named(self, name: str) -> list[View]:
        more = [View(table) for table_id, table in self.own.items() if table_id.endswith(f"/{name}")]
        return [*_frozen(name), *more]


@cache
def _frozen(name: str) -> list[View]:
    return Frozen().named(name)


def figure(quantity: str, printed: str | None, unit: str = "fraction", **about: object) -> dict[str, object]:
    """A figure as a study says it, named after what it is about."""
    name = "-".join([quantity, *(str(value) for value in about.values())]).lower()
    name = "".join(each if each.isalnum() or each in ".-" else "-" for each in name)
    return {"figure": name, "quantity": quantity, "printed": printed, "printed_unit": unit, "place": "page 1", **about}
