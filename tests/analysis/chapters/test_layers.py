"""Sentences on layers follow their tables: what is constant, found, not found, and claimed."""

import pytest

from analysis.chapters.layers import anomalies, claims, sentences
from analysis.chapters.layers import constant_layers as trap
from analysis.chapters.layers import curves as layers
from analysis.claims import evaluate
from analysis.figures.panels import panels
from analysis.this_report import ATTEMPTS
from tests.analysis.chapters.conftest import plain
from tests.analysis.chapters.probe_tables import Probes
from tests.analysis.reported import FROZEN

FLAT = frozenset({("small", "last", 0)})
RISES = {
    "scores": {("small", "last", "certificate", 2): 0.7, ("small", "mean", "certificate", 2): 0.51},
    "p": {("later-worse", "small", "last", "certificate", 2, "layer-0"): 0.0001},
}


@pytest.fixture
def probes(freeze):
    """A function that freezes a study of probes in which these things differ from nothing at all."""
    return lambda **given: Probes(**given).freeze(freeze)


@pytest.fixture
def claimed(book):
    """S0's claims and figures as they are frozen."""
    (book / "experiments" / "frozen" / "published-s0").symlink_to(FROZEN / "published-s0")


# --- a first layer that knows nothing --------------------------------------------------------------------------------


def test_a_constant_first_layer_is_told_as_such(page, probes):
    probes(constant=FLAT, **RISES)
    told = plain(trap.constant_layers(page))
    assert "small: all 200 prompts end in the same token, and its embedding takes 1 value." in told
    assert "accuracy of the certificate 50.0%, like the baseline’s 50.0%" in told.replace("'", "’")
    assert "large: the 200 prompts end in 1 different token" in told
    assert plain(trap.degenerate(page)).endswith(
        "12 states of a model, a layer and a pooling, 1 is constant: small at layer 0 (the last token)."
    )
    rise = plain(trap.rise_from_nothing(page))
    assert (
        "From the first layer of small to its last, the accuracy of the certificate goes from 50.0% to 70.0% with the "
        "last token (p < 0.001) and from 50.0% to 51.0% with the mean over all tokens (p = 1.000)."
    ) in rise
    assert "large" not in rise


def test_no_constant_layer_is_told_too(page, probes):
    probes(last_tokens=9)
    assert "9 different tokens, and the embedding of the last takes 200 values" in plain(trap.constant_layers(page))
    assert plain(trap.degenerate(page)).endswith("none is constant.")
    assert not plain(trap.rise_from_nothing(page))


def test_an_embedding_that_varies_by_its_place_alone_tells_the_length(page, probes):
    probes(distinct={("small", "last", 0): 17})
    told = plain(trap.constant_layers(page))
    assert "its embedding takes 17 values, one for each place at which that token stands." in told
    assert "From the first layer of small" in plain(trap.rise_from_nothing(page))


def test_constant_layers_are_marked_in_figure_and_tables(page, probes):
    probes(constant=FLAT)
    found = layers.panels(page, "last")
    assert [(panel.row, panel.title, [place.data for place in panel.void]) for panel in found] == [
        ("certificate", "small", [0]),
        ("certificate", "large", []),
        ("rating", "small", [0]),
        ("rating", "large", []),
    ]
    drawn = panels(found, x="layer", y=layers.scales(page), void=layers.VOID)
    assert "Constant state (degenerate): certificate, small at 0." in drawn.alt
    assert "mean squared error (lower is better)" in drawn.alt
    entry = layers.layer_rows(page, "last", layers.targets(page)[0])[0]
    assert layers.layer(entry["row"]).data == "0†"
    beside = layers.side_by_side(page, layers.targets(page)[0])[0]["by_pooling"]
    assert [layers.rank(row).data for row in beside.values()] == ["0.0†", "30.0"]


# --- what the probes read --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selectivity", "how"),
    [
        ((0.1, 0.05, 0.15), "interval above 0 in 12 and below it in 0 of 12 states"),
        ((-0.1, -0.15, -0.05), "interval above 0 in 0 and below it in 12 of 12 states"),
        ((0.0, -0.05, 0.05), "interval above 0 in 0 and below it in 0 of 12 states"),
    ],
)
def test_selectivity_is_counted_by_its_interval(page, probes, selectivity, how):
    probes(selectivity=selectivity)
    told = plain(sentences.selectivity(page))
    assert f"that of the certificate, by accuracy, has its {how}" in told
    assert f"that of the rating, by R², has its {how}" in told


