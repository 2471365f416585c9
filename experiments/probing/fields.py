"""Fields of examples by name: what a template may show, what a probe may predict, what a control may go by."""

from dataclasses import fields
from string import Formatter
from typing import get_type_hints

from experiments.data.examples import Example, Instruction, Movie, Pair, Question, Sentence
from experiments.data.parse import Kind

CLASSES: dict[Kind, type] = {
    "sentence": Sentence,
    "pair": Pair,
    "question": Question,
    "instruction": Instruction,
    "movie": Movie,
}
SHOWN = (str, int, float, tuple[str, ...])


def shown_fields(kind: Kind) -> tuple[str, ...]:
    """The fields that are text, numbers or lists of text."""
    hints = get_type_hints(CLASSES[kind])
    return tuple(field.name for field in fields(CLASSES[kind]) if field.name != "id" and hints[field.name] in SHOWN)


def word_fields(kind: Kind) -> tuple[str, ...]:
    """Those of them that are text."""
    return tuple(name for name in shown_fields(kind) if get_type_hints(CLASSES[kind])[name] is str)


def number_fields(kind: Kind) -> tuple[str, ...]:
    """Those of them that are numbers."""
    return tuple(name for name in shown_fields(kind) if get_type_hints(CLASSES[kind])[name] in (int, float))


def conditions(kind: Kind) -> tuple[str, ...]:
    """What an example can be or not be: `rated`, `described`, `answerable`."""
    found = CLASSES[kind].__dict__.items()
    return tuple(name for name, member in found if isinstance(member, property))


def shown(example: Example, field: str) -> str:
    """The field as a prompt shows it: numbers as Python writes them, lists with commas."""
    value = getattr(example, field)
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def fields_in(template: str) -> list[str]:
    """The names in braces. Raises ValueError where the template is none, or holds more in braces than names."""
    found = []
    for _, field, spec, conversion in Formatter().parse(template):
        if field is not None:
            if not field.isidentifier() or spec or conversion:
                raise ValueError(f"prompt holds {{{field}}}, which is no name of a field")
            found.append(field)
    return found
