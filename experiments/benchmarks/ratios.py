"""The table `ratios`: how many times as much the other program takes as ours, from the pairs of runs that are frozen.

A study that names a model says too how fast the matrix products of its layers come in our program, and how fast the
same products come alone, which is as fast as any program can be that computes them.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median

from experiments.benchmarks.figures import COMPARED, Measure
from experiments.benchmarks.pairs import SIDES
from experiments.benchmarks.study import Comparison, Study
from experiments.system import Read, Row
from experiments.tables.sidecar import Column

MIB = 2**20
GIGA = 10**9

PRODUCTS = tuple(
    Column(name=name, type="number", unit="GFLOP/s", decimals=1, direction="higher", nullable=True, meaning=meaning)
    for name, meaning in (
        (
            "products_rate",
            "floating-point operations in the matrix products of the model's layers, two for each weight and token, "
            "that our program does in a second of its CPU time, median over the pairs",
        ),
        ("products_limit", "the same of these products alone, with the same weights and shapes in the same order"),
    )
)


def _medians() -> Iterator[Column]:
    """What each side takes: seconds, or memory where that is compared."""
    for name, unit, decimals, meaning in (
        ("seconds", "s", 3, "time of {}, median over the pairs; none where memory is compared"),
        ("memory", "MiB", 1, "how far the work raises the memory of {} at its peak, median over the pairs"),
    ):
        for side, who in SIDES.items():
            yield Column(
                name=f"{side}_{name}",
                type="number",
                unit=unit,
                decimals=decimals,
                direction="lower",
                nullable=True,
                meaning=meaning.format(who),
            )


def columns_of(study: Study) -> tuple[Column, ...]:
    """The columns of the table of ratios, which has more where the study names a model."""
    return (
        Column(name="comparison", type="string", meaning="name of the comparison in its study"),
        Column(name="work", type="string", meaning="the work that both programs do"),
        Column(name="ours", type="string", meaning="our program"),
        Column(name="theirs", type="string", meaning="the program that it is compared with"),
        Column(
            name="measure",
            type="string",
            meaning="what is compared: wall time of the process, or cpu time or memory of the work alone",
        ),
        *_medians(),
        Column(
            name="ratio",
            type="number",
            decimals=2,
            direction="higher",
            meaning="theirs over ours, median over the pairs",
        ),
        Column(
            name="ratio_low",
            type="number",
            decimals=2,
            lower_bound_of="ratio",
            meaning="the smallest ratio of a pair",
        ),
        Column(
            name="ratio_high",
            type="number",
            decimals=2,
            upper_bound_of="ratio",
            meaning="the largest ratio of a pair",
        ),
        Column(
            name="cpu_ratio",
            type="number",
            decimals=2,
            direction="higher",
            meaning="CPU time of their whole process over that of ours, median over the pairs",
        ),
        *(PRODUCTS if study.model else ()),
        Column(name="target", type="number", decimals=2, meaning="the ratio that was asked for, at least"),
        Column(name="pairs", type="integer", n_of="ratio", meaning="counted runs of each program"),
    )


def ratio_rows(study: Study, read: Read) -> list[Row]:
    """A row for each comparison of the study, from the table `pairs`."""
    pairs = {name: list(rows) for name, rows in groupby(read("pairs").rows, key=lambda row: row["comparison"])}
    return [_ratio_row(study, each, pairs[each.name]) for each in study.comparisons]


def _ratio_row(study: Study, comparison: Comparison, pairs: Sequence[Row]) -> Row:
    return {
        "comparison": comparison.name,
        "work": comparison.what,
        "ours": comparison.ours.name,
        "theirs": comparison.theirs.name,
        "measure": comparison.measure,
        **summary(pairs, comparison.measure),
        **(products(pairs, comparison.measure) if study.model else {}),
        "target": comparison.target,
        "pairs": len(pairs),
    }


def summary(pairs: Sequence[Row], measure: Measure) -> dict[str, float | None]:
    """Medians over the pairs, and the ratios theirs over ours with the smallest and the largest."""
    figure = COMPARED[measure]
    ours, theirs = ([pair[f"{side}_{figure}"] for pair in pairs] for side in ("ours", "theirs"))
    ratios = [their / our for our, their in zip(ours, theirs, strict=True)]
    memory = measure == "memory"
    return {
        "ours_seconds": None if memory else median(ours),
        "theirs_seconds": None if memory else median(theirs),
        "ours_memory": median(ours) / MIB if memory else None,
        "theirs_memory": median(theirs) / MIB if memory else None,
        "ratio": median(ratios),
        "ratio_low": min(ratios),
        "ratio_high": max(ratios),
        "cpu_ratio": median(pair["theirs_cpu"] / pair["ours_cpu"] for pair in pairs),
    }


def products(pairs: Sequence[Row], measure: Measure) -> dict[str, float | None]:
    """How fast the matrix products of our program come, and how fast alone; None where it does not say."""
    told = [pair for pair in pairs if pair["products"] and pair["products_seconds"]] if measure == "cpu" else []
    return {
        "products_rate": median(each["products"] / each["ours_work_cpu"] / GIGA for each in told) if told else None,
        "products_limit": median(each["products"] / each["products_seconds"] / GIGA for each in told) if told else None,
    }
