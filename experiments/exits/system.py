"""The system "exits": answers from several depths of a model, before and after fine-tuning."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.choices import ModelChoice, model_paths
from experiments.exits import shapes
from experiments.exits.instructions import Parts, choose, data_paths
from experiments.exits.study import Exits, Study
from experiments.models.locate import locate
from experiments.models.registry import model_entry
from experiments.system import Context, TableResult, TableSpec, measured

if TYPE_CHECKING:
    from experiments.exits.prompts import Asked
    from experiments.exits.scoring import Scorer

__all__ = ["Study", "run", "tables"]

TABLES = {
    "splits": ("the examples of each part", shapes.SPLITS_KEY, shapes.SPLITS),
    "inputs": ("examples as the models read them", shapes.INPUTS_KEY, shapes.INPUTS),
    "answers": ("what each exit answers", shapes.ANSWERS_KEY, shapes.ANSWERS),
    "scores": ("scores by exit and stage", shapes.SCORES_KEY, shapes.SCORES),
    "floors": ("scores of saying nothing and of echoing the prompt", shapes.FLOORS_KEY, shapes.FLOORS),
    "tests": ("tests of fine-tuning and of depth", shapes.TESTS_KEY, shapes.TESTS),
    "prompts": ("the shown prompts", shapes.PROMPTS_KEY, shapes.PROMPTS),
    "probabilities": ("tokens followed through the layers", shapes.PROBABILITIES_KEY, shapes.PROBABILITIES),
    "curves": ("learning curves", shapes.CURVES_KEY, shapes.CURVES),
    "cost": ("time, memory and parameters by stage", shapes.COST_KEY, shapes.COST),
}


def tables(study: Study) -> list[TableSpec]:
    """What a study narrowed to one profile makes."""
    settings = study.chosen
    models = model_paths([settings.bertscore.model, *(exits.model for exits in settings.models)])
    return measured(study.title, TABLES, __name__, data=data_paths(settings), models=models)


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError for whatever stops it; nothing is yielded before everything is done."""
    from experiments.exits.scoring import Scorer
    from experiments.training.device import device_for
    from experiments.training.quiet import quiet

    settings, device = study.chosen, device_for(context.profile)
    seeds = context.seeds or settings.seeds
    rows: dict[str, list] = {name: [] for name in TABLES}
    models: dict[str, str] = {}
    with quiet(), encoder_folder(settings.bertscore.model) as encoder:
        parts = choose(settings)
        rows["splits"] = parts.rows(settings)
        scorer = Scorer(settings.bertscore.model.name, encoder, settings.bertscore.layer, device)
        for exits in settings.models:
            made, digests = _model(exits, parts, seeds, device, scorer, context)
            models |= digests
            for name, more in made.items():
                rows[name] += more
    for name, made in rows.items():
        yield TableResult(name, made, data=dict(parts.digests), models=models, seeds=tuple(seeds))


def _model(
    exits: Exits, parts: Parts, seeds: tuple[int, ...], device: str, scorer: "Scorer", context: Context
) -> tuple[dict[str, list], dict[str, str]]:
    """The rows of one model by table, and the SHA-256 of what it was made from."""
    from experiments.exits.results import Found
    from experiments.exits.rows import Rows
    from experiments.exits.running import base, tune
    from experiments.training.determinism import deterministic
    from experiments.training.runs import found_once, run_name

    def without_seed() -> Found:
        with deterministic(0):
            return base(exits, parts, device, context.progress)

    def with_seed(seed: int) -> Found:
        with deterministic(seed):
            return tune(exits, parts, seed, folder / run_name(seed), device, context.progress)

    asked, made = _asked(exits, parts, device)
    folder = context.work() / exits.model.name
    before = found_once(Found, folder / "base.json", without_seed)
    by_seed = {
        seed: found_once(Found, folder / run_name(seed) / "found.json", partial(with_seed, seed)) for seed in seeds
    }
    with deterministic(0):
        rows = Rows(exits, parts, asked, before, by_seed, scorer, context.progress)
        made |= {name: list(getattr(rows, name)()) for name in TABLES if hasattr(rows, name)}
    return made, {name: digest for found in (before, *by_seed.values()) for name, digest in found.models.items()}


def _asked(exits: Exits, parts: Parts, device: str) -> "tuple[list[Asked], dict[str, list]]":
    """The prompts of the test examples and the rows about all prompts: what cannot be read is said before any work."""
    from experiments.exits.rows import input_rows, prompt_rows
    from experiments.exits.running import open_reader

    reader = open_reader(exits, device)
    rows = {"inputs": list(input_rows(reader, parts)), "prompts": list(prompt_rows(reader))}
    return reader.ask(parts.test), rows


@contextmanager
def encoder_folder(choice: ModelChoice) -> Iterator[Path]:
    """The folder of the model that BERTScore loads; a model of a recipe is written into one that is gone afterwards."""
    if model_entry(choice.name).recipe is None:
        yield locate(choice.name, revision=choice.revision).folder
        return
    from experiments.models.load import load_for

    with tempfile.TemporaryDirectory(prefix="colophon-") as folder:
        loaded = load_for("encoder", choice.name)
        loaded.model.save_pretrained(folder)
        loaded.tokenizer.save_pretrained(folder)
        yield Path(folder)
