"""The system "probing": linear probes of every layer of trained models and of their random twins."""

from collections.abc import Iterator

from experiments.choices import model_paths
from experiments.probing import shapes
from experiments.probing.examples import choose, data_paths
from experiments.probing.study import Settings, Study
from experiments.system import Context, TableResult, TableSpec, measured
from experiments.tables.errors import UserError

__all__ = ["Study", "run", "tables"]

TABLES = {
    "selection": ("the examples, rule by rule", shapes.SELECTION_KEY, shapes.SELECTION),
    "targets": ("what is predicted", shapes.TARGETS_KEY, shapes.TARGETS),
    "classes": ("the classes", shapes.CLASSES_KEY, shapes.CLASSES),
    "inputs": ("the prompts as the models read them", shapes.INPUTS_KEY, shapes.INPUTS),
    "layers": ("scores by layer", shapes.LAYERS_KEY, shapes.LAYERS),
    "anomalies": ("anomalies by rule", shapes.ANOMALIES_KEY, shapes.ANOMALIES),
    "comparisons": ("models against each other", shapes.COMPARISONS_KEY, shapes.COMPARISONS),
    "cost": ("time and memory", shapes.COST_KEY, shapes.COST),
}


def tables(study: Study) -> list[TableSpec]:
    """What a study narrowed to one profile makes."""
    settings = study.chosen
    return measured(study.title, TABLES, __name__, data=data_paths(settings), models=model_paths(settings.models))


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError for whatever stops it; nothing is yielded before everything is done."""
    from experiments.probing.plan import make_plan
    from experiments.probing.rows import Rows, digests
    from experiments.training.determinism import deterministic
    from experiments.training.device import device_for
    from experiments.training.quiet import quiet

    settings, device = study.chosen, device_for(context.profile)
    seed = _seed(settings, context)
    with quiet(), deterministic(seed), _one_thread():
        chosen = choose(settings, seed)
        probing = make_plan(settings, chosen, seed)
        models = [_model(model, settings, chosen, probing, device, seed, context) for model in settings.models]
        rows = Rows(settings, chosen, probing, models, seed, context.progress)
        made = {name: list(getattr(rows, name)()) for name in TABLES}
    for name, found in made.items():
        yield TableResult(name, found, data=chosen.digests, models=digests(models), seeds=(seed,))


def _model(choice, settings: Settings, chosen, probing, device: str, seed: int, context: Context):
    from experiments.probing.found import Model
    from experiments.probing.running import WEIGHTS, probe, read
    from experiments.training.runs import run_name

    reads, probed = {}, {}
    for weights in WEIGHTS:
        folder = context.work() / run_name(seed) / choice.name / weights  # folds and twins are those of the seed
        folder.mkdir(parents=True, exist_ok=True)
        reads[weights] = read(choice, weights, settings, chosen, folder, device, seed, context.progress)
        what = f"{choice.name}, {weights}"
        probed[weights] = probe(what, settings, probing.tasks, probing.plan, folder, context.progress)
    return Model(choice.name, reads, probed)


def _seed(settings: Settings, context: Context) -> int:
    if len(context.seeds) > 1:
        raise UserError(f"a study of probes has one seed, not {len(context.seeds)}: run it once for each")
    return context.seeds[0] if context.seeds else settings.seed


def _one_thread():
    """How sums are split over threads changes their last digits, in NumPy's products as well as in torch's."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)
