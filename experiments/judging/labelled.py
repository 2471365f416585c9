"""The labelled examples by which judges are judged: our own, in `labelled.yaml`, and the prompts that judges read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import TypeAdapter, ValidationError

from experiments.choices import Text
from experiments.judging.prompts import ANSWER_FIRST, ORDERS, REFERENCE_FIRST, Pair, question, skeleton
from experiments.system import Row
from experiments.tables import safe_yaml
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import shown_path
from experiments.tables.sidecar import Name

LABELLED = Path(__file__).parent / "labelled.yaml"


class Labelled(Closed):
    """An answer that we say is right or wrong."""

    id: Name
    category: Name
    label: Literal["right", "wrong"]
    instruction: Text
    input: str = ""
    reference: Text
    answer: str

    @property
    def pair(self) -> Pair:
        """What is judged."""
        return Pair(self.instruction, self.input, self.reference, self.answer)


@dataclass(frozen=True)
class Shown:
    """What every judge of a study is shown: the prompt around the texts, and the labelled examples."""

    template: str
    examples: tuple[Labelled, ...]


def labelled_examples(path: Path = LABELLED) -> tuple[Labelled, ...]:
    """The examples in the order of the file. Raises UserError naming what is wrong in it."""
    try:
        found = TypeAdapter(tuple[Labelled, ...]).validate_python(safe_yaml.load(safe_yaml.read_text(path)))
    except (OSError, ValueError, yaml.YAMLError) as error:
        what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise UserError(f"{shown_path(path)}: cannot be read: {printable(what, 200)}") from None
    ids = [example.id for example in found]
    if len(set(ids)) < len(ids):
        twice = next(name for name in ids if ids.count(name) > 1)
        raise UserError(f"{shown_path(path)}: the example {twice} stands twice")
    return found


def prompt_rows(shown: Shown) -> Iterator[Row]:
    """What every prompt is made of but the texts."""
    for order in ORDERS:
        yield {"order": order, "template": shown.template, "material": skeleton(order)}


def example_rows(shown: Shown) -> Iterator[Row]:
    """The labelled examples with the prompts that judges read of them."""
    for example in shown.examples:
        prompts = {order: question(shown.template, example.pair, order).prompt for order in ORDERS}
        yield {
            **example.model_dump(),
            "prompt_answer_first": prompts[ANSWER_FIRST],
            "prompt_reference_first": prompts[REFERENCE_FIRST],
        }
