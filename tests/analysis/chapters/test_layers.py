"""What is said of layers follows their tables: constant states, anomalies found and not found, and claims."""

import pytest

from analysis.chapters.layers import anomalies, claims, constant_layers, sentences
from analysis.chapters.layers import curves as layers
from analysis.claims import evaluate
from analysis.figures.panels import panels
from analysis.this_report.trials import try_on_ours
from tests.analysis.chapters.conftest import plain, shown
from tests.analysis.chapters.probe_tables import Probes

FLAT = frozenset({("small", "last", 0)})
RISES = {
    "scores": {("small", "last", "certificate", 2): 0.7, ("small", "mean", "certificate", 2): 0.51},
    "p": {("later-worse", "small", "last", "certificate", 2, "layer-0"): 0.0001},
}


@pytest.fixture
def probes(freeze):
    """A function that freezes a study of probes in which these things differ from nothing at all."""
    return lambda **given: Probes(**given).freeze(freeze)


# --- a first layer without information -------------------------------------------------------------------------------


def test_a_constant_first_layer_is_shown_with_its_baseline(probing, probes):
    probes(constant=FLAT, **RISES)
    small, large = constant_layers.constant_layers(probing).splitlines()
    assert shown(small) == ["small", "200", "1", "50.0%", "50.0%", "1.000", "1.000"]
    assert shown(large) == ["large", "200", "1", "200"]
    assert shown(constant_layers.count_degenerate(probing)) == ["12", "1", "small", "0"]
    certificate, rating = constant_layers.describe_rise_from_uninformative_state(probing).strip().splitlines()[2:]
    assert "small" in certificate
    assert shown(certificate) == ["50.0%", "70.0%", "p < 0.001", "50.0%", "51.0%", "p = 1.000"]
    assert shown(rating) == ["1.000", "1.000", "p = 1.000"] * 2


def test_without_a_constant_layer_there_is_no_rise_to_discuss(probing, probes):
    probes(last_tokens=9)
    assert shown(constant_layers.constant_layers(probing))[:4] == ["small", "200", "9", "200"]
    assert shown(constant_layers.count_degenerate(probing)) == ["12"]
    assert not constant_layers.describe_rise_from_uninformative_state(probing)


def test_an_embedding_that_varies_with_its_position_alone_holds_only_the_length(probing, probes):
    probes(distinct={("small", "last", 0): 17})
    small, large = constant_layers.constant_layers(probing).splitlines()
    assert ("length" in small, "length" in large) == (True, False)
    assert shown(small) == ["small", "200", "17"]
    assert "small" in constant_layers.describe_rise_from_uninformative_state(probing)


def test_constant_layers_are_marked_in_figure_and_tables(probing, probes):
    probes(constant=FLAT)
    found = layers.panels(probing, "last")
    assert [(panel.row, panel.title, [place.data for place in panel.degenerate]) for panel in found] == [
        ("certificate", "small", [0]),
        ("certificate", "large", []),
        ("rating", "small", [0]),
        ("rating", "large", []),
    ]
    drawn = panels(found, x="layer", y=layers.scales(probing), degenerate=layers.DEGENERATE)
    assert "(degenerate): certificate, small at 0." in drawn.alt
    assert "mean squared error (lower is better)" in drawn.alt
    entry = layers.layer_rows(probing, "last", layers.targets(probing)[0])[0]
    assert layers.layer(entry["row"]).data == "0†"
    beside = layers.side_by_side(probing, layers.targets(probing)[0])[0]["by_pooling"]
    assert [layers.rank(row).data for row in beside.values()] == ["0.0†", "30.0"]


# --- scores ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selectivity", "counts"),
    [((0.1, 0.05, 0.15), ["12", "0"]), ((-0.1, -0.15, -0.05), ["0", "12"]), ((0.0, -0.05, 0.05), ["0", "0"])],
)
def test_selectivity_is_counted_by_its_interval(probing, probes, selectivity, counts):
    probes(selectivity=selectivity)
    assert shown(sentences.describe_selectivity(probing)) == [*counts, "12"] * 2


def test_differences_of_shares_are_in_points_and_those_of_errors_are_not(probing, probes):
    probes()
    for target, bounds in zip(layers.targets(probing), ((5.0, 15.0), (0.05, 0.15)), strict=True):
        quantity = layers.QUANTITIES[target.against_controls]
        row = layers.curve(probing, "mean", target, "small", score=target.against_controls).rows[0]
        found = layers.selectivity(row, quantity)
        assert (found.lower.data, found.upper.data, found.level) == (*map(pytest.approx, bounds), 0.95)


