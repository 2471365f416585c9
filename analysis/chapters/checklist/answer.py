"""An answer to an item: from how many of the things asked about have what the item asks for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from analysis.facts import Comparison, Value, View, derived

Word = Literal["yes", "partly", "no", "not applicable"]


@dataclass(frozen=True)
class Answer:
    """`word` and the sentence that it follows from; `template` and `values` are for `page.say`."""

    word: Word
    template: str
    values: Mapping[str, Value] = field(default_factory=dict)
    tables: Sequence[str] = ()
    """Tables in which the evidence stands, such as `study/cost`."""
    lacking: Sequence[str] = ()
    """The tables or studies that lack what others have."""
    rests_on: Sequence[Comparison] = ()
    """What must hold for the sentence to be true."""


def answered(
    having: Sequence[View],
    asked: Sequence[View],
    what: str,
    template: str,
    nothing: str,
    called: Callable[[View], str] = lambda table: table.id,
    **more: Callable[[], Value],
) -> Answer:
    """`yes` where all of the tables `asked` about are among those `having` what is asked for, `no` where none is.

    The gaps `{having}` and `{asked}` of the template are their numbers, `what` says of what, and `more` works out those
    of other gaps; `nothing` is the sentence without evidence, which has no gaps. Those that lack it are named, as
    `called` says.
    """
    if not having:
        return Answer("no", nothing)
    counts = {
        "having": derived(len(having), [table.about("digests.table") for table in asked], what),
        "asked": derived(len(asked), [table.about("digests.table") for table in asked], "number of those asked about"),
    }
    word: Word = "yes" if len(having) == len(asked) else "partly"
    values = {**counts, **{name: value() for name, value in more.items()}}
    there = {table.id for table in having}
    lacking = tuple(dict.fromkeys(called(table) for table in asked if table.id not in there))
    return Answer(word, template, values, [table.id for table in having], lacking)
