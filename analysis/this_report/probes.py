"""S0's claims, tried on our models: by the tests between their first, middle and last layers, and between models.

They are tried in the study that asks as S0 does, of two decoders that were pretrained on different texts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.chapters.common import N
from analysis.chapters.layers.curves import tells_only_length
from analysis.claims.ruling import all_hold
from analysis.claims.trials import Read, Trial, outcome_of
from analysis.facts import Row, Value

STUDY = "layer-probe-source-prompt"
CERTIFICATE, RATING = "certificate", "rating"
FROM_CONSTANT, FROM_LENGTH = (
    "from a constant hidden state",
    "from a hidden state that holds only the length of the prompt",
)
CAVEATS = {
    FROM_CONSTANT: "the first layer has one state, whatever the example, and so tells nothing of it",
    FROM_LENGTH: "the state of the first layer tells only how long the prompt of an example is",
}
"""What these words behind a verdict mean."""


@dataclass(frozen=True)
class Probed:
    """One model in one setting: the tests between two of its layers."""

    read: Read
    model: Value
    pooling: str
    depth: int

    def step(self, target: str, earlier: int, later: int) -> Row:
        """The test of a layer against an earlier one."""
        return self.read(f"{STUDY}/anomalies").at(
            rule="later-worse",
            model=self.model.data,
            pooling=self.pooling,
            target=target,
            layer=later,
            against=f"layer-{earlier}",
        )


def accuracy_rises_first_to_last(read: Read) -> list[Trial]:
    """Certificate accuracy: last layer above first."""
    return _rises_first_to_last(read, CERTIFICATE, ".1%")


def error_grows(read: Read) -> list[Trial]:
    """Rating error: last layer above first."""
    return _rises_first_to_last(read, RATING, ".3f")


def _rises_first_to_last(read: Read, target: str, spec: str) -> list[Trial]:
    """Whether the score of a target, shown by `spec`, is higher at the last layer than at the first."""
    template = f"{{first:{spec}}} at the first layer, {{last:{spec}}} at the last ({{p}}, {N})"
    found = []
    for probed in _probed(read):
        row = probed.step(target, 0, probed.depth)
        found.append(
            _trial(
                probed,
                _changes(row, up=True),
                template,
                {"p": row},
                first=row["reference"],
                last=row["value"],
                n=row["n"],
            )
        )
    return found


def error_falls_then_rises(read: Read) -> list[Trial]:
    """Rating error: the middle layer lowest, and the last, which rises slightly, still below the first."""
    found = []
    for probed in _probed(read):
        middle, last = probed.depth // 2, probed.depth
        rows = [probed.step(RATING, *layers) for layers in ((0, middle), (middle, last), (0, last))]
        decided = all_hold([_changes(row, up=up) for row, up in zip(rows, (False, True, False), strict=True)])
        found.append(
            _trial(
                probed,
                decided,
                "{first:.3f} at the first layer, {middle:.3f} at the middle one ({fall}), {last:.3f} at the "
                "last ({rise} "
                "against the middle, {whole} against the first, " + N + ")",
                dict(zip(("fall", "rise", "whole"), rows, strict=True)),
                first=rows[0]["reference"],
                middle=rows[0]["value"],
                last=rows[1]["value"],
                n=rows[0]["n"],
            )
        )
    return found


def each_model_wins_one_task(read: Read) -> list[Trial]:
    """At the last layer, of each pair of models: one is better on the certificate, the other on the rating."""
    last = read(f"{STUDY}/comparisons").where(place="last")
    found = []
    for on_certificate in last.where(target=CERTIFICATE):
        same = {name: on_certificate.cells[name] for name in ("pooling", "model", "other")}
        on_rating = last.at(target=RATING, **same)
        winners = [row["better"].data for row in (on_certificate, on_rating)]
        found.append(
            Trial(
                (on_certificate["model"], on_certificate["other"]),
                str(same["pooling"]),
                outcome_of(None if None in winners else winners[0] != winners[1]),
                "certificate {one:.1%} and {other:.1%} ({p_certificate}), rating {one_error:.3f} and {other_error:.3f} "
                "({p_rating}, " + N + ")",
                {
                    "one": on_certificate["value"],
                    "other": on_certificate["other_value"],
                    "one_error": on_rating["value"],
                    "other_error": on_rating["other_value"],
                    "n": on_rating["n"],
                },
                {"p_certificate": on_certificate.p_value(), "p_rating": on_rating.p_value()},
            )
        )
    return found


def _probed(read: Read) -> Iterator[Probed]:
    layers = read(f"{STUDY}/layers")
    for model in layers.distinct("model"):
        first = layers.where(model=model).rows[0]
        for pooling in layers.distinct("pooling"):
            yield Probed(read, first["model"], str(pooling), int(first["depth"].number()))


def _caveat(probed: Probed) -> str:
    """What there is to know about the first layer, which each of these claims compares."""
    first = probed.read(f"{STUDY}/layers").where(model=probed.model.data, pooling=probed.pooling, layer=0).rows[0]
    if first["degenerate"].data:
        return FROM_CONSTANT
    inputs = probed.read(f"{STUDY}/inputs").at(model=probed.model.data)
    return FROM_LENGTH if probed.pooling == "last" and tells_only_length(first, inputs) else ""


def _changes(row: Row, *, up: bool) -> bool | None:
    """Whether the score of the later layer is above (or below) that of the earlier; None where the test leaves it."""
    effect = row["effect"].number()
    if not row.p_value().significant or not effect:
        return None
    return (effect > 0) == up


def _trial(probed: Probed, decided: bool | None, template: str, tests: Mapping[str, Row], **values: Value) -> Trial:
    """`tests` are the tests by the gaps for their p-values."""
    return Trial(
        (probed.model,),
        probed.pooling,
        outcome_of(decided),
        template,
        values,
        {gap: row.p_value() for gap, row in tests.items()},
        _caveat(probed),
    )
