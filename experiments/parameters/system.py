"""The system "parameters": exact counts, and what published counts are worth against them."""

from collections.abc import Iterator

from experiments.models.registry import CONFIGS
from experiments.parameters import counts_table, validation
from experiments.parameters.study import Study
from experiments.system import Context, TableResult, TableSpec

__all__ = ["Study", "run", "tables"]


def tables(study: Study) -> list[TableSpec]:
    """`counts` always; `validation` and `decompositions` where the study has reports to check."""
    data = {"model configs": CONFIGS}
    specs = [
        TableSpec(
            name="counts",
            kind="computed",
            title="Parameters by component, counted four ways",
            key=("configuration", "component"),
            columns=counts_table.COLUMNS,
            code=(counts_table.__name__,),
            data=data,
        )
    ]
    inputs = tuple(sorted({report.table for report in study.reports}))
    checks = (
        ("validation", "Published parameter counts against exact ones", ("figure",), validation.VALIDATION_COLUMNS),
        (
            "decompositions",
            "Published parameter counts taken apart, the likeliest way first",
            ("figure", "rank_of_explanation", "term"),
            validation.DECOMPOSITION_COLUMNS,
        ),
    )
    for name, title, key, columns in checks if study.reports else ():
        specs.append(TableSpec(name, "computed", title, key, columns, (validation.__name__,), inputs, data=data))
    return specs


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError for a configuration that cannot be counted, or a figure that is not there."""
    yield TableResult("counts", list(counts_table.count_rows(study)))
    if study.reports:
        checked = validation.check_all(study, context)
        yield TableResult("validation", list(validation.validation_rows(checked)))
        yield TableResult("decompositions", list(validation.decomposition_rows(checked, study.explanations)))
