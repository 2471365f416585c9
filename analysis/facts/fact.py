"""A shown value: its text, its place in the chapter, its markdown, and its line in the fact log."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from analysis.facts.escape import attribute, markdown
from analysis.facts.marks import mark, named
from analysis.facts.values import Value

Form = Literal["inline", "cell", "point", "alt", "caption", "sentence"]
NAMED = 3
"""Tables that the note on a value names; of a sum over many the rest is a number."""
LONG = 40
"""Characters beyond which a cell is prose: its column keeps a readable width."""

_NAME = re.compile(r"\S+-\S+-\S+")
_HYPHENATED = re.compile(r"[A-Za-z]{1,8}-[A-Za-z]{1,8}")


@dataclass(frozen=True)
class Fact:
    """One value shown. Prints itself as Pandoc markdown: as an inline expression, in print() and in f-strings."""

    id: str
    form: Form
    label: str | None
    """The figure, table or claim that it belongs to."""
    text: str
    value: Value
    marked: bool = True

    def __str__(self) -> str:
        return self.span()

    def _repr_markdown_(self) -> str:
        return self.span()

    def span(self) -> str:
        """The value as a Pandoc span of class `fact` and its kind, with its origin as a tooltip."""
        classes = f".fact .{self.value.kind}" + (" .missing" if self.value.missing else "")
        if self.form == "cell":
            sorts = {
                ".long": len(self.text) > LONG,
                ".word": _HYPHENATED.fullmatch(self.text),
                ".name": _NAME.fullmatch(self.text),
            }
            classes += next((f" {name}" for name, fits in sorts.items() if fits), "")
        letter = mark(self.value.kind) if self.marked else ""
        title = attribute(" · ".join([self.value.kind, *named(self.value.tables, NAMED), self.value.how]))
        return f'[{_text(self)}{letter}]{{{classes} data-fact="{self.id}" title="{title}"}}'

    def as_json(self) -> dict[str, Any]:
        """The fact as it stands in the fact log and in facts.json."""
        return {
            "id": self.id,
            "form": self.form,
            "label": self.label,
            "text": self.text,
            "value": self.value.as_data(),
            "unit": self.value.unit,
            "kind": self.value.kind,
            "how": self.value.how,
            "origins": [origin.as_json() for origin in self.value.origins],
        }


def _text(fact: Fact) -> str:
    # Numbers as Python formats them hold nothing that Pandoc reads as markup, and stay readable in the source.
    plain = not isinstance(fact.value.data, str) and all(c.isalnum() or c in ",. −%/+" for c in fact.text)
    return fact.text if plain and ".." not in fact.text else markdown(fact.text)
