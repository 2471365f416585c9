"""The system "finetuning": zero-shot against fine-tuned, or an untrained head against a trained one, with the cost."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from experiments.choices import ModelChoice
from experiments.finetuning import shapes
from experiments.finetuning.parts import data_paths
from experiments.finetuning.study import Geometry, Settings, Study
from experiments.models.locate import local_paths
from experiments.system import Context, TableResult, TableSpec

__all__ = ["Study", "run", "tables"]


def tables(study: Study) -> list[TableSpec]:
    """What a study narrowed to one profile makes: `geometry` measures cost alone."""
    settings = study.chosen
    if isinstance(settings, Geometry):
        return [_spec("geometry", f"{study.title}: time and memory at full size", shapes.GEOMETRY_KEY,
                      shapes.geometry_columns())]  # fmt: skip
    made_from = {"data": data_paths(settings), "models": _model_paths(settings.model)}
    declared = (
        ("splits", "the examples of each part", shapes.SPLITS_KEY, shapes.splits_columns(settings)),
        ("scores", "scores by stage", shapes.SCORES_KEY, shapes.scores_columns()),
        ("confusion", "confusion counts by stage", shapes.CONFUSION_KEY, shapes.CONFUSION),
        ("examples", "examples before and after", shapes.EXAMPLES_KEY, shapes.examples_columns(settings)),
        ("transitions", "transitions from before to after", shapes.TRANSITIONS_KEY, shapes.transitions_columns()),
        ("tests", "tests of after against before", shapes.TESTS_KEY, shapes.tests_columns()),
        ("curves", "learning curves", shapes.CURVES_KEY, shapes.CURVES),
        ("cost", "time, memory and parameters by stage", shapes.COST_KEY, shapes.COST),
    )
    return [_spec(name, f"{study.title}: {title}", key, columns, **made_from) for name, title, key, columns in declared]


def _spec(name: str, title: str, key: tuple[str, ...], columns: tuple, **made_from) -> TableSpec:
    return TableSpec(name, "measured", title, key, columns, "experiments.finetuning.system", **made_from)


def _model_paths(model: ModelChoice) -> Mapping[str, Path | None]:
    """The files of the model on this machine, None for one that is not here."""
    return local_paths(model.name, revision=model.revision) or {model.name: None}


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
    from experiments.training.runs import load, run_name, save

    seeds, folder = context.seeds or settings.seeds, context.work()
    parts = read_parts(settings)
    shared = load(Found, folder / "zero-shot.json")
    if shared is None and settings.zero_shot is not None:
        with deterministic(0):
            shared = zero_shot(settings, parts, device, context.progress)
        save(shared, folder / "zero-shot.json")
    by_seed = {}
    for seed in seeds:
        own = folder / run_name(seed)
        own.mkdir(exist_ok=True)
        by_seed[seed] = load(Found, own / "found.json")
        if by_seed[seed] is None:
            with deterministic(seed):
                by_seed[seed] = tune(settings, parts, seed, own, device, context.progress, study.study)
            save(by_seed[seed], own / "found.json")
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
