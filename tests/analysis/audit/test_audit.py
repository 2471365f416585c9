"""What the audit finds in the published figures, and that it finds what is planted there."""

import pytest

from analysis.audit import CHECKS, audit, curves
from analysis.facts.formatting import formatted
from tests.analysis.reported import altered, read, score


def findings(check, source=None, reader=read):
    return [finding for finding in CHECKS[check](reader) if source in (None, finding.source)]


def told(finding):
    """The sentence as a reader would see it."""

    class Gap:
        def __init__(self, value):
            self.value = value

        def __format__(self, spec):
            return formatted(self.value, spec or None)

    return finding.template.format_map({name: Gap(value) for name, value in finding.values.items()})


def test_every_finding_can_be_told_and_names_figures_that_exist():
    found = audit(read)
    assert {finding.check for finding in found} == set(CHECKS)
    for finding in found:
        known = read(f"published-{finding.source}/figures").distinct("figure")
        assert finding.figures
        assert set(finding.figures) <= set(known)
        assert "{" not in told(finding)
        assert all(value.origins for value in finding.values.values())


@pytest.mark.parametrize(
    ("check", "source", "verdicts"),
    [
        ("share-is-quotient", "s2", ["consistent"]),
        ("count-rounds-to-print", "s3", ["suspicious"]),
        ("proportion-of-whole-examples", "s2", ["consistent"] * 6),
        ("difference-beyond-sampling", "s2", ["consistent"] * 3),
        ("below-majority", "s1", ["suspicious", "consistent"]),
        ("at-chance", "s2", ["suspicious"] * 3),
        ("nearly-all-or-nothing", "s1", ["suspicious"] * 2),
        ("always-abstain", "s1", ["suspicious"] * 2),
        ("one-scale-per-document", "s1", ["inconsistent"]),
        ("one-scale-per-document", "s2", ["consistent"]),
        ("values-recur", "s4", ["suspicious"] * 3),
        ("score-rises-with-layer", "s4", ["inconsistent"]),
        ("tuning-helps-at-last-layer", "s4", ["suspicious"]),
        ("peak-fits-device", "s2", ["consistent"]),
        ("figures-are-printed", "s0", ["unverifiable"] * 2),
    ],
)
def test_verdicts_on_the_published_figures(check, source, verdicts):
    assert [finding.verdict for finding in findings(check, source)] == verdicts


def test_the_known_numbers():
    below = findings("below-majority")[0].values
    assert below["baseline"] == pytest.approx(444 / 872)
    assert below["upper"].data < 0.16
    test_set = findings("proportion-of-whole-examples")[-1].values
    assert (round(test_set["lower"].data, 3), round(test_set["upper"].data, 3)) == (0.767, 0.907)
    assert test_set["least"] == test_set["most"] == 85
    assert findings("always-abstain")[0].values["baseline"] == pytest.approx(0.5007, abs=5e-5)
    assert findings("score-rises-with-layer")[0].values["rising"] == 5
    assert findings("score-rises-with-layer")[0].values["all"] == 18
    assert findings("tuning-helps-at-last-layer")[0].values["better"] == 2


def test_recurring_values_are_counted_with_their_cells_models_and_layers():
    found = {finding.values["score"].data: finding.values for finding in findings("values-recur")}
    counts = {text: tuple(v[name].data for name in ("cells", "models", "layers")) for text, v in found.items()}
    assert counts == {"0.499891": (5, 3, 3), "0.500152": (3, 3, 2), "0.500413": (3, 3, 3)}


def test_the_layer_without_a_row_is_left_out_of_its_curves():
    short = [curve for curve in curves(read) if len(curve.points) == 3]
    assert {(curve.model, curve.method) for curve in short} == {("mistral-7b", "base")}
    missing = next(f for f in findings("figures-are-printed", "s4") if "no row" in told(f))
    assert missing.values["absent"] == 3


def test_one_altered_cell_breaks_a_rising_curve():
    planted = altered("published-s4/figures", {"s4-phi-2-base-bleu-16": score(0.502)})
    assert findings("score-rises-with-layer", reader=planted)[0].values["rising"] == 4


def test_one_altered_cell_mends_a_curve():
    planted = altered("published-s4/figures", {"s4-llama-2-7b-base-bleu-16": score(0.5036)})
    assert findings("score-rises-with-layer", reader=planted)[0].values["rising"] == 5
    planted = altered(
        "published-s4/figures", {"s4-llama-2-7b-base-bleu-8": score(0.1), "s4-llama-2-7b-base-bleu-16": score(0.2)}
    )
    assert findings("score-rises-with-layer", reader=planted)[0].values["rising"] == 6


PLANTED = [
    ("share-is-quotient", "s2-trainable-parameters", score(18_350_081.0), "inconsistent"),
    ("proportion-of-whole-examples", "s2-accuracy-fine-tuned-test", score(0.855, 1e-4), "inconsistent"),
    ("difference-beyond-sampling", "s2-accuracy-fine-tuned-test", score(0.4, 1e-9), "suspicious"),
    ("at-chance", "s2-accuracy-pretrained-train", score(0.6, 1e-9), "consistent"),
    ("below-majority", "s1-sst2-accuracy-zero-shot", score(0.5, 1e-3), "consistent"),
    ("always-abstain", "s1-qa-f1-zero-shot", score(0.6), "consistent"),
    ("nearly-all-or-nothing", "s1-qa-f1-zero-shot", score(0.6), "consistent"),
    ("peak-fits-device", "s2-peak-gpu-memory", score(17.0), "inconsistent"),
    ("one-scale-per-document", "s2-accuracy-pretrained-test", {"printed_unit": "percent"}, "inconsistent"),
    ("count-rounds-to-print", "s3-total-parameters-paper", score(1.24e9, 5e6), "consistent"),
    ("count-rounds-to-print", "s3-total-parameters-paper", score(1.3e9, 5e6), "inconsistent"),
]


@pytest.mark.parametrize(("check", "figure", "cells", "verdict"), PLANTED)
def test_what_is_planted_is_found(check, figure, cells, verdict):
    source = figure[:2]
    planted = altered(f"published-{source}/figures", {figure: cells})
    before = [finding.verdict for finding in findings(check, source)]
    after = [finding.verdict for finding in findings(check, source, planted)]
    assert after.count(verdict) == before.count(verdict) + 1
