"""The words in which a claim of a published document is put to the test, each with what it must be told.

A claim in a study names one of these predicates and the figures that it is about; `analysis.claims` decides it on the
figures of that document alone. What every predicate does about rounding and about what is missing:

- a figure stands for every number that rounds to its print. A comparison that comes out differently within that range
  is open, and the claim `unverifiable`;
- a figure that the document does not print leaves the claim open too;
- one part of a claim that fails decides it.
"""

import json
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from experiments.statistics.level import LEVEL
from experiments.tables.closed import Closed

FigureField = Literal["quantity", "model", "dataset", "split", "method", "layer"]
Words = Annotated[str | tuple[str, ...], Field(description="one value, or a list of several")]


class Figures(Closed):
    """Which figures of the document: those whose fields have these values. A field left out may have any value."""

    quantity: Words
    model: Words | None = None
    dataset: Words | None = None
    split: Words | None = None
    method: Words | None = None
    layer: int | tuple[int, ...] | None = None
    printed: bool = Field(True, description="false: the document has no such figure, which leaves the claim open")

    def conditions(self) -> dict[str, object]:
        """The fields that are given, as `View.where` takes them."""
        return self.model_dump(exclude_none=True, exclude={"printed"})


class Cell(Closed):
    """A number of this project's own to compare with: one cell of a measured or computed table."""

    table: str = Field(pattern="^[a-z0-9-]+/[a-z0-9-]+$", description="study/table")
    row: dict[str, str | int | float | bool]
    column: str
    words: str = Field(min_length=1, description="what it is, in a sentence: the exact count of Phi-2")


class Greater(Closed):
    """Each figure of `left` is greater (or less) than that of `right` which is about the same otherwise."""

    predicate: Literal["greater", "less"]
    left: Figures
    right: Figures


class Rises(Closed):
    """Every series of figures rises (or falls) from each step to the next.

    A series are figures that differ in the field `along` alone. Without `steps` it goes through all printed ones in
    rising order.
    """

    predicate: Literal["rises", "falls"]
    of: Figures
    along: FigureField
    steps: tuple[str | int, ...] = Field((), description="values of the field `along`, in order")


class Equal(Closed):
    """Two figures are equal.

    `equal` is open where rounding may hide a difference; `within-rounding` asks no more than that the prints agree.
    """

    predicate: Literal["equal", "within-rounding"]
    left: Figures
    right: Figures | Cell


class Within(Closed):
    """Two figures differ by less than a share of the right one, whatever both were before rounding."""

    predicate: Literal["within"]
    left: Figures
    right: Figures | Cell
    tolerance: float = Field(gt=0, lt=1, description="0.01 for one per cent")


class ShareOf(Closed):
    """The printed `share` is that of `part` in `whole`, to its last printed place."""

    predicate: Literal["share-of"]
    share: Figures
    part: Figures
    whole: Figures


class ShareBelow(Closed):
    """`part` is less than a share `below` of `whole`."""

    predicate: Literal["share-below"]
    part: Figures
    whole: Figures
    below: float = Field(gt=0, le=1, description="0.05 for five per cent")


class SumOf(Closed):
    """`total` is the sum of `parts`."""

    predicate: Literal["sum-of"]
    total: Figures
    parts: Annotated[tuple[Figures, ...], Field(min_length=2)]


class OnlyTheLast(Closed):
    """In the order of the field `along` every figure is printed as zero but the last, which is greater."""

    predicate: Literal["only-the-last"]
    of: Figures
    along: FigureField


class DifferenceSignificant(Closed):
    """The share `left` is significantly greater than the share `right`, by Fisher's exact test.

    `n` is the number of examples behind both. Open without it, and where the prints admit counts on either side of the
    level.
    """

    predicate: Literal["difference-significant"]
    left: Figures
    right: Figures
    n: Figures
    level: float = Field(LEVEL, gt=0, lt=1)


class LabelOfCase(Closed):
    """A printed case has the label whose number `label` is, among the values printed with it.

    It fails where the number is not among them. Where it is, the claim stays open: what each value stands for is not
    printed.
    """

    predicate: Literal["label-of-case"]
    group: str
    case: int
    label: Figures


class AllOf(Closed):
    """Several tests, all of which must hold."""

    predicate: Literal["all-of"]
    parts: Annotated[tuple["Test", ...], Field(min_length=2)]


TESTS = (
    Greater,
    Rises,
    Equal,
    Within,
    ShareOf,
    ShareBelow,
    SumOf,
    OnlyTheLast,
    DifferenceSignificant,
    LabelOfCase,
    AllOf,
)
Test = Annotated[reduce(or_, TESTS), Field(discriminator="predicate")]
AllOf.model_rebuild()
_ANY_TEST: TypeAdapter[Test] = TypeAdapter(Test)

UP, DOWN = {"greater", "rises", "difference-significant"}, {"less", "falls", "share-below"}
"""Predicates that say which of two figures is the greater."""


def read_test(predicate: str, parameters: str) -> Test:
    """The test of a row of a claims table. Raises pydantic's ValidationError for what is none."""
    return _ANY_TEST.validate_python({**json.loads(parameters), "predicate": predicate})


def selectors(test: Closed) -> Iterator[Figures]:
    """Every choice of figures in a test, those of its parts too."""
    for _, value in test:
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Figures):
                yield each
            elif isinstance(each, TESTS):
                yield from selectors(each)


def directions(test: Closed) -> set[str]:
    """`up`, `down`: the directions that a test and its parts name."""
    if isinstance(test, AllOf):
        return set().union(*map(directions, test.parts))
    return {"up"} if test.predicate in UP else {"down"} if test.predicate in DOWN else set()
