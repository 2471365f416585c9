"""The system "finetuning": zero-shot against fine-tuned, or an untrained head against a trained one, with the cost."""

from collections.abc import Iterator
from functools import partial

from experiments.choices import model_paths
from experiments.finetuning import shapes
from experiments.finetuning.parts import data_paths
from experiments.finetuning.study import Geometry, Settings, Study
from experiments.system import Context, TableResult, TableSpec, measured

__all__ = ["Study", "run", "tables"]


def tables(study: Study) -> list[TableSpec]:
    """What a study narrowed to one profile makes: `geometry` measures cost alone."""
    settings = study.chosen
    if isinstance(settings, Geometry):
        shown = ("time and memory at full size", shapes.GEOMETRY_KEY, shapes.geometry_columns())
        return measured(study.title, {"geometry": shown}, __name__)
    declared = {
        "splits": ("the examples of each part", shapes.SPLITS_KEY, shapes.splits_columns(settings)),
        "scores": ("scores by stage", shapes.SCORES_KEY, shapes.scores_columns()),
        "confusion": ("confusion counts by stage", shapes.CONFUSION_KEY, shapes.CONFUSION),
        "examples": ("examples before and after", shapes.EXAMPLES_KEY, shapes.examples_columns(settings)),
        "transitions": ("transitions from before to after", shapes.TRANSITIONS_KEY, shapes.transitions_columns()),
        "tests": ("tests of after against before", shapes.TESTS_KEY, shapes.tests_columns()),
        "curves": ("learning curves", shapes.CURVES_KEY, shapes.CURVES),
        "cost": ("time, memory and parameters by stage", shapes.COST_KEY, shapes.COST),
    }
    return measured(study.title, declared, __name__, data=data_paths(settings), models=model_paths([settings.model]))


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError for whatever stops it; nothing is yielded before everything is done."""
    from experiments.training.device import device_for
    from experiments.training.quiet import quiet

    device = device_for(context.profile)
    with quiet():
        if isinstance(study.chosen, Geometry):
            from experiments.finetuning.geometry import geometry_rows

            made, more = {"geometry": geometry_rows(study.chosen, context.progress)}, {"seeds": (study.chosen.seed,)}
        else:
            made, more = _run(study, study.chosen, context, device)
    for name, rows in made.items():
        yield TableResult(name, rows, **more)


def _run(study: Study, settings: Settings, context: Context, device: str) -> tuple[dict[str, list], dict]:
    from experiments.finetuning.parts import read_parts
    from experiments.finetuning.results import Found
    from experiments.finetuning.rows import Rows
    from experiments.finetuning.tune import tune
    from experiments.finetuning.zero_shot import zero_shot
    from experiments.training.determinism import deterministic
    from experiments.training.runs import found_once, run_name

    def before() -> Found:
        with deterministic(0):
            return zero_shot(settings, parts, device, context.progress)

    def with_seed(seed: int) -> Found:
        with deterministic(seed):
            return tune(settings, parts, seed, folder / run_name(seed), device, context.progress, study.study)

    seeds, folder = context.seeds or settings.seeds, context.work()
    parts = read_parts(settings)
    shared = found_once(Found, folder / "zero-shot.json", before) if settings.zero_shot is not None else None
    by_seed = {
        seed: found_once(Found, folder / run_name(seed) / "found.json", partial(with_seed, seed)) for seed in seeds
    }
    rows = Rows(settings, parts, shared, by_seed)
    made = {
        "splits": list(rows.splits()),
        "scores": list(rows.scores()),
        "confusion": list(rows.confusion()),
        "examples": list(rows.examples()),
        "transitions": list(rows.transitions()),
        "tests": rows.tests(),
        "curves": list(rows.curves()),
        "cost": list(rows.cost()),
    }
    models = {name: digest for found in (shared, *by_seed.values()) if found for name, digest in found.models.items()}
    return made, {"data": dict(parts.data), "models": models, "seeds": tuple(seeds)}
