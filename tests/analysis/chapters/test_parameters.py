"""What the chapter on parameters says of published counts, and of the models that are counted."""

import pytest

from analysis.chapters.common import Study
from analysis.chapters.parameters import show as parameters
from tests.analysis.chapters.conftest import plain, shown

VALIDATION, COUNTS = "parameter-counts/validation", "parameter-counts/counts"
WAY = "1,235,814,400, cut off after the last printed digit"


@pytest.fixture
def counted(page) -> Study:
    """A study of parameter counts, whose tables the test freezes."""
    return Study(page, "parameter-counts")


def checked(*verdicts: str) -> list[dict]:
    """A published count for each verdict."""
    return [
        {
            "figure": f"figure-{number}",
            "configuration": f"model-{number}",
            "quantity": "total",
            "printed": f"{number}.5B",
            "reported": 10 * number,
            "computed": 11 * number,
            "verdict": verdict,
            "decomposition": WAY if verdict == "explained" else None,
        }
        for number, verdict in enumerate(verdicts, start=1)
    ]


def model(name: str, embedding: int, mlp: int, head: int = 0) -> list[dict]:
    """The rows of one configuration."""
    parts = {"embedding": embedding, "mlp": mlp, "head": head, "total": embedding + mlp + head}
    return [{"configuration": name, "component": part, "logical_base": n} for part, n in parts.items()]


def test_published_counts_read_as_in_a_paper(counted, freeze):
    freeze(VALIDATION, checked("exact", "rounded", "rounded", "explained"))
    assert plain(parameters.show_summary(counted)) == (
        "Of 4 published counts, 1 is exact, 2 are correctly rounded, 1 is explained by another way of counting and 0 "
        "are not reproduced."
    )


@pytest.mark.parametrize(
    ("verdicts", "counts", "ways"),
    [
        (("exact", "rounded"), [], []),
        (("exact", "explained"), ["1"], [WAY]),
        (("explained", "not-reproduced"), ["2"], [WAY, "no way of counting reproduces it"]),
    ],
)
def test_counts_that_are_neither_exact_nor_rounded_are_listed_with_their_way(counted, freeze, verdicts, counts, ways):
    freeze(VALIDATION, checked(*verdicts))
    told = parameters.list_explanations(counted)
    assert shown(told)[: len(counts)] == counts
    items = [line for line in plain(told).splitlines() if line.startswith("- ")]
    assert len(items) == len(ways)
    assert all(item.endswith(way) for item, way in zip(items, ways, strict=True))


def test_the_vocabulary_is_told_of_large_models_alone(counted, freeze):
    freeze(COUNTS, [*model("small", 5, 5), *model("tied", 10**9, 3 * 10**9), *model("untied", 10**9, 10**9, 10**9)])
    told = plain(parameters.describe_composition(counted))
    assert "25.0% (tied) to 66.7% (untied)" in told
    assert told.endswith("store the vocabulary once: tied.")
    assert "small" not in told


PLAIN = {"configuration": "plain", "component": "total", "logical_base": 1000, "added": 200, "stored": 1200}
PACKED = {**PLAIN, "configuration": "packed", "quantization": "nf4", "stored": 600}


@pytest.mark.parametrize(
    ("rows", "cells"), [([PLAIN], []), ([PLAIN, PACKED], ["packed", "nf4", "1,200", "600", "0.50"])]
)
def test_packed_weights_stand_beside_their_parameters(counted, freeze, rows, cells):
    freeze(COUNTS, rows)
    assert shown(parameters.show_packed(counted)) == cells