def test_a_guess_at_control_tasks_stands_beside_one_at_the_target(page, probes):
    probes()
    assert plain(sentences.floor_of_controls(page)).startswith(
        "A guess scores at the certificate 50.0%, and at its control tasks 45.0%; at the rating"
    )


def test_the_best_layer_of_an_error_is_the_lowest(page, probes):
    probes(scores={("small", "mean", "rating", 1): 0.8, ("small", "mean", "certificate", 2): 0.6})
    told = plain(sentences.best_layers(page, "mean"))
    assert "small at layer 2 of 2 with 60.0% (55.0% to 65.0%; twin 50.0%)" in told
    assert "small at layer 1 of 2 with 0.800 (0.750 to 0.850; twin 1.000)" in told


def test_models_that_differ_and_models_that_do_not(page, probes):
    probes(scores={("large", "mean", "rating", 2): 0.8}, better={("mean", "rating", "last", "small", "large"): 0.01})
    told = plain(sentences.across_models(page))
    assert (
        "rating, the mean over all tokens: at the last layer large is better than small, 0.800 against 1.000 "
        "(difference of small − large +0.190 to +0.210, p = 0.010) (3 tests, n = 200)."
    ) in told
    assert "rating, the last token: no model is told from another at the last layer" in told


def test_how_it_was_probed(page, probes):
    probes()
    assert plain(sentences.subjects(page)).startswith("small with 2 blocks and 64 features a state and large with")
    assert "R, has 60.0% and the rating by ridge regression" in plain(sentences.predicted(page))
    assert plain(sentences.selection(page)).startswith("11 examples are left out")
    assert "on the other 4 of 5 folds" in plain(sentences.folds(page))


@pytest.mark.parametrize(
    ("given", "end"),
    [
        ({"constant": FLAT}, "is one constant vector in 1, so that a rise from there is no effect of depth."),
        ({}, "is one constant vector in 0."),
    ],
)
def test_the_first_page(page, probes, given, end):
    probes(
        scores={("small", "mean", "certificate", 2): 0.7},
        p={("at-baseline", "small", "mean", "certificate", 2, "baseline"): 0.001},
        **given,
    )
    told = plain(sentences.in_short(page))
    assert (
        "tells the certificate better than a guess in 1 (than its random twin in 0) and the rating better than a guess "
        "in 0 (than its random twin in 0);"
    ) in told
    assert told.endswith(end)


# --- anomalies -------------------------------------------------------------------------------------------------------


def test_nothing_found_is_told_with_what_came_nearest(page, probes):
    probes(
        scores={("small", "mean", "rating", 2): 1.2}, p={("later-worse", "small", "mean", "rating", 2, "layer-1"): 0.06}
    )
    assert plain(anomalies.found(page, "later-worse")).endswith(
        "of 24 tests 2 lean that way, with a corrected p-value of 0.060 at least."
    )
    assert plain(anomalies.found(page, "twin-wins")).endswith(
        "of 24 tests 1 leans that way, with a corrected p-value of 1.000 at least."
    )


def test_a_tested_improvement_is_no_near_anomaly(page, probes):
    probes(
        scores={("small", "mean", "rating", 2): 0.5},
        p={("error-grows", "small", "mean", "rating", 2, "layer-0"): 0.001},
    )
    assert plain(anomalies.found(page, "error-grows")).endswith("in any curve, by 8 tests.")


def test_what_is_found_is_a_sentence_with_its_test(page, probes):
    probes(
        scores={("small", "mean", "rating", 2): 1.2, ("twin", "large", "last", "certificate", 1): 0.6},
        p={
            ("later-worse", "small", "mean", "rating", 2, "layer-1"): 0.012,
            ("error-grows", "small", "mean", "rating", 2, "layer-0"): 0.0001,
            ("twin-wins", "large", "last", "certificate", 1, "twin"): 0.02,
        },
    )
    assert plain(anomalies.found(page, "later-worse")) == (
        "- rating, small, the mean over all tokens: layer 2 (1.200) is worse than layer 1 (1.000): +0.200 (+0.190 to "
        "+0.210, p = 0.012); n = 200, corrected for 3 tests."
    )
    assert (
        "from layer 0 to layer 2 the error grows, with the mean squared error from 1.000 to 1.200: +0.200 over the "
        "whole depth (+0.190 to +0.210, p < 0.001)"
    ) in plain(anomalies.found(page, "error-grows"))
    assert "large, the last token: at layer 1 the twin’s 60.0% is better than 50.0%: −10.0 points (−11.0 to" in plain(
        anomalies.found(page, "twin-wins")
    ).replace("'", "’")


