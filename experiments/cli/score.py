"""`experiments score`"""

from pathlib import Path
from typing import Annotated

import typer

score_app = typer.Typer(help="Score predictions made elsewhere.", no_args_is_help=True)

SHOWN = 5  # ids named in a message


@score_app.command("squad")
def score_squad(
    predictions: Annotated[Path, typer.Argument(help='JSON object from question id to answer, "" to abstain.')],
    data: Annotated[Path, typer.Option("--data", help="SQuAD data, version 2 or 1, such as dev-v2.0.json.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Score SQuAD answers: the figures of the official v2.0 script, to the last digit.

    Every question needs an answer. Ids that stand twice count once, and answers to unknown questions do not count;
    both are reported.
    """
    import json

    from experiments.metrics.squad import abstention_rate, always_abstain, official_figures, score_questions
    from experiments.metrics.squad_files import read_predictions, read_questions

    questions = read_questions(data)
    given = read_predictions(predictions)
    unique = {question.id: question for question in questions}
    _check_complete(unique, given.answers, predictions)
    scored = score_questions(questions, given.answers)
    figures = official_figures(scored)
    more = {"abstention_rate": abstention_rate(scored), "always_abstain": always_abstain(questions)}
    notes = list(_notes(questions, unique, given))
    if as_json:
        print(json.dumps({**figures, **more, "notes": notes, "schema_version": 1}, indent=2))
        return
    _print(figures, more)
    for note in notes:
        typer.echo(f"note: {note}", err=True)


def _check_complete(unique, answers, path: Path) -> None:
    from experiments.tables.errors import UserError
    from experiments.tables.locations import shown_path

    missing = [name for name in unique if name not in answers]
    if missing:
        raise UserError(
            f"{shown_path(path)}: {len(missing)} of {len(unique)} questions have no answer ({_some(missing)}); the "
            'official script stops there too: write "" where the system abstains'
        )


def _notes(questions, unique, given):
    from collections import Counter

    if repeated := [name for name, times in Counter(q.id for q in questions).items() if times > 1]:
        yield f"ids that the data has more than once, each counted once: {len(repeated)} ({_some(repeated)})"
    if twice := given.duplicates:
        yield f"questions answered more than once, of which the last answer counts: {len(twice)} ({_some(twice)})"
    if unknown := [name for name in given.answers if name not in unique]:
        yield f"answers to questions that the data does not have: {len(unknown)} ({_some(unknown)})"


def _some(names: list[str]) -> str:
    from experiments.tables.errors import printable

    return ", ".join(printable(name, 40) for name in names[:SHOWN]) + (", …" if len(names) > SHOWN else "")


def _print(figures: dict[str, float], more: dict) -> None:
    from experiments.cli.output import show_table

    rows = [(name, str(value)) for name, value in figures.items()]
    rows.append(("abstention rate", str(more["abstention_rate"])))
    rows += [(f"always abstaining: {name}", str(more["always_abstain"][name])) for name in ("exact", "f1")]
    show_table(("score", "value"), rows)
