"""The system "mistakes": a classifier trained, then misread, miscounted and saved in part; frozen tables misread too.

It stands above the other systems and uses their parts, so that a mistake is made on what they really do.
"""

from collections.abc import Iterator
from pathlib import Path

from experiments.choices import model_paths
from experiments.finetuning.parts import data_paths
from experiments.mistakes.study import Study
from experiments.mistakes.tables import TABLES, specs
from experiments.system import Context, PartSpec, TableResult, TableSpec
from experiments.training.runs import list_parts

__all__ = ["Study", "parts", "run", "tables"]


def tables(study: Study) -> list[TableSpec]:
    """What a study narrowed to one profile makes."""
    settings = study.chosen
    return specs(study, data=data_paths(settings), models=model_paths([settings.model]))


def parts(study: Study, seeds: tuple[int, ...] = ()) -> Iterator[PartSpec]:
    """What a run falls into."""
    settings = study.chosen
    return list_parts(seeds or settings.seeds, settings.model, settings.training, packed=False)


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError for whatever stops it; nothing is yielded before everything is done."""
    from experiments.finetuning.parts import read_parts
    from experiments.finetuning.results import Results
    from experiments.mistakes import making
    from experiments.mistakes.results import Made
    from experiments.quiet import quiet
    from experiments.training.runs import run_parts
    from experiments.training.runtime import device_for

    settings, show, device = study.chosen, context.progress, device_for(context.profile)

    def without_seed() -> Made:
        return making.without_seed(settings, parts, device, show)

    def with_seed(seed: int, own: Path) -> Made:
        return making.with_seed(settings, parts, seed, own, device, show, study.study)

    with quiet():
        seeds = tuple(context.seeds or settings.seeds)
        parts = read_parts(settings)
        outcome = run_parts(Made, context, seeds, without_seed, with_seed)
        results = Results(settings, parts, outcome.by_seed[seeds[0]].lengths, outcome)
        made = list(TABLES.results(results, data=dict(parts.data), models=outcome.models, seeds=seeds))
    yield from made
