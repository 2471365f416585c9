"""The words in which a claim of a published document is put to the test, each with what it must be told.

A claim in a study names one of these predicates and the figures that it is about; `analysis.claims` decides it on the
figures of that document alone. What every predicate does about rounding, about what is missing and about n:

- a figure stands for every number that rounds to its print. A comparison that comes out differently within that range
  is open, and the claim `unverifiable`;
- a figure that the document does not print leaves the claim open too;
- one part of a claim that fails decides it;
- a predicate that needs n takes the figures named as `n`, or else what the document prints with the figure itself or as
  `samples` of the same data set and split. Without it the claim is open.

A predicate with a dot in its name is a function of the project: see `Own`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from experiments.statistics.level import LEVEL
from experiments.tables.closed import Closed
from experiments.tables.errors import printable

FigureField = Literal["quantity", "model", "dataset", "split", "method", "layer", "label"]
Words = Annotated[str | tuple[str, ...], Field(description="one value, or a list of several")]


def absent(value: object) -> bool:
    """Whether a key is not given: one that came later is then left out of a study's digest, so that it stays."""
    return value is None


class Figures(Closed):
    """Which figures of the document: those whose fields have these values. A field left out may have any value."""

    quantity: Words
    model: Words | None = None
    dataset: Words | None = None
    split: Words | None = None
    method: Words | None = None
    layer: int | tuple[int, ...] | None = None
    label: Words | None = Field(None, exclude_if=absent)
    printed: bool = Field(True, description="false: the document has no such figure, which leaves the claim open")

    def conditions(self) -> dict[str, object]:
        """The fields that are given, as `View.where` takes them."""
        return self.model_dump(exclude_none=True, exclude={"printed"})


_TABLE = "^[a-z0-9-]+/[a-z0-9-]+$"


class Cell(Closed):
    """A number of this project's own to compare with: one cell of a measured or computed table."""

    table: str = Field(pattern=_TABLE, description="study/table")
    row: dict[str, str | int | float | bool]
    column: str
    words: str = Field(min_length=1, description="what it is, in a sentence: the exact count of Phi-2")

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, given: object) -> object:
        """Refuse a cell with other keys than these in one line that names them all."""
        if not isinstance(given, Mapping):
            return given
        stray = ", ".join(printable(str(key)) for key in given if key not in _OF_CELL)
        gone = ", ".join(key for key in _OF_CELL if key not in given)
        table = given.get("table")
        if not stray and not gone and (not isinstance(table, str) or re.fullmatch(_TABLE, table)):
            return given
        named = stray or gone
        what = [f"there is no key {stray}"] * bool(stray) + [f"without {gone}"] * bool(gone)
        what += [] if named else [f"{printable(table)} names no study and table"]
        known = ", ".join(f"{name} ({said})" for name, said in _OF_CELL.items())
        raise ValueError(f"{' and '.join(what)}; a cell has the keys {known}")


_OF_CELL = {
    "table": "study/table",
    "row": "a value for each key column, as {configuration: phi-2}",
    "column": "the column of the number",
    "words": "what it is, in a sentence",
}
"""The keys of a cell."""


def _fraction(given: object) -> object:
    """A percentage as the share that it is; anything else as it stands."""
    if not isinstance(given, str):
        return given
    found = re.fullmatch(r"([0-9]+(?:[.,][0-9]+)?)\s*(?:%|percent|per cent)", given.strip())
    try:
        return float(Decimal(found[1].replace(",", ".")) / 100) if found else float(given)
    except ValueError:
        raise ValueError('must be a number such as 0.01, or a percentage such as "1%"') from None


Share = Annotated[float, BeforeValidator(_fraction)]
"""A number that may be written as a percentage."""


def _significance(given: object) -> object:
    """A level of significance; refuses the confidence of an interval, which would turn verdicts round."""
    given = _fraction(given)
    if isinstance(given, int | float) and 0.5 <= given < 1:
        raise ValueError("this is the confidence of an interval; a level is what that leaves to 1: write 0.05 for 95%")
    return given


Level = Annotated[
    float,
    BeforeValidator(_significance),
    Field(gt=0, lt=0.5, description='the level of significance, what the confidence leaves to 1: 0.05, or "5%"'),
]
"""What a test compares its p-value with."""


class Constant(Closed):
    """A number that the claim itself names: 0.9, or "90%". It is meant exactly."""

    value: Share = Field(description='0.9, or "90%"', allow_inf_nan=False)
    words: str | None = Field(None, min_length=1, exclude_if=absent, description="what it is, in a sentence")


def _kind(given: object) -> str:
    """Which of the three a right side is, by its keys."""
    if isinstance(given, Cell) or (isinstance(given, Mapping) and "table" in given):
        return "cell"
    return "constant" if isinstance(given, Constant) or (isinstance(given, Mapping) and "value" in given) else "figures"


