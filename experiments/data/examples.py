"""One example of each kind of task. An `id` is unique in its split; text is as the data set has it, ends stripped."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Sentence:
    """A text with a label."""

    id: str
    text: str
    label: str


@dataclass(frozen=True)
class Pair:
    """A premise and a hypothesis, with the label of their relation."""

    id: str
    premise: str
    hypothesis: str
    label: str


@dataclass(frozen=True)
class Answer:
    """A span of the context that answers the question; `start` counts characters."""

    text: str
    start: int


@dataclass(frozen=True)
class Question:
    """A question about a paragraph; without answers it cannot be answered from it. `paragraph` is the cluster."""

    id: str
    question: str
    context: str
    title: str
    paragraph: str
    answers: tuple[Answer, ...]

    @property
    def answerable(self) -> bool:
        return bool(self.answers)


@dataclass(frozen=True)
class Instruction:
    """An instruction, its input (often empty) and the reference output."""

    id: str
    instruction: str
    input: str
    output: str


@dataclass(frozen=True)
class Record:
    """An example with fields of any names.

    Each data set of the kind "free" has a subclass of its own, with its fields and conditions: `Entry.example_type`
    makes it.
    """

    id: str


Example = Sentence | Pair | Question | Instruction | Record


def text_of(example: Example) -> str:
    """What a model reads of an example, in one string; never its label or answer. Of a record all that is text."""
    match example:
        case Sentence():
            return example.text
        case Pair():
            return f"{example.premise}\n{example.hypothesis}"
        case Question():
            return f"{example.context}\n{example.question}"
        case Instruction():
            return f"{example.instruction}\n{example.input}"
        case Record():
            return "\n".join(getattr(example, field.name) for field in fields(example)[1:] if field.type is str)
