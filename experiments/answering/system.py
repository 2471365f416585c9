"""The system "answering": questions answered before and after fine-tuning, with the cost."""

from collections.abc import Iterator

from experiments.answering import columns, inputs, questions, rows, scores
from experiments.answering.study import Generative, Study
from experiments.choices import model_paths
from experiments.system import Context, PartSpec, SystemTables, TableDeclaration, TableResult, TableSpec
from experiments.tables.terms import Stage
from experiments.training.runs import list_parts

__all__ = ["Study", "parts", "run", "tables"]

READERS, RUNNING = "experiments.answering.readers", "experiments.answering.running"
METRICS = tuple(f"experiments.metrics.modules.{name}" for name in ("squad", "bleu", "rouge", "meteor_exact_stem"))

TABLES = SystemTables(
    TableDeclaration("splits", "the questions of each part", columns.SPLITS_KEY, columns.SPLITS, questions.split_rows),
    TableDeclaration(
        "inputs",
        "questions as the models read them",
        columns.INPUTS_KEY,
        columns.INPUTS,
        inputs.input_rows,
        made_by=(READERS,),
    ),
    TableDeclaration(
        "questions",
        "the test questions and how long they are",
        columns.QUESTIONS_KEY,
        columns.QUESTIONS,
        inputs.question_rows,
        made_by=(READERS,),
    ),
    TableDeclaration(
        "answers",
        "every answer to a test question, scored by itself",
        columns.ANSWERS_KEY,
        columns.ANSWERS,
        rows.answer_rows,
        made_by=(RUNNING, *METRICS),
        format="parquet",
    ),
    TableDeclaration(
        "scores",
        "scores by stage",
        columns.SCORES_KEY,
        columns.SCORES,
        scores.score_rows,
        reads=("answers",),
    ),
    TableDeclaration(
        "examples",
        "questions before and after",
        columns.EXAMPLES_KEY,
        columns.EXAMPLES,
        scores.example_rows,
        reads=("answers", "questions"),
    ),
    TableDeclaration(
        "transitions",
        "transitions from before to after",
        columns.TRANSITIONS_KEY,
        columns.TRANSITIONS,
        scores.transition_rows,
        reads=("answers",),
    ),
    TableDeclaration(
        "tests",
        "tests of after against before",
        columns.TESTS_KEY,
        columns.TESTS,
        scores.comparison_rows,
        reads=("answers",),
    ),
    TableDeclaration(
        "thresholds",
        "abstention thresholds and what they do",
        columns.THRESHOLDS_KEY,
        columns.THRESHOLDS,
        rows.threshold_rows,
        made_by=(RUNNING, METRICS[0]),
    ),
    TableDeclaration(
        "curves", "learning curves", columns.CURVES_KEY, columns.CURVES, rows.curve_rows, made_by=(RUNNING,)
    ),
    TableDeclaration(
        "cost",
        "time, memory and parameters by stage",
        columns.COST_KEY,
        columns.COST,
        rows.cost_rows,
        made_by=(RUNNING,),
    ),
)


def tables(study: Study) -> list[TableSpec]:
    """What a study narrowed to one profile makes."""
    settings = study.chosen
    models = model_paths(approach.model for approach in settings.approaches)
    return TABLES.specs(study, data=questions.data_paths(settings), models=models)


def parts(study: Study, seeds: tuple[int, ...] = ()) -> Iterator[PartSpec]:
    """What a run falls into: the parts of each approach."""
    settings = study.chosen
    for approach in settings.approaches:
        before, costs = Stage.ZERO_SHOT if isinstance(approach, Generative) else None, {"approach": approach.name}
        chosen = seeds or settings.seeds
        yield from list_parts(chosen, approach.model, approach.training, before, approach.name, costs)


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError for whatever stops it; nothing is yielded before everything is done."""
    from experiments.answering.running import run_all
    from experiments.quiet import quiet
    from experiments.training.runtime import device_for

    settings = study.chosen
    seeds = tuple(context.seeds or settings.seeds)
    with quiet():
        parts = questions.choose(settings)
        found = run_all(settings.approaches, parts, seeds, context, device_for(context.profile))
        made = list(TABLES.results(found, data=dict(parts.digests), models=found.models, seeds=seeds))
    yield from made
