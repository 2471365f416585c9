"""What a judge reads: a pair of answer and reference in one of two orders, inside the study's prompt.

The texts stand in the prompt as a JSON object. Whatever an answer holds (quotes, markup, the words of the prompt
itself), it stays inside its string, and anybody who has the texts builds the same prompt to the byte.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from experiments.tables.digest import sha256_bytes

ANSWER_FIRST, REFERENCE_FIRST, NO_ORDER = "answer-first", "reference-first", "none"
ORDERS = (ANSWER_FIRST, REFERENCE_FIRST)


@dataclass(frozen=True)
class Pair:
    """An answer to an instruction, and the reference that it is held to."""

    instruction: str
    input: str
    reference: str
    answer: str


@dataclass(frozen=True)
class Question:
    """What a judge is asked once: a pair, in one order."""

    pair: Pair
    order: str
    prompt: str

    @property
    def digest(self) -> str:
        """SHA-256 of the prompt: the same prompt is the same question."""
        return sha256_bytes(self.prompt.encode())


def question(template: str, pair: Pair, order: str) -> Question:
    """The pair in the study's prompt; with no order, as it is first."""
    texts = {"answer": pair.answer, "reference": pair.reference}
    names = tuple(texts) if order != REFERENCE_FIRST else tuple(reversed(texts))
    shown = {"instruction": pair.instruction, **({"input": pair.input} if pair.input else {})}
    return Question(pair, order, template.format(material=_as_json(shown | {name: texts[name] for name in names})))


def skeleton(order: str) -> str:
    """The JSON of an order with the names of the texts in their place; an empty input is left out."""
    names = ("answer", "reference") if order == ANSWER_FIRST else ("reference", "answer")
    return _as_json({name: f"<{name}>" for name in ("instruction", "input", *names)})


def _as_json(texts: Mapping[str, str]) -> str:
    return json.dumps(texts, ensure_ascii=False, indent=1)
