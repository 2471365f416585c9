"""The system "finetuning": zero-shot against fine-tuned, or an untrained head against a trained one, with the cost."""

from collections.abc import Iterator
from pathlib import Path

from experiments.choices import model_paths
from experiments.finetuning.parts import data_paths
from experiments.finetuning.study import Geometry, Study
from experiments.finetuning.tables import OF_EXAMPLES, OF_GEOMETRY, TABLES
from experiments.system import Context, PartSpec, TableResult, TableSpec
from experiments.tables.terms import Stage
from experiments.training.runs import list_parts

__all__ = ["Study", "parts", "run", "tables"]


def tables(study: Study) -> list[TableSpec]:
    """What a study narrowed to one profile makes: `geometry` measures cost alone."""
    settings = study.chosen
    if isinstance(settings, Geometry):
        return TABLES.specs(study, only=OF_GEOMETRY)
    return TABLES.specs(study, only=OF_EXAMPLES, data=data_paths(settings), models=model_paths([settings.model]))


def parts(study: Study, seeds: tuple[int, ...] = ()) -> Iterator[PartSpec]:
    """What a run falls into; `geometry` is measured in one piece."""
    settings = study.chosen
    if not isinstance(settings, Geometry):
        before = Stage.ZERO_SHOT if settings.zero_shot else None
        yield from list_parts(seeds or settings.seeds, settings.model, settings.training, before, packed=False)


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError for whatever stops it; nothing is yielded before everything is done."""
    from experiments.quiet import quiet
    from experiments.training.runtime import device_for

    find = _measure if isinstance(study.chosen, Geometry) else _fine_tune
    with quiet():
        found = list(find(study, context, device_for(context.profile)))
    yield from found


def _measure(study: Study, context: Context, device: str) -> Iterator[TableResult]:
    from experiments.finetuning.geometry import measure_steps

    settings = study.chosen
    measured = measure_steps(settings, context.progress, device)
    return TABLES.results(measured, only=OF_GEOMETRY, seeds=(settings.seed,))


def _fine_tune(study: Study, context: Context, device: str) -> Iterator[TableResult]:
    from experiments.finetuning.parts import read_parts
    from experiments.finetuning.results import Found, Results
    from experiments.finetuning.tune import tune
    from experiments.finetuning.zero_shot import answer_zero_shot
    from experiments.training.runs import run_parts

    settings, show = study.chosen, context.progress

    def without_seed() -> Found:
        return answer_zero_shot(settings, settings.zero_shot, parts, device, show)

    def with_seed(seed: int, own: Path) -> Found:
        return tune(settings, parts, seed, own, device, show, study.study)

    seeds = context.seeds or settings.seeds
    parts = read_parts(settings)
    outcome = run_parts(Found, context, seeds, without_seed if settings.zero_shot else None, with_seed)
    results = Results(settings, parts, outcome.by_seed[seeds[0]].lengths, outcome)
    more = {"data": dict(parts.data), "models": outcome.models, "seeds": tuple(seeds)}
    return TABLES.results(results, only=OF_EXAMPLES, **more)
