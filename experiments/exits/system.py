"""The system "exits": answers from several depths of a model, before and after fine-tuning."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.choices import ModelChoice, model_paths
from experiments.exits import rows, scores, shapes
from experiments.exits.instructions import Parts, choose, data_paths, split_rows
from experiments.exits.results import Found, ModelFound, StudyFound
from experiments.exits.study import Exits, Study
from experiments.models.locate import locate
from experiments.models.weights import check_weights
from experiments.system import Context, PartSpec, SystemTables, TableDeclaration, TableResult, TableSpec
from experiments.tables.terms import Stage
from experiments.training.runs import list_parts

if TYPE_CHECKING:
    from experiments.exits.scoring import Scorer

__all__ = ["Study", "parts", "run", "tables"]

PROMPTED = ("experiments.exits.prompts",)
TRAINED = ("experiments.exits.running",)
SCORED = (
    *TRAINED,
    "experiments.exits.scoring",
    *(f"experiments.metrics.modules.{name}" for name in ("bleu", "rouge", "bertscore")),
)

TABLES = SystemTables(
    TableDeclaration("splits", "the examples of each part", shapes.SPLITS_KEY, shapes.SPLITS, split_rows),
    TableDeclaration(
        "inputs",
        "examples as the models read them",
        shapes.INPUTS_KEY,
        shapes.INPUTS,
        rows.input_rows,
        made_by=PROMPTED,
    ),
    TableDeclaration(
        "answers", "what each exit answers", shapes.ANSWERS_KEY, shapes.ANSWERS, rows.answer_rows, made_by=SCORED
    ),
    TableDeclaration(
        "statistics",
        "statistics of each answer, from which scores follow",
        shapes.STATISTICS_KEY,
        shapes.STATISTICS,
        rows.statistics_rows,
        made_by=SCORED,
        format="parquet",
    ),
    TableDeclaration(
        "scores",
        "scores by exit and stage",
        shapes.SCORES_KEY,
        shapes.SCORES,
        scores.score_rows,
        reads=("answers", "statistics"),
    ),
    TableDeclaration(
        "baselines",
        "scores of saying nothing and of echoing the prompt",
        shapes.BASELINES_KEY,
        shapes.BASELINES,
        scores.baseline_rows,
        reads=("statistics",),
    ),
    TableDeclaration(
        "tests",
        "tests of fine-tuning and of depth",
        shapes.TESTS_KEY,
        shapes.TESTS,
        scores.comparison_rows,
        reads=("statistics",),
    ),
    TableDeclaration(
        "prompts", "the shown prompts", shapes.PROMPTS_KEY, shapes.PROMPTS, rows.prompt_rows, made_by=PROMPTED
    ),
    TableDeclaration(
        "probabilities",
        "tokens followed through the layers",
        shapes.PROBABILITIES_KEY,
        shapes.PROBABILITIES,
        rows.probability_rows,
        made_by=TRAINED,
    ),
    TableDeclaration(
        "curves", "learning curves", shapes.CURVES_KEY, shapes.CURVES, rows.model_curve_rows, made_by=TRAINED
    ),
    TableDeclaration(
        "cost",
        "time, memory and parameters by stage",
        shapes.COST_KEY,
        shapes.COST,
        rows.model_cost_rows,
        made_by=TRAINED,
    ),
)


def tables(study: Study) -> list[TableSpec]:
    """What a study narrowed to one profile makes."""
    settings = study.chosen
    models = model_paths([settings.bertscore.model, *(exits.model for exits in settings.models)])
    return TABLES.specs(study, data=data_paths(settings), models=models)


def parts(study: Study, seeds: tuple[int, ...] = ()) -> Iterator[PartSpec]:
    """What a run falls into: the parts of each model."""
    settings = study.chosen
    for exits in settings.models:
        model, costs = exits.model, {"model": exits.model.name}
        yield from list_parts(seeds or settings.seeds, model, exits.training, Stage.BASE, model.name, costs)


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError for whatever stops it; nothing is yielded before everything is done."""
    from experiments.exits.scoring import Scorer
    from experiments.quiet import quiet
    from experiments.training.runtime import device_for

    settings, device = study.chosen, device_for(context.profile)
    seeds = context.seeds or settings.seeds
    with quiet(), encoder_folder(settings.bertscore.model) as encoder:
        parts = choose(settings)
        scorer = Scorer(settings.bertscore.model.name, encoder, settings.bertscore.layer, device)
        wanted = [exits for exits in settings.models if context.wants(exits.model.name)]
        models = [_run_model(exits, parts, seeds, device, scorer, context) for exits in wanted]
    digests = {name: digest for model in models for name, digest in model.outcome.models.items()}
    found = StudyFound(settings, parts, models)
    yield from TABLES.results(found, data=dict(parts.digests), models=digests, seeds=tuple(seeds))


def _run_model(
    exits: Exits, parts: Parts, seeds: tuple[int, ...], device: str, scorer: "Scorer", context: Context
) -> ModelFound:
    """Answer, train and answer again with one model; prompts that cannot be read are said before any work."""
    from experiments.exits.prompts import rows_about_examples, rows_about_shown
    from experiments.exits.running import answer_untrained, open_reader, train_and_answer
    from experiments.exits.scoring import score_answers
    from experiments.training.runs import run_parts
    from experiments.training.runtime import deterministic

    reader = open_reader(exits, device)
    inputs, shown = list(rows_about_examples(reader, parts)), list(rows_about_shown(reader))
    prompts = [reader.plain(asked) for asked in reader.ask(parts.test)]
    outcome = run_parts(
        Found,
        context,
        seeds,
        lambda: answer_untrained(exits, parts, device, context.progress),
        lambda seed, folder: train_and_answer(exits, parts, seed, folder, device, context.progress),
        shared_name=Stage.BASE,
        place=exits.model.name,
    )
    with deterministic(0):
        statistics = score_answers(exits.model.name, parts, prompts, outcome, scorer, context.progress)
    return ModelFound(exits, inputs, shown, outcome, statistics)


@contextmanager
def encoder_folder(choice: ModelChoice) -> Iterator[Path]:
    """The folder of the model that BERTScore loads; a model of a recipe is written into one that is gone afterwards."""
    entry = choice.entry
    if entry.recipe is None and entry.gguf is None:
        folder = locate(entry).folder
        check_weights(entry.name, folder)  # BERTScore has transformers load it as it lies there
        yield folder
        return
    from experiments.models.load import load_for

    with tempfile.TemporaryDirectory(prefix="colophon-") as folder:
        loaded = load_for("encoder", entry)
        loaded.model.save_pretrained(folder)
        loaded.tokenizer.save_pretrained(folder)
        yield Path(folder)
