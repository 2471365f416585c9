"""Adopts the answers of one system or more to the questions of a SQuAD file."""

from collections.abc import Mapping
from pathlib import Path

from experiments.adopting.adopt import check_name, file_entry, freeze_adopted, note_of_one, title_of
from experiments.adopting.adopted import encode_adopted
from experiments.adopting.questions import kept_columns
from experiments.freezing.seal import Sealed
from experiments.metrics.squad import Question, Scored, score_question
from experiments.metrics.squad_files import read_predictions, read_questions
from experiments.metrics.squad_versions import find_rule, score_by_first_rule
from experiments.system import Progress
from experiments.tables.digest import sha256_bytes
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import shown_path


def adopt_squad(
    name: str, data: Path, answers: Mapping[str, Path], source: str | None, root: Path, progress: Progress
) -> tuple[list[Sealed], tuple[str, ...]]:
    """Freeze the scores of answers, by side, as the study `name`; the tables, and notes.

    Scored by the rule of the data's version: by that of v1.1 an unanswered question scores 0, by that of v2.0 every
    question needs an answer. Raises UserError where anything is wrong, and then leaves all files as they were.
    """
    import pyarrow as pa

    check_name(name)
    rule = find_rule(data)
    asked = read_questions(data)
    questions = {question.id: question for question in asked}
    scored, notes = {}, [f"scored by the rule of SQuAD v{rule}"]
    if again := len(asked) - len(questions):
        notes.append(f"{again} questions of the data have the id of another one, and the last of each id counts")
    notes += note_of_one("paragraph", len({question.paragraph for question in questions.values()}))
    for side, path in answers.items():
        given, twice = read_predictions(path)
        missing = [each for each in questions if each not in given]
        if missing and rule == "2.0":
            what = f"{len(missing)} of {len(questions)} questions have no answer, such as {printable(missing[0])}"
            raise UserError(f'{shown_path(path)}: {what}; write "" where the system abstains')
        if missing:
            notes.append(f"{side}: {len(missing)} questions without an answer, which score 0")
        if twice:
            notes.append(f"{side}: {len(twice)} questions answered more than once, of which the last answer counts")
        if unknown := [each for each in given if each not in questions]:
            what = f"{len(unknown)} answers to questions that the data does not have, such as {printable(unknown[0])}"
            notes.append(f"{side}: {what}: not read")
        scored[side] = [_scored(question, given.get(question.id), rule, data) for question in questions.values()]
    columns = {key: pa.array(cells, pa.string()) for key, cells in kept_columns(scored).items()}
    content = {
        "study": name,
        "title": title_of(source, data),
        "system": "adopting",
        "task": "questions",
        "files": [file_entry(source, path, sha256_bytes(path.read_bytes()), {}) for path in (data, *answers.values())],
        "sides": list(answers),
        "rule": rule,
    }
    return freeze_adopted(content, encode_adopted(pa.table(columns)), root, progress), tuple(notes)


def _scored(question: Question, answer: str | None, rule: str, data: Path) -> Scored:
    if rule == "2.0":
        return score_question(question, answer or "")
    try:
        return score_by_first_rule(question, answer)
    except ValueError as error:
        raise UserError(f"{shown_path(data)}: {error}") from None
