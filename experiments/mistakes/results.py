"""What a run found beside the predictions of a fine-tuning study, and its rows in the run table `miscounts`."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from experiments.finetuning.results import Found, Results, Row


@dataclass(frozen=True)
class Counted:
    """A number of parameters as the mistake gives it, and as it is; `by` is the call that gives the former."""

    mistake: str
    quantity: str
    by: str
    printed: float
    honest: float


@dataclass(frozen=True, kw_only=True)
class Made(Found):
    """What one part of the run found; the part without a seed has the counts."""

    counted: tuple[Counted, ...] = field(default=())


def count_rows(results: Results) -> Iterator[Row]:
    """The rows of the table of counts."""
    yield from (vars(each) for each in results.outcome.shared.counted)
