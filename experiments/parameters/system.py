"""The system "parameters": exact counts, and what published counts are worth against them.

All its tables are computed: from configs that ship with the project, and from published figures where a study names
reports to check. None is derived in the sense of other systems, since an explanation needs the config of its model.
"""

from collections.abc import Iterator

from experiments.models.registry import CONFIGS
from experiments.parameters import counts_table, validation
from experiments.parameters.study import Study
from experiments.system import Context, SystemTables, TableDeclaration, TableResult, TableSpec

__all__ = ["Study", "run", "tables"]

COUNTS = SystemTables(
    TableDeclaration(
        "counts",
        "parameters by component, counted four ways",
        ("configuration", "component"),
        counts_table.COLUMNS,
        counts_table.count_rows,
    )
)
CHECKS = SystemTables(
    TableDeclaration(
        "validation",
        "published parameter counts against exact ones",
        ("figure",),
        validation.VALIDATION_COLUMNS,
        validation.validation_rows,
    ),
    TableDeclaration(
        "decompositions",
        "published parameter counts taken apart, the likeliest way first",
        ("figure", "rank_of_explanation", "term"),
        validation.DECOMPOSITION_COLUMNS,
        validation.decomposition_rows,
    ),
)


def tables(study: Study) -> list[TableSpec]:
    """`counts` always; `validation` and `decompositions` where the study has reports to check."""
    data = {"model configs": CONFIGS}
    specs = COUNTS.specs(study, "computed", data=data)
    if study.reports:
        inputs = tuple(sorted({report.table for report in study.reports}))
        specs += CHECKS.specs(study, "computed", inputs, data=data)
    return specs


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError for a configuration that cannot be counted, or a figure that is not there."""
    yield from COUNTS.results(study)
    if study.reports:
        yield from CHECKS.results(validation.check_all(study, context))
