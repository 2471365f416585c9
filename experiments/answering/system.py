"""The system "answering": questions answered before and after fine-tuning, with the cost."""

from collections.abc import Iterator
from functools import partial

from experiments.answering import shapes
from experiments.answering.questions import TEST, Parts, choose, data_paths
from experiments.answering.study import Approach, Generative, Study
from experiments.choices import model_paths
from experiments.system import Context, TableResult, TableSpec, measured

__all__ = ["Study", "run", "tables"]

TABLES = {
    "splits": ("the questions of each part", shapes.SPLITS_KEY, shapes.SPLITS),
    "inputs": ("questions as the models read them", shapes.INPUTS_KEY, shapes.INPUTS),
    "scores": ("scores by stage", shapes.SCORES_KEY, shapes.SCORES),
    "examples": ("questions before and after", shapes.EXAMPLES_KEY, shapes.EXAMPLES),
    "transitions": ("transitions from before to after", shapes.TRANSITIONS_KEY, shapes.TRANSITIONS),
    "tests": ("tests of after against before", shapes.TESTS_KEY, shapes.TESTS),
    "thresholds": ("abstention thresholds and what they do", shapes.THRESHOLDS_KEY, shapes.THRESHOLDS),
    "curves": ("learning curves", shapes.CURVES_KEY, shapes.CURVES),
    "cost": ("time, memory and parameters by stage", shapes.COST_KEY, shapes.COST),
}


def tables(study: Study) -> list[TableSpec]:
    """What a study narrowed to one profile makes."""
    settings = study.chosen
    models = model_paths(approach.model for approach in settings.approaches)
    return measured(study.title, TABLES, __name__, data=data_paths(settings), models=models)


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError for whatever stops it; nothing is yielded before everything is done."""
    from experiments.training.device import device_for
    from experiments.training.quiet import quiet

    settings, device = study.chosen, device_for(context.profile)
    seeds = context.seeds or settings.seeds
    rows: dict[str, list] = {name: [] for name in TABLES}
    models: dict[str, str] = {}
    with quiet():
        parts = choose(settings)
        rows["splits"] = parts.rows(settings)
        for approach in settings.approaches:
            made, digests = _approach(approach, parts, seeds, device, context)
            models |= digests
            for name, more in made.items():
                rows[name] += more
    for name, made in rows.items():
        yield TableResult(name, made, data=dict(parts.digests), models=models, seeds=tuple(seeds))


def _approach(
    approach: Approach, parts: Parts, seeds: tuple[int, ...], device: str, context: Context
) -> tuple[dict[str, list], dict[str, str]]:
    """The rows of one approach by table, and the SHA-256 of its models."""
    from experiments.answering.readers import open_reader
    from experiments.answering.results import Found
    from experiments.answering.rows import Rows, input_rows
    from experiments.answering.running import tune, zero_shot
    from experiments.training.determinism import deterministic
    from experiments.training.runs import found_once, run_name

    def before() -> Found:
        with deterministic(0):
            return zero_shot(approach, parts, device, context.progress)

    def with_seed(seed: int) -> Found:
        with deterministic(seed):
            return tune(approach, parts, seed, folder / run_name(seed), device, context.progress)

    folder = context.work() / approach.name
    shared = found_once(Found, folder / "zero-shot.json", before) if isinstance(approach, Generative) else None
    by_seed = {
        seed: found_once(Found, folder / run_name(seed) / "found.json", partial(with_seed, seed)) for seed in seeds
    }
    reader = open_reader(approach, seeds[0], device)
    inputs = {part: reader.inputs(questions) for part, questions in parts.named().items()}
    rows = Rows(approach, parts, inputs[TEST], shared, by_seed)
    made = {"inputs": list(input_rows(approach, inputs))} | {
        name: list(getattr(rows, name)()) for name in TABLES if hasattr(rows, name)
    }
    found = [*([shared] if shared else []), *by_seed.values()]
    return made, {name: digest for each in found for name, digest in each.models.items()}