def test_the_baseline_of_control_tasks_is_shown_beside_that_of_the_target(probing, probes):
    probes()
    assert shown(sentences.describe_baseline_of_controls(probing)) == ["50.0%", "45.0%", "1.000", "0.450"]


def test_the_best_layer_of_an_error_is_the_lowest(probing, probes):
    probes(scores={("small", "mean", "rating", 1): 0.8, ("small", "mean", "certificate", 2): 0.6})
    certificate, rating = sentences.describe_best_layers(probing, "mean").splitlines()
    assert shown(certificate)[:5] == ["60.0%", "2", "2", "55.0% to 65.0%", "50.0%"]
    assert shown(rating)[:5] == ["0.800", "1", "2", "0.750 to 0.850", "1.000"]


def test_models_that_differ_and_models_that_do_not(probing, probes):
    probes(scores={("large", "mean", "rating", 2): 0.8}, better={("mean", "rating", "last", "small", "large"): 0.01})
    _, _, last, mean = sentences.compare_models(probing).splitlines()
    pair = ["large", "small", "0.800", "1.000", "small − large", "+0.190 to +0.210", "p = 0.010"]
    assert shown(mean) == [*pair, "3", "200"]
    assert shown(last) == ["1.000", "3", "200"]


def test_how_it_was_probed(probing, probes):
    probes()
    assert shown(sentences.describe_subjects(probing)) == ["small", "2", "64", "large", "2", "64", "200", "movies"]
    assert shown(sentences.describe_selection(probing)) == ["11", "200"]
    assert {"60.0%", "6.00", "1.00"} <= set(shown(sentences.describe_targets(probing)))
    assert shown(sentences.describe_folds(probing)) == ["4", "5", "20", "genres", "30", "200", "4"]


def test_several_seeds_are_told_with_how_far_they_lie_apart(probing, probes):
    probes(seeds=3)
    assert shown(sentences.describe_folds(probing))[:4] == ["3", "4", "5", "20"]
    assert shown(sentences.describe_seeds(probing)) == ["3.0", "0.030"]
    assert "McNemar" not in anomalies.name_tests([probing])


def test_nothing_is_told_of_a_single_seed(probing, probes):
    probes()
    assert not sentences.describe_seeds(probing)
    assert "McNemar" in anomalies.name_tests([probing])
    assert "seeds" not in anomalies.name_tests([probing])


def test_where_every_example_is_probed_none_is_excluded(probing, probes, freeze):
    probes()
    rows = [{"step": 1, "rule": "has no target", "left_out": 0, "remaining": 200}]
    freeze(f"{probing.name}/selection", rows, like="layer-probe-movies/selection")
    assert shown(sentences.describe_selection(probing)) == ["200"]
    assert plain(sentences.describe_selection(probing)).startswith("No example is excluded")


@pytest.mark.parametrize(("given", "flat"), [({"constant": FLAT}, "1"), ({}, "0")])
def test_the_first_page(probing, probes, given, flat):
    probes(
        scores={("small", "mean", "certificate", 2): 0.7},
        p={("at-baseline", "small", "mean", "certificate", 2, "baseline"): 0.001},
        **given,
    )
    sentence = sentences.summarise(probing)
    assert shown(sentence) == ["2", "200", "1", "0", flat]
    assert ("effect of depth" in sentence) is (flat != "0")


def test_the_first_page_says_where_no_probe_is_better(probing, probes):
    probes(scores={("small", "mean", "certificate", 2): 0.7})
    assert shown(sentences.summarise(probing)) == ["2", "200", "0"]


# --- anomalies -------------------------------------------------------------------------------------------------------


def test_nothing_found_is_shown_with_effects_in_that_direction(probing, probes):
    probes(
        scores={("small", "mean", "rating", 2): 1.2}, p={("later-worse", "small", "mean", "rating", 2, "layer-1"): 0.06}
    )
    assert shown(anomalies.list_found(probing, "later-worse")) == ["24", "2", "0.060"]
    assert shown(anomalies.list_found(probing, "random-weights-better")) == ["24", "1", "1.000"]


