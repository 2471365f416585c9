"""From rows to typed examples: labels by their codes, spans that stand where they say, numbers that are some."""

import hashlib
import math
from collections.abc import Callable, Mapping

from experiments.data.errors import DataError
from experiments.data.examples import Answer, Example, Instruction, Pair, Question, Sentence
from experiments.data.mapping import Column, Entry, Kind, as_written
from experiments.data.rows import Row


class Cells:
    """The cells of a row by the names of our fields."""

    def __init__(self, row: Row, entry: Entry) -> None:
        self.row, self.entry = row, entry

    @property
    def is_own_record(self) -> bool:
        """Whether whoever runs the study can mend what is said of the fields."""
        return self.entry.kind == "free" and self.entry.origin != "package"

    def has(self, field: str) -> bool:
        """Whether the row has a column for the field."""
        return any(column in self.row.cells for column in self.entry.columns.get(field) or (field,))

    def get(self, field: str) -> object:
        """What the row has in the field. Raises DataError where there is no such column."""
        columns = self.entry.columns.get(field, (field,)) or ()
        for column in columns:
            if column in self.row.cells:
                return self.row.cells[column]
        known = ", ".join(self.row.cells)
        hint = "" if self.entry.origin == "package" else f"; name the column of {field} under fields"
        if len(self.row.cells) == 1 and any(mark in known for mark in ";\t|"):
            hint = "; say which delimiter stands between the cells"
        raise DataError(self.row.columns_at, f"there is no column {' or '.join(columns)}; there are {known}{hint}")

    def column(self, field: str) -> str:
        """The column of a field, as messages name it."""
        columns = self.entry.columns.get(field) or (field,)
        return next((column for column in columns if column in self.row.cells), columns[0])

    def text(self, field: str, may_be_empty: bool = False) -> str:
        value = self.get(field)
        if value is None or (isinstance(value, float) and math.isnan(value)):
            value = ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise self.wrong(field, f"is no text, but {type(value).__name__}")
        if not value.strip() and not may_be_empty:
            more = "; put the field under targets to leave such rows out, or say may_be_empty: true"
            raise self.wrong(field, "is empty" + (more if self.is_own_record else ""))
        return value.strip()

    def number(self, field: str, low: float | None, high: float | None) -> float:
        value = self.get(field)
        try:
            number = float(value) if _may_be_number(value) else math.nan
        except (ValueError, OverflowError):
            number = math.nan
        if math.isinf(number) or not (-math.inf if low is None else low) <= number <= (
            math.inf if high is None else high
        ):
            bounds = [f" from {low:g}" if low is not None else "", f" to {high:g}" if high is not None else ""]
            more = "; put the field under targets to leave rows without it out" if self.is_own_record else ""
            raise self.wrong(field, f"is {value!r}; it must be a number{''.join(bounds)}{more}")
        return number

    def listed(self, field: str) -> tuple[str, ...]:
        value = self.get(field)
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            parts = value
        else:
            parts = self.text(field, may_be_empty=True).split(",")
        return tuple(part.strip() for part in parts if part.strip())

    def label(self) -> str | None:
        """The label; None for "no gold label"."""
        codes, said = self.entry.codes, as_written(self.get("label"))
        if said not in codes:
            known = ", ".join(code or "an empty cell" for code in codes)
            more = "" if self.entry.origin == "package" else "; add it to labels, or to unlabelled"
            raise DataError(self.row.where, f"unknown label {said!r}; known: {known}{more}")
        return codes[said]

    def wrong(self, field: str, what: str) -> DataError:
        return DataError(self.row.where, f"{self.column(field)} {what}")


def _may_be_number(value: object) -> bool:
    """Whether a cell is a number or a text: true is none, nor is 1_000, which Python alone reads as one."""
    return isinstance(value, str | int | float) and not isinstance(value, bool) and "_" not in str(value)


def parse(entry: Entry, row: Row, split: str) -> Example | None:
    """The example in `row`; None for one without a gold label, or without a target. Raises DataError."""
    cells = Cells(row, entry)
    if "id" in entry.fields or entry.kind == "question":
        name = as_written(cells.get("id"))
        if not name:
            raise cells.wrong("id", "is empty")
    else:
        name = f"{split}-{row.number + 1}"
    return PARSERS[entry.kind](cells, name)


