"""The system "judging": answers of a frozen table marked by judges, and the judges by labelled examples."""

from collections.abc import Collection, Iterator

from experiments.choices import model_paths
from experiments.data.load import local_paths as data_paths
from experiments.judging import labelled, rows, scores, shapes
from experiments.judging.answers import find
from experiments.judging.running import StudyFound, ask_all, list_parts
from experiments.judging.study import Local, Study
from experiments.system import Context, PartSpec, SystemTables, TableDeclaration, TableResult, TableSpec
from experiments.tables.errors import UserError

__all__ = ["Study", "parts", "run", "tables"]

TABLES = SystemTables(
    TableDeclaration(
        "verdicts",
        "verdicts on the answers",
        shapes.VERDICTS_KEY,
        shapes.VERDICTS,
        rows.verdict_rows,
        format="parquet",
    ),
    TableDeclaration(
        "accuracy",
        "answers judged right",
        shapes.ACCURACY_KEY,
        shapes.ACCURACY,
        scores.accuracy_rows,
        reads=("verdicts",),
    ),
    TableDeclaration(
        "prompts", "what judges read, around the texts", shapes.PROMPTS_KEY, shapes.PROMPTS, labelled.prompt_rows
    ),
    TableDeclaration(
        "examples",
        "labelled examples, with their prompts",
        shapes.EXAMPLES_KEY,
        shapes.EXAMPLES,
        labelled.example_rows,
    ),
    TableDeclaration(
        "labelled",
        "verdicts on the labelled examples",
        shapes.LABELLED_KEY,
        shapes.LABELLED,
        rows.labelled_rows,
    ),
    TableDeclaration(
        "agreement",
        "agreement of judges and labels",
        shapes.AGREEMENT_KEY,
        shapes.AGREEMENT,
        scores.agreement_rows,
        reads=("labelled",),
    ),
    TableDeclaration(
        "cost",
        "calls, tokens, money and time of the judges",
        shapes.COST_KEY,
        shapes.COST,
        rows.cost_rows,
    ),
)


def tables(study: Study) -> list[TableSpec]:
    """What a study narrowed to one profile makes."""
    settings = study.chosen
    answers, data = settings.answers, {"labelled examples": labelled.LABELLED}
    if answers:
        data |= data_paths(answers.data.entry, (answers.split,))
    models = model_paths(judge.model for judge in settings.judges if isinstance(judge, Local))
    inputs = (answers.table,) if answers else ()
    return TABLES.specs(study, inputs=inputs, only=_made(study), data=data, models=models)


def parts(study: Study, seeds: tuple[int, ...] = ()) -> Iterator[PartSpec]:
    """What a run falls into; it has no seeds."""
    return list_parts(study.chosen)


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError for whatever stops it; nothing is yielded before everything is done."""
    if context.seeds:
        raise UserError(f"{study.study} trains nothing; the seed of its bootstrap stands in the study, as `seed`")
    settings = study.chosen
    examples = labelled.labelled_examples()
    answers = find(settings.answers, context) if settings.answers else None
    judged = answers.judged if answers else ()
    opinions = ask_all(settings, [each.pair for each in (*examples, *judged)], context)
    found = StudyFound(settings.prompt, examples, judged, opinions)
    models = {name: digest for each in opinions for name, digest in each.kept.models.items()}
    yield from TABLES.results(found, only=_made(study), data=answers.data if answers else {}, models=models)


def _made(study: Study) -> Collection[str]:
    """The names of the tables that a study makes: without answers to judge, those about the judges alone."""
    about_answers = () if study.chosen.answers else ("verdicts", "accuracy")
    return [name for name in TABLES.by_name if name not in about_answers]
