"""Fields of examples by name: what a template may show, what a probe may predict, what a control may go by."""

from dataclasses import fields
from string import Formatter
from typing import get_type_hints

from experiments.data.examples import Example

SHOWN = (str, int, float, tuple[str, ...])


def shown_fields(example: type) -> tuple[str, ...]:
    """The fields of a class of examples that are text, numbers or lists of text."""
    hints = get_type_hints(example)
    return tuple(field.name for field in fields(example) if field.name != "id" and hints[field.name] in SHOWN)


def word_fields(example: type) -> tuple[str, ...]:
    """The fields of a class of examples that are text."""
    return tuple(name for name in shown_fields(example) if get_type_hints(example)[name] is str)


def number_fields(example: type) -> tuple[str, ...]:
    """The fields of a class of examples that are numbers."""
    return tuple(name for name in shown_fields(example) if get_type_hints(example)[name] in (int, float))


def conditions(example: type) -> tuple[str, ...]:
    """What an example can be or not be: `answerable`, or what a data set says of its records, such as `rated`."""
    found = example.__dict__.items()
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