def test_layers_at_the_baseline_name_the_constant_one(page, probes):
    probes(constant=FLAT)
    assert (
        "certificate, small, the last token: not shown to be better than the baseline are layer 0 (50.0%), a "
        "constant state, layer 1 (50.0%): +0.0 points"
    ) in plain(anomalies.found(page, "at-baseline"))


def test_every_layer_above_its_baseline(page, probes):
    curves = [(m, p, t) for m in ("small", "large") for p in ("last", "mean") for t in ("certificate", "rating")]
    probes(
        scores={("", "", "certificate", 0): 0.4, ("", "", "rating", 0): 1.5},
        p={("at-baseline", *curve, layer, "baseline"): 0.001 for curve in curves for layer in range(3)},
    )
    assert plain(anomalies.found(page, "at-baseline")) == "Every layer is better than its baseline, by 24 tests."
    assert plain(anomalies.surely_better(page)).startswith("Of 24 probes, 24 are shown to be better than the baseline")


def test_the_table_counts_what_was_tested(page, probes):
    probes(constant=FLAT, scores={("small", "mean", "rating", 2): 1.2})
    rows = {(row.rule.name, row.target.name, row.pooling): row for row in anomalies.tests(page)}
    later = rows["later-worse", "rating", "mean"]
    assert [value.data for value in (later.tested, later.found, later.constant, later.leaning)] == [6, 0, 0, 2]
    baseline = rows["at-baseline", "certificate", "last"]
    assert [value.data for value in (baseline.tested, baseline.found, baseline.constant)] == [6, 6, 1]


# --- claims ----------------------------------------------------------------------------------------------------------


def verdicts(page) -> dict[tuple[str, str, str], str]:
    found = {
        (line.claim, str(line.subject.data), pooling): claims.verdict(page, line, pooling)
        for line in claims.lines(page)
        for pooling in line.trials
    }
    return dict(zip(found, plain("\n\n".join(found.values())).split("\n\n"), strict=True))


def test_claims_are_tried_on_our_models_and_say_from_where(page, probes, claimed):
    probes(constant=FLAT, **RISES)
    found = verdicts(page)
    claim = "s0-accuracy-rises-to-last-layer"
    assert found[claim, "small", "last"] == (
        "holds, from a constant state: 50.0% at the first layer, 70.0% at the last (p < 0.001, n = 200)"
    )
    assert found[claim, "small", "mean"].startswith("open: 50.0% at the first layer, 51.0%")
    assert "it holds for 1 and is open for 1 with the last token (1 from a constant state, where no" in plain(
        claims.in_words(page)
    )


def test_a_first_state_that_tells_the_length_is_a_caveat_too(page, probes, claimed):
    probes(distinct={("small", "last", 0): 17}, **RISES)
    found = verdicts(page)["s0-accuracy-rises-to-last-layer", "small", "last"]
    assert found.replace("’", "'").startswith("holds, from a state that tells only the length of the prompt: 50.0%")


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
def test_each_claim_is_decided_by_the_tests_between_layers(page, probes, claimed, claim, scores, decided):
    steps = [("rating", 1, 0), ("rating", 2, 1), ("rating", 2, 0), ("certificate", 2, 0)]
    sure = {
        ("later-worse", "small", "mean", target, later, f"layer-{earlier}"): 0.001 for target, later, earlier in steps
    }
    probes(scores={("small", "mean", *key): value for key, value in scores.items()}, p=sure)
    found = verdicts(page)
    assert found[claim, "small", "mean"].startswith(f"{decided}:")
    assert found[claim, "large", "mean"].startswith("open:")


@pytest.mark.parametrize(("rating", "p", "decided"), [(1.2, 0.01, "holds"), (0.8, 0.01, "fails"), (1.2, 0.2, "open")])
def test_pairs_of_models_share_the_tasks_or_not(page, probes, claimed, rating, p, decided):
    where = [("mean", target, "last", "small", "large") for target in ("certificate", "rating")]
    probes(
        scores={("small", "mean", "certificate", 2): 0.7, ("small", "mean", "rating", 2): rating},
        better={where[0]: 0.01, where[1]: p},
    )
    found = verdicts(page)["s0-each-model-wins-one-task", "small and large", "mean"]
    assert found.startswith(f"{decided}: certificate 70.0% and 50.0% (p = 0.010)")


def test_trials_change_no_verdict_on_the_document(page, probes, claimed):
    probes(**RISES)
    verdicts = {verdict.claim: verdict.outcome for verdict in evaluate(page) if verdict.source == "s0"}
    assert set(verdicts) == {claim for claim in ATTEMPTS if claim.startswith("s0-")}
    assert set(verdicts.values()) == {"unverifiable"}
