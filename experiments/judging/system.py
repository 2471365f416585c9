"""The system "judging": answers of a frozen table marked by judges, and the judges by labelled examples."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from experiments.data.load import local_paths as data_paths
from experiments.judging import shapes
from experiments.judging.labelled import LABELLED
from experiments.judging.study import Local, Settings, Study
from experiments.models.locate import local_paths
from experiments.system import Context, TableResult, TableSpec

__all__ = ["Study", "run", "tables"]

OF_ANSWERS = {
    "verdicts": ("verdicts on the answers", shapes.VERDICTS_KEY, shapes.VERDICTS),
    "accuracy": ("answers judged right", shapes.ACCURACY_KEY, shapes.ACCURACY),
}
OF_JUDGES = {
    "examples": ("labelled examples, with their prompts", shapes.EXAMPLES_KEY, shapes.EXAMPLES),
    "labelled": ("verdicts on the labelled examples", shapes.LABELLED_KEY, shapes.LABELLED),
    "agreement": ("agreement of judges and labels", shapes.AGREEMENT_KEY, shapes.AGREEMENT),
    "cost": ("calls, tokens, money and time of the judges", shapes.COST_KEY, shapes.COST),
}


def tables(study: Study) -> list[TableSpec]:
    """What a study narrowed to one profile makes."""
    settings = study.chosen
    answers, data = settings.answers, {"labelled examples": LABELLED}
    if answers:
        data |= data_paths(answers.data.name, (answers.split,), revision=answers.data.revision)
    made_from = {
        "inputs": (answers.table,) if answers else (), "data": data, "models": _model_paths(settings),
    }  # fmt: skip
    return [
        TableSpec(name, "measured", f"{study.title}: {title}", key, columns, __name__, **made_from)
        for name, (title, key, columns) in {**(OF_ANSWERS if answers else {}), **OF_JUDGES}.items()
    ]


def _model_paths(settings: Settings) -> Mapping[str, Path | None]:
    """The files of every local judge on this machine, None for one that is not here."""
    found: dict[str, Path | None] = {}
    for judge in settings.judges:
        if isinstance(judge, Local):
            found |= local_paths(judge.model.name, revision=judge.model.revision) or {judge.model.name: None}
    return found


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError for whatever stops it; nothing is yielded before everything is done."""
    from experiments.judging.running import judge_everything

    yield from judge_everything(study.chosen, context)
