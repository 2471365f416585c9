"""The system "judging": answers of a frozen table marked by judges, and the judges by labelled examples."""

from collections.abc import Iterator

from experiments.choices import model_paths
from experiments.data.load import local_paths as data_paths
from experiments.judging import shapes
from experiments.judging.labelled import LABELLED, labelled_examples
from experiments.judging.study import Local, Study
from experiments.system import Context, TableResult, TableSpec, measured
from experiments.tables.errors import UserError

__all__ = ["Study", "run", "tables"]

OF_ANSWERS = {
    "verdicts": ("verdicts on the answers", shapes.VERDICTS_KEY, shapes.VERDICTS),
    "accuracy": ("answers judged right", shapes.ACCURACY_KEY, shapes.ACCURACY),
}
OF_JUDGES = {
    "prompts": ("what judges read, around the texts", shapes.PROMPTS_KEY, shapes.PROMPTS),
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
    models = model_paths(judge.model for judge in settings.judges if isinstance(judge, Local))
    declared = {**(OF_ANSWERS if answers else {}), **OF_JUDGES}
    inputs = (answers.table,) if answers else ()
    return measured(study.title, declared, __name__, inputs=inputs, data=data, models=models)


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError for whatever stops it; nothing is yielded before everything is done."""
    from experiments.judging import rows
    from experiments.judging.answers import find
    from experiments.judging.costs import cost_row
    from experiments.judging.running import ask_all

    settings = study.chosen
    template, [seed, *others] = settings.prompt, context.seeds or (settings.seed,)
    if others:
        raise UserError(f"{study.study} has one seed, that of the bootstrap; name one")
    examples = labelled_examples()
    found = find(settings.answers, context) if settings.answers else None
    pairs = [*map(rows.labelled_pair, examples), *(each.pair for each in (found.judged if found else ()))]
    opinions = ask_all(settings, pairs, context)
    made = {name: [] for name in (*(OF_ANSWERS if found else ()), *OF_JUDGES)}
    made["prompts"] = list(rows.prompt_rows(template))
    made["examples"] = list(rows.example_rows(examples, template))
    for each in opinions:
        if found:
            made["verdicts"] += rows.verdict_rows(each, found.judged, template)
            made["accuracy"] += rows.accuracy_rows(each, found.judged, template)
        made["labelled"] += rows.labelled_rows(each, examples, template)
        made["agreement"] += rows.agreement_rows(each, examples, template, seed)
        made["cost"].append(cost_row(each, len(pairs) * len(each.orders)))
    models = {name: digest for each in opinions for name, digest in each.kept.models.items()}
    for name, made_rows in made.items():
        yield TableResult(name, made_rows, data=found.data if found else {}, models=models, seeds=(seed,))
