"""Claims of a published document: what its study says of them, and their rows."""

import json
import re
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Annotated, Protocol, Self

from pydantic import Field, create_model, model_validator

from experiments.tables.claims import TESTS, directions
from experiments.tables.closed import Closed
from experiments.tables.sidecar import Column

CLAIM_COLUMNS = (
    Column(name="claim", type="string", meaning="identifier of the claim"),
    Column(name="source", type="string", meaning="key of the source in the study"),
    Column(name="statement", type="string", meaning="the claim in our words"),
    Column(name="place", type="string", meaning="where in the source the claim stands"),
    Column(name="note", type="string", meaning="what a reader of the verdict must know", nullable=True),
    Column(name="predicate", type="string", meaning="name of the test in experiments.tables.claims that decides it"),
    Column(name="parameters", type="string", meaning="what the test is about: figures and bounds, as JSON"),
)


class ClaimText(Closed):
    """What a claim says, in our words, and where it stands. The predicate and its parameters say how it is tested."""

    claim: str = Field(pattern="^[a-z0-9-]+$")
    statement: str = Field(min_length=1)
    place: str
    note: str | None = Field(None, min_length=1, description="What a reader of the verdict must know.")

    @model_validator(mode="after")
    def _one_direction(self) -> Self:
        said, tested = stated_directions(self.statement), directions(self)
        if len(said) == len(tested) == 1 and said != tested:
            raise ValueError(
                f"the statement {self.statement!r} says that something goes {said.pop()}, "
                f"but the predicate {self.predicate} tests whether it goes {tested.pop()}"
            )
        return self

    @property
    def row(self) -> dict[str, object]:
        """Its row, without the source; the parameters are those that are given."""
        texts = self.model_dump(include={*ClaimText.model_fields, "predicate"})
        parameters = self.model_dump(mode="json", exclude_defaults=True, exclude=set(texts))
        return texts | {"parameters": json.dumps(parameters, ensure_ascii=False)}


Claim = Annotated[
    reduce(or_, [create_model(f"{test.__name__}Claim", __base__=(ClaimText, test)) for test in TESTS]),
    Field(discriminator="predicate"),
]
"""A claim of the source: its text, its predicate, and the predicate's own parameters, all side by side in the YAML."""

_UP = re.compile(r"\b(ris(e|es|ing)|raises?|grows?|improves?|increases?|higher|greater|above|exceeds?)\b", re.I)
_DOWN = re.compile(r"\b(falls?|lowers?|lower|drops?|decreases?|declines?|reduces?|fewer|below|worsens?)\b", re.I)
_NOT = re.compile(r"\b(not|never|no)\b|n't\b", re.I)


def stated_directions(statement: str) -> set[str]:
    """`up`, `down`: the directions that the words of a statement tell; a denied one is the other."""
    said = {name for name, words in (("up", _UP), ("down", _DOWN)) if words.search(statement)}
    if len(said) == 1 and _NOT.search(statement):
        return {"down", "up"} - said
    return said


class Claiming(Protocol):
    """A study with claims on its one source."""

    claims: tuple[Claim, ...]
    sources: dict[str, object]


def claim_rows(study: Claiming) -> Iterator[dict[str, object]]:
    """The claims in the order of the study."""
    (source,) = study.sources
    for claim in study.claims:
        yield claim.row | {"source": source}
