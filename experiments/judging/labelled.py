"""The labelled examples by which judges are judged: our own, in `labelled.yaml`."""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import TypeAdapter, ValidationError

from experiments.choices import Text
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


def labelled_examples(path: Path = LABELLED) -> tuple[Labelled, ...]:
    """The examples in the order of the file. Raises UserError naming what is wrong in it."""
    try:
        found = TypeAdapter(tuple[Labelled, ...]).validate_python(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as error:
        what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise UserError(f"{shown_path(path)}: cannot be read: {printable(what, 200)}") from None
    ids = [example.id for example in found]
    if len(set(ids)) < len(ids):
        twice = next(name for name in ids if ids.count(name) > 1)
        raise UserError(f"{shown_path(path)}: the example {twice} stands twice")
    return found
