"""Claims of a published document: what its study says of them, and their rows."""

import json
import re
from collections.abc import Iterator
from typing import Annotated, Protocol, Self

from pydantic import AfterValidator, ConfigDict, Field, ValidationError, create_model, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from experiments.published.directions import is_of_another, is_of_mistakes, tested_directions, told_directions
from experiments.tables.claims import TESTS, Best, Own, lower_is_better, one_of
from experiments.tables.closed import Closed
from experiments.tables.sidecar import Column

CLAIM_COLUMNS = (
    Column(name="claim", type="string", meaning="identifier of the claim"),
    Column(name="source", type="string", meaning="key of the source in the study"),
    Column(name="statement", type="string", meaning="the claim in our words"),
    Column(
        name="quote",
        type="string",
        meaning="the claim in the source's words, white space made one; […] where words are left out",
        nullable=True,
    ),
    Column(name="place", type="string", meaning="where in the source the claim stands"),
    Column(name="note", type="string", meaning="what a reader of the verdict must know", nullable=True),
    Column(name="predicate", type="string", meaning="name of the test in experiments.tables.claims that decides it"),
    Column(name="parameters", type="string", meaning="what the test is about: figures and bounds, as JSON"),
)

QUOTE_WORDS = 30
"""The most words of a document that one claim quotes."""


def _check_short(quote: str) -> str:
    """`quote` with single spaces. Raises ValueError where it is empty, or too long for a short quotation."""
    words = quote.split()
    if not words:
        raise ValueError("the quotation is empty; give the words of the source, or leave the field out")
    if len(words) > QUOTE_WORDS:
        raise ValueError(f"the quotation has {len(words)} words; give at most {QUOTE_WORDS}")
    return " ".join(words)


def _of_statement(said: str) -> ValidationError:
    """A fault of a claim's statement."""
    fault = PydanticCustomError("statement", "{said}", {"said": said})
    return ValidationError.from_exception_data("claim", [InitErrorDetails(type=fault, loc=("statement",), input={})])


class ClaimText(Closed):
    """What a claim says, in our words and in the source's, and where it stands.

    The predicate and its parameters say how it is tested.
    """

    claim: str = Field(pattern="^[a-z0-9-]+$")
    statement: str = Field(min_length=1, description="The claim in our words; those of `quote` where it is left out.")
    quote: Annotated[str, AfterValidator(_check_short)] | None = Field(
        None,
        description=f"The claim in the source's words, at most {QUOTE_WORDS} of them, verbatim but for white space; "
        "[…] stands for words left out.",
    )
    place: str
    note: str | None = Field(None, min_length=1, description="What a reader of the verdict must know.")

    @model_validator(mode="before")
    @classmethod
    def _take_quote_as_statement(cls, given: object) -> object:
        """A claim that is only quoted is stated in the words of its quotation."""
        if isinstance(given, dict) and isinstance(given.get("quote"), str) and given.get("statement") is None:
            return {**given, "statement": given["quote"]}
        return given

    @model_validator(mode="after")
    def _check_one_direction(self) -> Self:
        if isinstance(self, Best):
            return self._one_extreme(self)
        said, tested = told_directions(self), tested_directions(self)
        if len(said) == len(tested) == 1 and said != tested:
            raise _of_statement(
                f"the statement {self.statement!r} says that something goes {said.pop()}, "
                f"but the predicate {self.predicate} tests whether it goes {tested.pop()}"
            )
        return self

    def _one_extreme(self, test: Best) -> Self:
        most, least = _MOST.search(self.statement), _LEAST.search(self.statement)
        found = most or least
        if bool(most) == bool(least) or is_of_another(self.statement, found, test.left.quantity):
            return self
        of_mistakes = is_of_mistakes(self.statement, found) and not lower_is_better(test.left.quantity)
        if bool(most) != (test.higher != of_mistakes):
            raise _of_statement(
                f"the statement {self.statement!r} says that something is the {(most or least)[0]}, but the predicate "
                f"best takes the {'higher' if test.higher else 'lower'} figure for the better one; say `better: "
                f"{'higher' if most else 'lower'}`, or mend the statement"
            )
        return self

    @property
    def row(self) -> dict[str, object]:
        """Its row, without the source; the parameters are those that are given."""
        texts = self.model_dump(include={*ClaimText.model_fields, "predicate"})
        parameters = self.model_dump(mode="json", exclude_defaults=True, exclude=set(texts))
        return texts | {"parameters": json.dumps(parameters, ensure_ascii=False)}


class OwnClaim(ClaimText, Own):
    """A claim that is tested by a predicate of the project."""

    model_config = ConfigDict(extra="allow", frozen=True)


Claim = one_of(
    {test.__name__: create_model(f"{test.__name__}Claim", __base__=(ClaimText, test)) for test in TESTS}
    | {"Own": OwnClaim}
)
"""A claim of the source: its text, its predicate, and the predicate's own parameters, all side by side in the YAML."""

_MOST = re.compile(r"\b(highest|largest|greatest)\b", re.I)
_LEAST = re.compile(r"\b(lowest|smallest|fewest)\b", re.I)


class Claiming(Protocol):
    """A study with claims on its one source."""

    claims: tuple[Claim, ...]
    sources: dict[str, object]


def claim_rows(study: Claiming) -> Iterator[dict[str, object]]:
    """The claims in the order of the study."""
    (source,) = study.sources
    for claim in study.claims:
        yield claim.row | {"source": source}
