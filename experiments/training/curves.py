"""Learning curves, from what Trainer logged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class CurvePoint:
    """One point: the training loss is the mean since the point before, everything else is as of this step."""

    step: int
    epoch: float
    train_loss: float
    validation_loss: float
    validation_accuracy: float | None
    learning_rate: float
    best: bool


def curve(log: Sequence[Mapping[str, float]], best_step: int) -> tuple[CurvePoint, ...]:
    """The points in the order of their steps; accuracy is None where the task measures none."""
    trained = {entry["step"]: entry for entry in log if "loss" in entry}
    validated = {entry["step"]: entry for entry in log if "eval_loss" in entry}
    return tuple(
        CurvePoint(
            step=step,
            epoch=trained[step]["epoch"],
            train_loss=trained[step]["loss"],
            validation_loss=validated[step]["eval_loss"],
            validation_accuracy=validated[step].get("eval_accuracy"),
            learning_rate=trained[step]["learning_rate"],
            best=step == best_step,
        )
        for step in sorted(trained.keys() & validated.keys())
    )
