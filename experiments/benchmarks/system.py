"""The system "benchmarks": comparisons of two programs. A run times pairs, from which ratios are derived."""

import shutil
from collections.abc import Iterator
from functools import partial

from experiments.benchmarks import pairs, ratios
from experiments.benchmarks.programs import scripts_in
from experiments.benchmarks.study import Study
from experiments.benchmarks.timing import search_path
from experiments.models.locate import local_paths, locate
from experiments.system import Context, TableResult, TableSpec
from experiments.tables.errors import UserError


def tables(study: Study) -> list[TableSpec]:
    """The tables of a study of this system."""
    return [
        TableSpec(
            name="pairs",
            kind="measured",
            title=f"{study.title}: each pair of runs",
            key=("comparison", "pair"),
            columns=pairs.columns_of(study),
            code=(pairs.__name__, *study.measures),
            data=scripts_in(word for each in study.comparisons for word in each.words),
            models=(local_paths(study.model) or {study.model: None}) if study.model else {},
        ),
        TableSpec(
            name="ratios",
            kind="measured",
            title=study.title,
            key=("comparison",),
            columns=ratios.columns_of(study),
            code=(ratios.__name__,),
            inputs=(f"{study.study}/pairs",),
            derive=partial(ratios.ratio_rows, study),
        ),
    ]


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Run the comparisons of a study and yield its tables. Raises UserError where a program is missing."""
    needed = {side.run[0] for comparison in study.comparisons for side in (comparison.ours, comparison.theirs)}
    missing = sorted(name for name in needed if "{" not in name and shutil.which(name, path=search_path()) is None)
    if missing:
        raise UserError(f"study {study.study}: {', '.join(missing)} is not on the PATH; without it nothing is compared")
    if study.model and not local_paths(study.model):
        locate(study.model)  # says how to provide it
    yield TableResult("pairs", pairs.pair_rows(study, context))
