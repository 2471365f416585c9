"""Learning curves, from what Trainer logged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.tables.columns import flag, integer, number

CURVE_COLUMNS = (
    integer("step", "steps of the optimiser"),
    number("epoch", "passes over the training examples"),
    number("train_loss", "mean training loss since the point before", direction="lower"),
    number("validation_loss", "loss on the validation examples", direction="lower"),
    number("learning_rate", "learning rate of this step", decimals=None),
    flag("best", "whether this checkpoint was chosen, by the validation alone"),
)
ACCURACY = number("validation_accuracy", "accuracy on the validation examples", direction="higher")


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

    def row(self) -> dict[str, object]:
        """The cells of `CURVE_COLUMNS`, and that of `ACCURACY` where the task measures it."""
        return {name: value for name, value in vars(self).items() if value is not None}


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