def _sentence(cells: Cells, name: str) -> Sentence | None:
    label = cells.label()
    return None if label is None else Sentence(name, cells.text("text"), label)


def _pair(cells: Cells, name: str) -> Pair | None:
    label = cells.label()
    return None if label is None else Pair(name, cells.text("premise"), cells.text("hypothesis"), label)


def _question(cells: Cells, name: str) -> Question:
    context = cells.get("context")  # not stripped: answers count its characters
    if not isinstance(context, str) or not context.strip():
        raise cells.wrong("context", "is empty")
    answers = tuple(_answers(cells, context))
    impossible = cells.get("is_impossible") if cells.has("is_impossible") else None
    if impossible is None or impossible == "":
        impossible = not answers
    if impossible in ("true", "True", "false", "False"):
        impossible = impossible in ("true", "True")
    if not isinstance(impossible, bool) or impossible != (not answers):
        raise DataError(cells.row.where, f"is_impossible is {impossible}, but there are {len(answers)} answers")
    title = str(cells.get("title") or "") if cells.has("title") else ""
    paragraph = hashlib.sha256(f"{title}\n{context}".encode()).hexdigest()[:12]
    return Question(name, cells.text("question"), context, title, paragraph, answers)


def _answers(cells: Cells, context: str) -> list[Answer]:
    """SQuAD's list of {text, answer_start}, or the hub's {text: [...], answer_start: [...]}; equal ones once.

    A text, or a list of texts, is looked for in the context; an empty one is no answer.
    """
    found = cells.get("answers")
    if found is None or isinstance(found, str):
        found = [found.strip()] if found and found.strip() else []
    if isinstance(found, dict) and isinstance(found.get("text"), list) and isinstance(found.get("answer_start"), list):
        if len(found["text"]) != len(found["answer_start"]):
            counts = f"{len(found['text'])} texts and {len(found['answer_start'])} starts"
            raise cells.wrong("answers", f"has {counts}; each text needs its answer_start")
        found = [{"text": t, "answer_start": s} for t, s in zip(found["text"], found["answer_start"], strict=True)]
    if not isinstance(found, list):
        raise cells.wrong("answers", "is no list")
    answers = []
    for answer in found:
        if isinstance(answer, str):
            if not answer or answer not in context:
                raise cells.wrong("answers", f"holds {answer!r}, which does not stand in the context")
            answer = {"text": answer, "answer_start": context.index(answer)}
        text, start = (answer.get("text"), answer.get("answer_start")) if isinstance(answer, dict) else (None, None)
        if not isinstance(text, str) or not isinstance(start, int) or isinstance(start, bool):
            raise DataError(cells.row.where, "an answer needs a text and an answer_start")
        if not text or start < 0 or context[start : start + len(text)] != text:
            raise DataError(cells.row.where, f"the answer {text!r} does not stand at character {start} of the context")
        answers.append(Answer(text, start))
    return list(dict.fromkeys(answers))


def _instruction(cells: Cells, name: str) -> Instruction:
    told = "" if cells.entry.columns["input"] is None else cells.text("input", True)
    return Instruction(name, cells.text("instruction"), told, cells.text("output", True))


def _record(cells: Cells, name: str) -> Example | None:
    entry = cells.entry
    if any(as_written(cells.get(target)) in entry.no_label for target in entry.targets):
        return None
    fields = entry.free_fields()
    return entry.example_type(name, **{field: _value(cells, field, column) for field, column in fields.items()})


def _value(cells: Cells, field: str, column: Column) -> str | float | int | tuple[str, ...]:
    match column.type:
        case "text":
            return cells.text(field, column.may_be_empty)
        case "list":
            return cells.listed(field)
        case "number":
            return cells.number(field, column.at_least, column.at_most)
        case "integer":
            number = cells.number(field, column.at_least, column.at_most)
            if not number.is_integer():
                raise cells.wrong(field, f"is {cells.get(field)!r}; it must be a whole number, or of the type `number`")
            return int(number)


PARSERS: Mapping[Kind, Callable[[Cells, str], Example | None]] = {
    "sentence": _sentence,
    "pair": _pair,
    "question": _question,
    "instruction": _instruction,
    "free": _record,
}