Other = Annotated[
    Annotated[Figures, Tag("figures")] | Annotated[Cell, Tag("cell")] | Annotated[Constant, Tag("constant")],
    Discriminator(_kind),
]
"""What figures are compared with: figures, a cell of a table of the project's own, or a number."""


class Greater(Closed):
    """Each figure of `left` is greater (or less) than that of `right` which is about the same otherwise."""

    predicate: Literal["greater", "less"]
    left: Figures
    right: Other


class Rises(Closed):
    """Every series of figures rises (or falls) from each step to the next.

    A series are figures that differ in the field `along` alone. Without `steps` it goes through all printed ones in
    rising order.
    """

    predicate: Literal["rises", "falls"]
    of: Figures
    along: FigureField
    steps: tuple[str | int, ...] = Field((), description="values of the field `along`, in order")


class Monotone(Closed):
    """Every series of figures goes one way from each step to the next, up or down; equal neighbours do no harm.

    Series and steps are those of `rises`.
    """

    predicate: Literal["monotone"]
    of: Figures
    along: FigureField
    steps: tuple[str | int, ...] = Field((), description="values of the field `along`, in order")


class Best(Closed):
    """No figure of `among` that is about the same otherwise is better than that of `left`.

    Better is higher, but for quantities such as an error, a loss, a time or a memory; `better` says otherwise.
    """

    predicate: Literal["best"]
    left: Figures
    among: Figures
    better: Literal["higher", "lower"] | None = None

    @property
    def higher(self) -> bool:
        """Whether the better of two figures is the higher one."""
        if self.better is not None:
            return self.better == "higher"
        return not lower_is_better(self.left.quantity)


class Times(Closed):
    """Each figure of `left` is at least `factor` times that of `right` which is about the same otherwise."""

    predicate: Literal["times"]
    left: Figures
    right: Other
    factor: float = Field(gt=0, description="2 for twice as much, 0.5 for half")


class Equal(Closed):
    """Two figures are equal.

    `equal` is open where rounding may hide a difference; `within-rounding` asks no more than that the prints agree.
    """

    predicate: Literal["equal", "within-rounding"]
    left: Figures
    right: Other


class Within(Closed):
    """Two figures differ by less than a share of the right one, whatever both were before rounding."""

    predicate: Literal["within"]
    left: Figures
    right: Other
    tolerance: Share = Field(gt=0, lt=1, description='0.01, or "1%"')


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
    below: Share = Field(gt=0, le=1, description='0.05, or "5%"')


class SumOf(Closed):
    """`total` is the sum of `parts`."""

    predicate: Literal["sum-of"]
    total: Figures
    parts: Annotated[tuple[Figures, ...], Field(min_length=2)]


class DifferenceOf(Closed):
    """The printed `difference` is that of `left` less `right`."""

    predicate: Literal["difference-of"]
    difference: Figures
    left: Figures
    right: Figures


class MeanOf(Closed):
    """The printed `mean` is that of all the figures in `of`, each with the same weight."""

    predicate: Literal["mean-of"]
    mean: Figures
    of: Figures


class OnlyTheLast(Closed):
    """In the order of the field `along` every figure is printed as zero but the last, which is greater."""

    predicate: Literal["only-the-last"]
    of: Figures
    along: FigureField


class DifferenceSignificant(Closed):
    """The share `left` is significantly greater than the share `right`, by Fisher's exact test (two-sided).

    `n` is the number of examples behind both, each side's own where it is not given. Open without it, and where the
    prints admit counts on either side of the level.
    """

    predicate: Literal["difference-significant"]
    left: Figures
    right: Figures
    n: Figures | None = None
    level: Level = LEVEL


class AtChance(Closed):
    """Each share in `of` is what a guess may score: its interval at 1 − `level` (Wilson) holds that of a guess.

    A guess scores `chance`, or one over the number of `classes`, or of the labels (`label_id`) that the document lists
    for the data set. Open without that or without n, and where the prints admit counts on either side.
    """

    predicate: Literal["at-chance"]
    of: Figures
    n: Figures | None = None
    chance: Share | None = Field(None, gt=0, lt=1, description='the share that a guess gets right: 0.5, or "50%"')
    classes: int | None = Field(None, gt=1, description="the number of labels, each as likely for a guess")
    level: Level = LEVEL


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


Given = Annotated[
    Annotated[Figures, Tag("figures")]
    | Annotated[Cell, Tag("cell")]
    | Annotated[str | int | float | bool | tuple[str, ...] | tuple[float, ...] | None, Tag("plain")],
    Discriminator(lambda given: _kind(given) if isinstance(given, Mapping | Figures | Cell) else "plain"),
]


class Own(Closed):
    """A predicate of the project: `module.function`, a function in a Python module below the project's root.

    Every other key is an argument of that name: figures and cells come as `Known`, or as a list of them where a choice
    has several; anything else as it stands. The function returns a `Said`. It is called only where every figure is
    printed; otherwise the claim is open. What it makes of rounding and n is its own affair, and its docstring's.
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Given] = Field(init=False)

    predicate: str = Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")

    @property
    def arguments(self) -> dict[str, object]:
        """The keys of the claim that are none of a claim's own."""
        return dict(self.__pydantic_extra__ or {})


