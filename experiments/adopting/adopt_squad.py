"""Adopts the answers of one system or more to the questions of a SQuAD file."""

from collections.abc import Mapping
from pathlib import Path

from experiments.adopting.adopt import check_name, file_entry, freeze_adopted, note_of_one, title_of
from experiments.adopting.adopted import encode_adopted
from experiments.adopting.questions import Answered, kept_columns
from experiments.freezing.seal import Sealed
from experiments.metrics.squad import Question, Scored, score_question
from experiments.metrics.squad_files import Predictions, read_predictions, read_questions
from experiments.metrics.squad_versions import apply_threshold, find_rule, read_no_answer, score_by_first_rule
from experiments.system import Progress
from experiments.tables.digest import sha256_bytes
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import shown_path

LARGEST = 1e100  # of a no-answer score


def adopt_squad(
    name: str,
    data: Path,
    answers: Mapping[str, Path],
    source: str | None,
    root: Path,
    progress: Progress,
    no_answer: Mapping[str, Path] | None = None,
) -> tuple[list[Sealed], tuple[str, ...]]:
    """Freeze the scores of answers, by side, as the study `name`; the tables, and notes.

    Scored by the rule of the data's version: by that of v1.1 an unanswered question scores 0, by that of v2.0 every
    question needs an answer. `no_answer` are files of no-answer probabilities, by side, where those of the answers have
    none in them. Raises UserError where anything is wrong, and then leaves all files as they were.
    """
    import pyarrow as pa

    check_name(name)
    rule, no_answer = find_rule(data), no_answer or {}
    if no_answer and rule == "1.1":
        raise UserError(f"{shown_path(data)}: SQuAD v1.1, which knows no unanswerable questions; leave out --no-answer")
    asked = read_questions(data)
    questions = {question.id: question for question in asked}
    answered, notes = {}, [f"scored by the rule of SQuAD v{rule}"]
    if again := len(asked) - len(questions):
        notes.append(f"{again} questions of the data have the id of another one, and the last of each id counts")
    notes += note_of_one("paragraph", len({question.paragraph for question in questions.values()}))
    for side, path in answers.items():
        given = read_predictions(path)
        missing = [each for each in questions if each not in given.answers]
        if missing and rule == "2.0":
            what = f"{len(missing)} of {len(questions)} questions have no answer, such as {printable(missing[0])}"
            raise UserError(f'{shown_path(path)}: {what}; write "" where the system abstains')
        if missing:
            notes.append(f"{side}: {len(missing)} questions without an answer, which score 0")
        if twice := given.duplicates:
            notes.append(f"{side}: {len(twice)} questions answered more than once, of which the last answer counts")
        if unknown := [each for each in given.answers if each not in questions]:
            what = f"{len(unknown)} answers to questions that the data does not have, such as {printable(unknown[0])}"
            notes.append(f"{side}: {what}: not read")
        scored = [_scored(question, given.answers.get(question.id), rule, data) for question in questions.values()]
        if given.no_answer and rule == "1.1":
            notes.append(f"{side}: no-answer probabilities: not read, SQuAD v1.1 knows no unanswerable questions")
        probabilities = _probabilities(side, path, given, no_answer.get(side), questions) if rule == "2.0" else None
        if probabilities is None:
            answered[side] = Answered(scored)
            continue
        answered[side] = Answered(apply_threshold(scored, probabilities), scored, probabilities, given.answers)
        if above := sum(probability > 1 for probability in probabilities.values()):
            notes.append(f"{side}: {above} questions with a no-answer score above 1, which count as unanswered")
    columns = {key: pa.array(cells, pa.string()) for key, cells in kept_columns(answered).items()}
    read = (data, *answers.values(), *no_answer.values())
    having = [side for side, each in answered.items() if each.no_answer is not None]
    content = {
        "study": name,
        "title": title_of(source, data),
        "system": "adopting",
        "task": "questions",
        "files": [file_entry(source, path, sha256_bytes(path.read_bytes()), {}) for path in read],
        "sides": list(answers),
        **({"probabilities": having} if having else {}),
        "rule": rule,
    }
    return freeze_adopted(content, encode_adopted(pa.table(columns)), root, progress), tuple(notes)


def _probabilities(
    side: str, path: Path, given: Predictions, beside: Path | None, questions: Mapping[str, Question]
) -> dict[str, float] | None:
    """The no-answer probability of each question, in the order of the file that gives them; None where none does."""
    if beside is not None and given.no_answer:
        what = "has no-answer probabilities of its own"
        raise UserError(f"{shown_path(path)}: {what}; leave out --no-answer for {side}")
    found = given.no_answer if beside is None else read_no_answer(beside)
    if found is None:
        return None
    where = shown_path(beside or path)
    if missing := [each for each in questions if each not in found]:
        what = f"{len(missing)} of {len(questions)} questions have no probability, such as {printable(missing[0])}"
        raise UserError(f"{where}: {what}")
    probabilities = {each: probability for each, probability in found.items() if each in questions}
    for each, probability in probabilities.items():
        if abs(probability) > LARGEST:
            raise UserError(f"{where}: question {printable(each)}: the probability is beyond {LARGEST:g}")
    return probabilities


def _scored(question: Question, answer: str | None, rule: str, data: Path) -> Scored:
    if rule == "2.0":
        return score_question(question, answer or "")
    try:
        return score_by_first_rule(question, answer)
    except ValueError as error:
        raise UserError(f"{shown_path(data)}: {error}") from None
