"""What a run found, and its rows in the run tables `predictions`, `curves` and `cost`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from experiments.data.parts import TEST
from experiments.finetuning.parts import EncodedParts
from experiments.tables.terms import ALL
from experiments.training.runs import Outcome, Part, cost_rows, curve_rows, run_name

Row = dict[str, object]


@dataclass(frozen=True)
class Predictions:
    """What one stage says of the test examples, in their order: the chosen label's number and all probabilities.

    A choice is None where no label could be read, and probabilities are there only where labels were ranked. `ties`
    says whether an example's best labels tie; it is empty of a classifier and of generated answers.
    """

    stage: str
    choices: tuple[int | None, ...]
    probabilities: tuple[tuple[float, ...], ...] = ()
    ties: tuple[bool, ...] = ()

    @classmethod
    def of_classifier(cls, stage: str, probabilities: Sequence[Sequence[float]]) -> "Predictions":
        """The predictions of a classifier: the most probable label, of equals the first."""
        return cls(stage, tuple(row.index(max(row)) for row in probabilities), tuple(map(tuple, probabilities)))


@dataclass(frozen=True, kw_only=True)
class Found(Part):
    """What one part of the run found; `lengths` are the tokens of each example by the part of the data it is in."""

    predictions: tuple[Predictions, ...]
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Results(EncodedParts):
    """What all parts of a run found."""

    outcome: Outcome[Found]


def prediction_rows(results: Results) -> Iterator[Row]:
    """A row for each run, stage and test example; what has no seed comes first."""
    outcome = results.outcome
    if outcome.shared:
        yield from _part_rows(results, ALL, outcome.shared)
    for seed, found in outcome.by_seed.items():
        yield from _part_rows(results, run_name(seed), found)


def _part_rows(results: Results, run: str, found: Found) -> Iterator[Row]:
    labels, columns = results.settings.labels, results.settings.columns("probability").values()
    unranked = (None,) * len(labels)
    for each in found.predictions:
        for index, example in enumerate(results.parts.examples[TEST]):
            choice = each.choices[index]
            probabilities = each.probabilities[index] if each.probabilities else unranked
            yield {
                "run": run,
                "stage": each.stage,
                "id": example.id,
                "gold": example.label,
                "predicted": None if choice is None else labels[choice],
                **dict(zip(columns, probabilities, strict=True)),
                "tie": each.ties[index] if each.ties else None,
            }


def learning_curve_rows(results: Results) -> Iterator[Row]:
    """A row for each seed and point of its learning curve."""
    return curve_rows(results.outcome.by_seed)


def stage_cost_rows(results: Results) -> Iterator[Row]:
    """A row for each training, and for each stage at which the test examples were answered."""
    return cost_rows(results.outcome.shared, results.outcome.by_seed)