def test_a_significant_improvement_is_no_effect_in_that_direction(probing, probes):
    probes(
        scores={("small", "mean", "rating", 2): 0.5},
        p={("error-grows", "small", "mean", "rating", 2, "layer-0"): 0.001},
    )
    assert shown(anomalies.list_found(probing, "error-grows")) == ["8"]


@pytest.mark.parametrize(("p", "word"), [(0.001, "not found better"), (1.0, "not significantly better")])
def test_a_layer_below_its_baseline_is_at_it(probing, probes, p, word):
    curve = ("small", "last", "certificate")
    probes(scores={(*curve, 1): 0.3}, p={("at-baseline", *curve, 1, "baseline"): p})
    first = anomalies.list_found(probing, "at-baseline").splitlines()[0]
    assert word in plain(first)
    assert shown(first)[:4] == ["0", "50.0%", "+0.0", "−1.0 to +1.0"]


def test_an_anomaly_reads_as_in_a_paper(probing, probes):
    probes(
        scores={("small", "mean", "rating", 2): 1.2, ("random", "large", "last", "certificate", 1): 0.6},
        p={
            ("later-worse", "small", "mean", "rating", 2, "layer-1"): 0.012,
            ("error-grows", "small", "mean", "rating", 2, "layer-0"): 0.0001,
            ("random-weights-better", "large", "last", "certificate", 1, "random-weights"): 0.02,
        },
    )
    assert plain(anomalies.list_found(probing, "later-worse")) == (
        "- rating (mean squared error), small, the mean over all tokens: layer 2 (1.200) is worse than layer 1 "
        "(1.000): +0.200 (95% CI +0.190 to +0.210, p = 0.012) (n = 200, corrected for 3 tests)."
    )
    grows = ["0", "2", "1.000", "1.200", "+0.200", "+0.190 to +0.210", "p < 0.001", "200", "3"]
    assert shown(anomalies.list_found(probing, "error-grows")) == grows
    random = ["1", "60.0%", "50.0%", "−10.0", "−11.0 to −9.0", "p = 0.020", "200", "3"]
    assert shown(anomalies.list_found(probing, "random-weights-better")) == random


def test_layers_at_the_baseline_name_the_constant_one(probing, probes):
    probes(constant=FLAT)
    first = anomalies.list_found(probing, "at-baseline").splitlines()[0]
    assert "constant" in first
    assert shown(first)[:7] == ["0", "50.0%", "1", "50.0%", "+0.0", "−1.0 to +1.0", "p = 1.000"]


def test_every_layer_above_its_baseline(probing, probes):
    curves = [(m, p, t) for m in ("small", "large") for p in ("last", "mean") for t in ("certificate", "rating")]
    probes(
        scores={("", "", "certificate", 0): 0.4, ("", "", "rating", 0): 1.5},
        p={("at-baseline", *curve, layer, "baseline"): 0.001 for curve in curves for layer in range(3)},
    )
    assert shown(anomalies.list_found(probing, "at-baseline")) == ["24"]
    assert shown(anomalies.count_better(probing)) == ["24", "24"]


def test_the_table_counts_what_was_tested(probing, probes):
    probes(constant=FLAT, scores={("small", "mean", "rating", 2): 1.2})
    rows = {(row.rule.name, row.target.name, row.pooling): row for row in anomalies.test_lines(probing)}
    later = rows["later-worse", "rating", "mean"]
    assert [value.data for value in (later.tested, later.found, later.constant, later.leaning)] == [6, 0, 0, 2]
    baseline = rows["at-baseline", "certificate", "last"]
    assert [value.data for value in (baseline.tested, baseline.found, baseline.constant)] == [6, 6, 1]


# --- models with many layers -----------------------------------------------------------------------------------------


def test_of_many_layers_tables_show_some_and_the_best_one(probing, probes):
    probes(depth=30, scores={("small", "mean", "certificate", 13): 0.9})
    certificate = layers.targets(probing)[0]
    shown_layers = [entry["row"]["layer"].data for entry in layers.layer_rows(probing, "mean", certificate)]
    small, large = shown_layers[: shown_layers.index(30) + 1], shown_layers[shown_layers.index(30) + 1 :]
    assert set(small) - set(large) == {13}
    assert {0, 15, 30} <= set(large)
    assert len(large) < 11
    assert [entry["layer"].data for entry in layers.side_by_side(probing, certificate)] == large * 2
    assert "the one that the text names" in plain(layers.left_out(probing))


