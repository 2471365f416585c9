"""`experiments score`"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

score_app = typer.Typer(help="Score predictions made elsewhere.", no_args_is_help=True)

SHOWN = 5  # ids named in a message


@score_app.command("squad")
def score_squad(
    predictions: Annotated[
        Path,
        typer.Argument(
            help='JSON object from question id to answer, "" to abstain; or the list that squad_v2 of `evaluate` takes.'
        ),
    ],
    data: Annotated[Path, typer.Option("--data", help="SQuAD data, version 2 or 1, such as dev-v2.0.json.")],
    no_answer: Annotated[
        Path | None,
        typer.Option("--no-answer", help="JSON object from question id to no-answer probability: gives best_exact."),
    ] = None,
    threshold: Annotated[
        float, typer.Option(help="No-answer probability above which a question counts as unanswered.")
    ] = 1.0,
    rule: Annotated[
        Literal["auto", "1.1", "2.0"], typer.Option(help="Whose script to follow; auto goes by the data.")
    ] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Score SQuAD answers: the figures of the official script of the data's version, to the last digit.

    By the v2.0 script every question needs an answer, and an id that stands twice counts once; by that of v1.1 an
    unanswered question scores 0. Answers to unknown questions do not count. All of it is reported.
    """
    import json

    from experiments.metrics import squad, squad_versions
    from experiments.metrics.squad_files import read_predictions, read_questions
    from experiments.metrics.squad_versions import find_rule, read_no_answer

    rule = find_rule(data) if rule == "auto" else rule
    questions = read_questions(data)
    given = read_predictions(predictions)
    unique = {question.id: question for question in questions}
    notes = list(_notes(questions, unique, given, rule))
    if rule == "1.1":
        if no_answer is not None:
            raise typer.BadParameter("the v1.1 rule knows no unanswerable questions", param_hint="--no-answer")
        _check_answerable(questions, data)
        figures, more = squad_versions.first_figures(questions, given.answers), {}
    else:
        _check_complete(unique, given.answers, predictions)
        scored = squad.score_questions(questions, given.answers)
        probabilities = given.no_answer
        if no_answer is not None:
            if probabilities is not None:
                what = "the predictions have no-answer probabilities of their own; leave it out"
                raise typer.BadParameter(what, param_hint="--no-answer")
            probabilities = read_no_answer(no_answer)
            _check_complete(unique, probabilities, no_answer, "probability")
        if probabilities is None:
            figures = squad.official_figures(scored)
        else:
            answers = {name: given.answers[name] for name in unique}
            figures = squad.official_figures(squad_versions.apply_threshold(scored, probabilities, threshold))
            figures |= squad_versions.best_figures(scored, probabilities, answers)
        more = {"abstention_rate": squad.abstention_rate(scored), "always_abstain": squad.always_abstain(questions)}
    if as_json:
        print(json.dumps({**figures, **more, "rule": rule, "notes": notes, "schema_version": 1}, indent=2))
        return
    _print(figures, more)
    for note in notes:
        typer.echo(f"note: {note}", err=True)


def _check_answerable(questions, path: Path) -> None:
    from experiments.tables.errors import UserError
    from experiments.tables.locations import shown_path

    if without := [question.id for question in questions if not question.answers]:
        what = f"{len(without)} questions have no answer ({_some(without)})"
        raise UserError(f"{shown_path(path)}: {what}, which the v1.1 rule does not know; say --rule 2.0")


def _check_complete(unique, given: Mapping[str, object], path: Path, what: str = "answer") -> None:
    from experiments.tables.errors import UserError
    from experiments.tables.locations import shown_path

    missing = [name for name in unique if name not in given]
    if missing:
        hint = ': write "" where the system abstains' if what == "answer" else ""
        raise UserError(
            f"{shown_path(path)}: {len(missing)} of {len(unique)} questions have no {what} ({_some(missing)}); the "
            f"official script stops there too{hint}"
        )


def _notes(questions: Sequence, unique: Mapping, given, rule: str) -> Iterator[str]:
    from collections import Counter

    if repeated := [name for name, times in Counter(q.id for q in questions).items() if times > 1]:
        counted = "each counted as often" if rule == "1.1" else "each counted once"
        yield f"ids that the data has more than once, {counted}: {len(repeated)} ({_some(repeated)})"
    if twice := given.duplicates:
        yield f"questions answered more than once, of which the last answer counts: {len(twice)} ({_some(twice)})"
    if unknown := [name for name in given.answers if name not in unique]:
        yield f"answers to questions that the data does not have: {len(unknown)} ({_some(unknown)})"
    if rule == "1.1" and given.no_answer:
        yield "no-answer probabilities were not read: the v1.1 rule knows no unanswerable questions"
    if rule == "1.1" and (missing := [name for name in unique if name not in given.answers]):
        yield f"questions without an answer, which score 0: {len(missing)} ({_some(missing)})"


def _some(names: list[str]) -> str:
    from experiments.tables.errors import printable

    return ", ".join(printable(name, 40) for name in names[:SHOWN]) + (", …" if len(names) > SHOWN else "")


def _print(figures: dict[str, float], more: dict) -> None:
    from experiments.cli.output import show_table

    rows = [(name, str(value)) for name, value in figures.items()]
    if more:
        rows.append(("abstention rate", str(more["abstention_rate"])))
        rows += [(f"always abstaining: {name}", str(more["always_abstain"][name])) for name in ("exact", "f1")]
    show_table(("score", "value"), rows)
