"""The system "probing": linear probes of every layer of trained models and of their random-weights controls."""

from collections.abc import Iterator

from experiments.choices import check_models_are_here, model_paths
from experiments.probing import shapes
from experiments.probing.anomalies import anomaly_rows
from experiments.probing.comparisons import comparison_rows
from experiments.probing.example_rows import (
    classes_rows,
    control_targets_rows,
    examples_rows,
    selection_rows,
    targets_rows,
)
from experiments.probing.examples import data_paths
from experiments.probing.predictions import INPUTS
from experiments.probing.probe_rows import (
    cost_rows,
    hidden_states_rows,
    inputs_rows,
    penalties_rows,
    predicted_classes_rows,
    predicted_numbers_rows,
)
from experiments.probing.running import list_parts, probe_models
from experiments.probing.scores import layer_rows
from experiments.probing.study import Study
from experiments.system import Context, PartSpec, SystemTables, TableDeclaration, TableResult, TableSpec

__all__ = ["Study", "parts", "run", "tables"]

TABLES = SystemTables(
    TableDeclaration("selection", "the examples, rule by rule", shapes.SELECTION_KEY, shapes.SELECTION, selection_rows),
    TableDeclaration("targets", "what is predicted", shapes.TARGETS_KEY, shapes.TARGETS, targets_rows),
    TableDeclaration("classes", "the classes", shapes.CLASSES_KEY, shapes.CLASSES, classes_rows),
    TableDeclaration(
        "examples",
        "the targets of every example, and its fold",
        shapes.EXAMPLES_KEY,
        shapes.EXAMPLES,
        examples_rows,
        format="parquet",
    ),
    TableDeclaration(
        "control-targets",
        "the random targets of the control tasks",
        shapes.CONTROL_TARGETS_KEY,
        shapes.CONTROL_TARGETS,
        control_targets_rows,
        format="parquet",
    ),
    TableDeclaration("inputs", "the prompts as the models read them", shapes.INPUTS_KEY, shapes.INPUTS, inputs_rows),
    TableDeclaration(
        "hidden-states",
        "the hidden states of every layer in numbers",
        shapes.HIDDEN_STATES_KEY,
        shapes.HIDDEN_STATES,
        hidden_states_rows,
    ),
    TableDeclaration(
        "penalties", "the penalties that were chosen", shapes.PENALTIES_KEY, shapes.PENALTIES, penalties_rows
    ),
    TableDeclaration(
        "predicted-classes",
        "held-out predictions of classes, by probes and control tasks",
        shapes.PREDICTED_KEY,
        shapes.PREDICTED_CLASSES,
        predicted_classes_rows,
        format="parquet",
    ),
    TableDeclaration(
        "predicted-numbers",
        "held-out predictions of numbers, by probes and control tasks",
        shapes.PREDICTED_KEY,
        shapes.PREDICTED_NUMBERS,
        predicted_numbers_rows,
        format="parquet",
    ),
    TableDeclaration(
        "layers",
        "scores by layer",
        shapes.LAYERS_KEY,
        shapes.LAYERS,
        layer_rows,
        reads=(*INPUTS, "control-targets", "penalties"),
    ),
    TableDeclaration("anomalies", "anomalies by rule", shapes.ANOMALIES_KEY, shapes.ANOMALIES, anomaly_rows, INPUTS),
    TableDeclaration(
        "comparisons",
        "models against each other",
        shapes.COMPARISONS_KEY,
        shapes.COMPARISONS,
        comparison_rows,
        INPUTS,
    ),
    TableDeclaration("cost", "time and memory", shapes.COST_KEY, shapes.COST, cost_rows),
)


def tables(study: Study) -> list[TableSpec]:
    """What a study narrowed to one profile makes."""
    settings = study.chosen
    return TABLES.specs(study, data=data_paths(settings), models=model_paths(settings.models))


def parts(study: Study, seeds: tuple[int, ...] = ()) -> Iterator[PartSpec]:
    """What a run falls into."""
    return list_parts(study.chosen, seeds or study.chosen.seeds)


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError for whatever stops it; nothing is yielded before everything is done."""
    settings = study.chosen
    seeds = context.seeds or settings.seeds
    check_models_are_here(settings.models)
    found = probe_models(settings, seeds, context)
    yield from TABLES.results(found, data=found.first.chosen.digests, models=found.digests, seeds=tuple(seeds))