def test_many_anomalies_of_a_curve_are_counted_and_the_clearest_told(probing, probes):
    probes(
        depth=30,
        scores={("small", "mean", "certificate", layer): 0.9 - layer / 100 for layer in range(31)},
        p={
            ("later-worse", "small", "mean", "certificate", layer, f"layer-{layer - 1}"): 0.001 * layer
            for layer in range(1, 31)
        },
    )
    told = plain(anomalies.list_found(probing, "later-worse"))
    assert told.count("is worse than") == anomalies.MOST_LISTED
    assert "layer 1 (89.0%) is worse than layer 0" in told
    assert "and 26 more" in told


# --- claims ----------------------------------------------------------------------------------------------------------


def verdicts(study) -> dict[tuple[str, str, str], str]:
    """The verdict on each claim, model and pooling, with its reasons."""
    return {
        (line.claim, str(line.subject.data), pooling): claims.verdict(study, line, pooling)
        for line in claims.lines(try_on_ours(study.page.table, "s0"))
        for pooling in line.trials
    }


@pytest.mark.parametrize(
    ("given", "caveat"), [({"constant": FLAT}, "constant"), ({"distinct": {("small", "last", 0): 17}}, "length")]
)
def test_claims_are_tested_on_our_models_with_their_caveats(probing, probes, published, given, caveat):
    probes(**given, **RISES)
    found = verdicts(probing)
    claim = "s0-accuracy-rises-to-last-layer"
    assert plain(found[claim, "small", "last"]).startswith("holds, ")
    assert caveat in plain(found[claim, "small", "last"])
    assert shown(found[claim, "small", "last"]) == ["50.0%", "70.0%", "p < 0.001", "200"]
    assert plain(found[claim, "small", "mean"]).startswith("open: ")
    first = claims.count_outcomes(probing, try_on_ours(probing.page.table, "s0")).splitlines()[0]
    assert shown(first)[1:] == ["2", "1", "1", "1", "2"]


@pytest.mark.parametrize(
    ("claim", "scores", "decided"),
    [
        ("s0-accuracy-rises-to-last-layer", {("certificate", 2): 0.4}, "fails"),
        ("s0-openhathi-error-grows", {("rating", 2): 1.2}, "holds"),
        ("s0-openhathi-error-grows", {("rating", 2): 0.8}, "fails"),
        ("s0-openllama-error-falls-then-rises", {("rating", 1): 0.7, ("rating", 2): 0.8}, "holds"),
        ("s0-openllama-error-falls-then-rises", {("rating", 1): 0.7, ("rating", 2): 0.6}, "fails"),
        ("s0-openllama-error-falls-then-rises", {("rating", 1): 0.7, ("rating", 2): 1.2}, "fails"),
    ],
)
def test_each_claim_is_decided_by_the_tests_between_layers(probing, probes, published, claim, scores, decided):
    steps = [("rating", 1, 0), ("rating", 2, 1), ("rating", 2, 0), ("certificate", 2, 0)]
    sure = {
        ("later-worse", "small", "mean", target, later, f"layer-{earlier}"): 0.001 for target, later, earlier in steps
    }
    probes(scores={("small", "mean", *key): value for key, value in scores.items()}, p=sure)
    found = verdicts(probing)
    assert plain(found[claim, "small", "mean"]).startswith(f"{decided}:")
    assert plain(found[claim, "large", "mean"]).startswith("open:")


@pytest.mark.parametrize(("rating", "p", "decided"), [(1.2, 0.01, "holds"), (0.8, 0.01, "fails"), (1.2, 0.2, "open")])
def test_pairs_of_models_share_the_tasks_or_not(probing, probes, published, rating, p, decided):
    where = [("mean", target, "last", "small", "large") for target in ("certificate", "rating")]
    probes(
        scores={("small", "mean", "certificate", 2): 0.7, ("small", "mean", "rating", 2): rating},
        better={where[0]: 0.01, where[1]: p},
    )
    found = verdicts(probing)["s0-each-model-wins-one-task", "small and large", "mean"]
    assert plain(found).startswith(f"{decided}:")
    assert shown(found)[:3] == ["70.0%", "50.0%", "p = 0.010"]


def test_trials_change_no_verdict_on_the_document(probing, probes, published):
    probes(**RISES)
    assert {verdict.outcome for verdict in evaluate(probing.page, "s0")} == {"unverifiable"}
