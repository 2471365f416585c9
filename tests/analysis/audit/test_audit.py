"""What the audit finds in the published figures, and that it finds what is planted there."""

import pytest

from analysis.audit import CHECKS, audit, checked
from analysis.facts import Interval, Value
from analysis.sources import references, sources
from tests.analysis.reported import TABLES, altered, read, score, told


def findings(check, source=None, tables=TABLES):
    known = references(tables)
    documents = [each for each in sources(tables) if source in (None, each.name)]
    return [found for each in documents for found in checked(check, CHECKS[check], each, known)]


def decided(check, source=None, tables=TABLES):
    return [found for found in findings(check, source, tables) if found.verdict != "unverifiable"]


def test_sources_and_references_are_discovered():
    assert [source.name for source in sources(TABLES)] == ["s0", "s1", "s2", "s3", "s4"]
    assert {row.table.id for row in references(TABLES)} == {
        "published-baselines/figures",
        "published-model-cards/figures",
    }


def test_every_finding_can_be_told_and_names_figures_that_exist():
    found = audit(TABLES)
    assert {finding.check for finding in found} <= set(CHECKS)
    for finding in found:
        known = read(f"published-{finding.source}/figures").distinct("figure")
        assert finding.figures
        assert set(finding.figures) <= set(known)
        assert "{" not in told(finding)
        assert all(value.origins for value in finding.values.values() if isinstance(value, Value))


@pytest.mark.parametrize(
    ("check", "source", "verdicts"),
    [
        ("share-is-quotient", "s2", ["consistent"]),
        ("count-rounds-to-print", "s3", ["suspicious"]),
        ("proportion-of-whole-examples", "s2", ["consistent"] * 6),
        ("proportion-of-whole-examples", "s1", ["unverifiable"]),
        ("difference-beyond-sampling", "s2", ["consistent"] * 3),
        ("difference-beyond-sampling", "s1", ["unverifiable"]),
        ("below-majority", "s1", ["suspicious", "consistent"]),
        ("below-majority", "s2", ["unverifiable"]),
        ("at-chance", "s2", ["suspicious"] * 3),
        ("at-chance", "s1", ["unverifiable"]),
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
    below = decided("below-majority")[0].values
    assert below["baseline"] == pytest.approx(444 / 872)
    assert below["interval"].upper < 0.16
    test_set = decided("proportion-of-whole-examples")[-1].values
    interval = test_set["interval"]
    assert isinstance(interval, Interval)
    assert (round(interval.lower.data, 3), round(interval.upper.data, 3)) == (0.767, 0.907)
    assert test_set["least"] == test_set["most"] == 85
    assert decided("always-abstain")[0].values["baseline"] == pytest.approx(0.5007, abs=5e-5)
    assert findings("score-rises-with-layer")[0].values["rising"] == 5
    assert findings("score-rises-with-layer")[0].values["all"] == 18
    assert findings("tuning-helps-at-last-layer")[0].values["better"] == 2
    assert findings("tuning-helps-at-last-layer")[0].values["compared"] == 9


def test_recurring_values_are_counted_with_their_cells_models_and_layers():
    found = {finding.values["score"].data: finding.values for finding in findings("values-recur")}
    counts = {text: tuple(v[name].data for name in ("cells", "models", "layers")) for text, v in found.items()}
    assert counts == {"0.499891": (5, 3, 3), "0.500152": (3, 3, 2), "0.500413": (3, 3, 3)}


def test_the_layer_without_a_row_is_counted_as_missing():
    missing = next(f for f in findings("figures-are-printed", "s4") if "no row" in told(f))
    assert missing.values["absent"] == 3


def test_one_altered_cell_breaks_a_rising_curve():
    planted = altered("published-s4/figures", {"s4-phi-2-base-bleu-16": score(0.502)})
    assert findings("score-rises-with-layer", tables=planted)[0].values["rising"] == 4


def test_one_altered_cell_mends_a_curve():
    planted = altered("published-s4/figures", {"s4-llama-2-7b-base-bleu-16": score(0.5036)})
    assert findings("score-rises-with-layer", tables=planted)[0].values["rising"] == 5
    planted = altered(
        "published-s4/figures", {"s4-llama-2-7b-base-bleu-8": score(0.1), "s4-llama-2-7b-base-bleu-16": score(0.2)}
    )
    assert findings("score-rises-with-layer", tables=planted)[0].values["rising"] == 6


ABSENT = {"printed": None, "value": None, "low": None, "high": None}
PLANTED = [
    ("share-is-quotient", "s2-trainable-parameters", score(18_350_081.0), "inconsistent"),
    ("share-is-quotient", "s2-trainable-parameters", ABSENT, "unverifiable"),
    ("proportion-of-whole-examples", "s2-accuracy-fine-tuned-test", score(0.855, 1e-4), "inconsistent"),
    ("proportion-of-whole-examples", "s2-samples-test", ABSENT, "unverifiable"),
    ("difference-beyond-sampling", "s2-accuracy-fine-tuned-test", score(0.4, 1e-9), "suspicious"),
    ("difference-beyond-sampling", "s2-samples-test", ABSENT, "unverifiable"),
    ("at-chance", "s2-accuracy-pretrained-train", score(0.6, 1e-9), "consistent"),
    ("at-chance", "s2-samples-test", ABSENT, "unverifiable"),
    ("below-majority", "s1-sst2-accuracy-zero-shot", score(0.5, 1e-3), "consistent"),
    ("below-majority", "s1-sst2-accuracy-zero-shot", {"split": "test"}, "unverifiable"),
    ("always-abstain", "s1-qa-f1-zero-shot", score(0.6), "consistent"),
    ("nearly-all-or-nothing", "s1-qa-f1-zero-shot", score(0.6), "consistent"),
    ("peak-fits-device", "s2-peak-gpu-memory", score(17.0), "inconsistent"),
    ("peak-fits-device", "s2-gpu-memory", ABSENT, "unverifiable"),
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


def test_a_check_covers_every_source_that_has_its_figures():
    """S2's peak memory and S1's answers are checked alike when S3 prints such figures."""
    like = {"quantity": "peak_gpu_memory", "printed_unit": "GB"}
    device = {"quantity": "gpu_memory", "printed_unit": "GB"}
    planted = altered(
        "published-s3/figures",
        {"s3-accuracy-zero-shot": like | score(17.0), "s3-accuracy-fine-tuned": device | score(16.0)},
    )
    assert [found.verdict for found in findings("peak-fits-device", "s3", planted)] == ["inconsistent"]


def test_a_check_that_cannot_be_made_is_told_and_stops_nothing():
    planted = altered("published-s2/figures", {"s2-total-parameters": score(0.0)})
    (found,) = findings("share-is-quotient", "s2", planted)
    assert found.verdict == "unverifiable"
    assert "share-is-quotient" in told(found)
    assert "division by zero" in told(found)
    assert len(audit(planted)) > len(CHECKS)
