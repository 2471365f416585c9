"""What can go wrong while a model computes, each as one clear line."""

from collections.abc import Iterator
from contextlib import contextmanager

from experiments.tables.errors import UserError

MEMORY = ("out of memory", "can't allocate memory", "cannot allocate memory", "not enough memory")


class TrainingError(UserError):
    """Training that cannot go on."""


@contextmanager
def raise_on_oom(what: str) -> Iterator[None]:
    """Turn every way in which torch runs out of memory into a TrainingError that says at `what`, and what to do."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not isinstance(error, MemoryError) and not any(word in str(error).lower() for word in MEMORY):
            raise
        remedy = "lower batch_size (and raise accumulate by the same factor) or max_tokens"
        raise TrainingError(f"{what}: out of memory; {remedy}") from None


def check_finite(loss: float, what: str, step: int, name: str = "loss") -> None:
    """Raise TrainingError for a loss that is infinite or no number."""
    if loss != loss or loss in (float("inf"), float("-inf")):
        what = f"{what}: the {name} is {'infinite' if loss == loss else 'not a number'} at step {step}"
        raise TrainingError(f"{what}; lower learning_rate, or train in float32")