@dataclass(frozen=True)
class Known:
    """A printed figure as a predicate of a project sees it: its value, and the least and most that round to its print.

    `n` is the number of examples behind it, None where the document does not print it.
    """

    value: float
    low: float
    high: float
    n: int | None = None


@dataclass(frozen=True)
class Said:
    """What a predicate of a project returns: the decision, None where it is open, and a sentence.

    Gaps of the sentence are the names of the arguments: "{left} is at least twice {right}". A figure is shown in words
    with its print.
    """

    decided: bool | None
    sentence: str


TESTS = (
    Greater,
    Rises,
    Monotone,
    Best,
    Equal,
    Within,
    Times,
    ShareOf,
    ShareBelow,
    SumOf,
    DifferenceOf,
    MeanOf,
    OnlyTheLast,
    DifferenceSignificant,
    AtChance,
    LabelOfCase,
    AllOf,
)


def names_of(test: type[Closed]) -> tuple[str, ...]:
    """The predicates that a model of a test stands for."""
    return test.model_fields["predicate"].annotation.__args__


_TAGS = {name: test.__name__ for test in TESTS for name in names_of(test)}


def _tag(given: object) -> str | None:
    predicate = dict(given).get("predicate") if isinstance(given, Mapping | Closed) else None
    return "Own" if isinstance(predicate, str) and "." in predicate else _TAGS.get(predicate)


def _check_predicate(given: object) -> object:
    """Refuse a word that is no predicate, and say which may be meant."""
    if not isinstance(given, Mapping) or _tag(given):
        return given
    word = given.get("predicate")
    near = get_close_matches(str(word), _TAGS, n=1)
    what = "say how the claim is tested" if word is None else f"{printable(str(word))} is no predicate"
    said = f"{what}{f' (did you mean {near[0]}?)' if near else ''}; known: {', '.join(_TAGS)}, module.function"
    error = PydanticCustomError("missing" if word is None else "predicate", "{said}", {"said": said})
    raise ValidationError.from_exception_data(
        "predicate", [InitErrorDetails(type=error, loc=("predicate",) if word is not None else (), input={})]
    )


def one_of(tests: Mapping[str, type[Closed]]) -> Any:
    """The type of a mapping whose `predicate` tells by which of these models (by the name of its test) it is read."""
    tagged = [Annotated[model, Tag(tag)] for tag, model in tests.items()]
    return Annotated[reduce(or_, tagged), Discriminator(_tag), BeforeValidator(_check_predicate)]


Test = one_of({test.__name__: test for test in (*TESTS, Own)})
AllOf.model_rebuild()
_ANY_TEST: TypeAdapter[Test] = TypeAdapter(Test)

UP, DOWN = {"greater", "rises", "difference-significant"}, {"less", "falls", "share-below"}
"""Predicates that say which of two figures is the greater."""


def read_test(predicate: str, parameters: str) -> Test:
    """The test of a row of a claims table. Raises pydantic's ValidationError for what is none."""
    return _ANY_TEST.validate_python({**json.loads(parameters), "predicate": predicate})


def selectors(test: Closed) -> Iterator[Figures]:
    """Every choice of figures in a test, those of its parts too."""
    return (chosen for _, chosen in places(test))


def places(test: Closed, within: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Figures]]:
    """Every choice of figures with the keys that lead to it: ("parts", 0, "left")."""
    return ((path, each) for path, each in _parts(test, within) if isinstance(each, Figures))


def cells(test: Closed) -> Iterator[tuple[tuple[str | int, ...], Cell]]:
    """Every cell of a table that it compares with, likewise."""
    return ((path, each) for path, each in _parts(test, ()) if isinstance(each, Cell))


def _parts(test: Closed, within: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Figures | Cell]]:
    for name, value in test:
        several = isinstance(value, tuple)
        for at, each in enumerate(value if several else (value,)):
            path = (*within, name, at) if several else (*within, name)
            if isinstance(each, (Figures, Cell)):
                yield path, each
            elif isinstance(each, (*TESTS, Own)):
                yield from _parts(each, path)


def directions(test: Closed) -> set[str]:
    """`up`, `down`: the directions that a test and its parts name."""
    if isinstance(test, AllOf):
        return set().union(*map(directions, test.parts))
    return {"up"} if test.predicate in UP else {"down"} if test.predicate in DOWN else set()


_LOWER = re.compile(
    r"(?:^|_)(?:mse|rmse|mae|loss|perplexity|errors?|wer|cer|brier|ece|time|latency|memory|energy|cost)(?:_|$)"
)


def lower_is_better(quantity: str | tuple[str, ...]) -> bool:
    """Whether the lower of two figures is the better one, for all quantities named: errors, losses, times, memory."""
    return all(map(_LOWER.search, (quantity,) if isinstance(quantity, str) else quantity))
