"""The whole study in its smoke profile: its tables, the first layer that only looks like one, and what stops it."""

import os
import signal
import time

import numpy as np
import pytest

from experiments.probing import reading, running
from experiments.tables.errors import UserError
from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.read import read_table, table_ids
from tests.experiments.smoke import Command
from tests.experiments.smoke_tables import predictable
from tests.experiments.smoke_tables import run_smoke as run

QUICK = {
    "models": [{"name": "smoke-decoder"}],
    "poolings": ["last"],
    "controls": {"by": "director", "n": 3},
    "penalties": [1, 100],
    "seeds": [0],
}


@pytest.fixture(scope="module")
def smoke(smoke_probes):
    """The tables of the study as it ships."""
    frozen = smoke_probes / "runs" / "smoke" / "frozen"
    return {table_id.partition("/")[2]: read_table(table_id, frozen).rows for table_id in table_ids(frozen)}


def test_every_layer_of_every_model_has_every_score(smoke):
    depths = {"smoke-encoder": 3, "smoke-decoder": 4}
    scores = {"certificate": ("accuracy", "macro_f1"), "rating": ("mse", "mae", "r2")}
    keys = ("model", "weights", "pooling", "target", "layer", "score")
    assert {tuple(row[name] for name in keys) for row in smoke["layers"]} == {
        (model, weights, pooling, target, layer, score)
        for model, depth in depths.items()
        for weights in ("trained", "random")
        for pooling in ("last", "mean", "name")
        for target in scores
        for layer in range(depth + 1)
        for score in scores[target]
    }


def test_the_first_layer_of_a_decoder_is_degenerate_and_its_probe_the_baseline(smoke):
    """Every prompt ends in the same token, whose embedding is one constant vector."""
    rows = [row for row in smoke["layers"] if row["model"] == "smoke-decoder" and row["pooling"] == "last"]
    first = [row for row in rows if row["layer"] == 0]
    assert {row["last_tokens"] for row in smoke["inputs"]} == {1}
    assert all(row["degenerate"] and row["share_constant"] == 1 and row["distinct"] == 1 for row in first)
    assert all(row["effective_rank"] == 0 and row["value"] == row["baseline"] for row in first)
    assert all(abs(row["value"]) < 0.15 for row in first if row["score"] == "r2")
    # What control tasks predict of a number is frozen rounded.
    assert all(row["control_mean"] == pytest.approx(row["control_baseline"], abs=1e-4) for row in first)
    assert not any(row["degenerate"] for row in smoke["layers"] if row not in first)
    marked = [row for row in smoke["anomalies"] if row["rule"] == "at-baseline" and row["degenerate"]]
    found = {(row["model"], row["pooling"], row["layer"], row["found"]) for row in marked}
    assert found == {("smoke-decoder", "last", 0, True)}


def test_the_scores_of_random_weights_stand_beside_those_of_the_trained_model(smoke):
    rows = {tuple(row.values())[:6]: row for row in smoke["layers"]}
    for (model, weights, *place), row in rows.items():
        assert row["random_weights"] == (rows[model, "random", *place]["value"] if weights == "trained" else None)


def test_scores_follow_from_the_predictions_that_are_frozen(smoke):
    gold = {(row["target"], row["example"]): row["label"] or row["value"] for row in smoke["examples"]}
    drawn = {
        (row["seed"], row["target"], row["type"], row["control"]): row["label"] or row["value"]
        for row in smoke["control-targets"]
    }
    types = {row["example"]: row["type"] for row in smoke["examples"]}
    keys = ("model", "weights", "pooling", "layer", "target")
    by_probe = {}
    for row in smoke["predicted-classes"] + smoke["predicted-numbers"]:
        by_probe.setdefault(tuple(row[name] for name in keys), []).append(row)
    for row in smoke["layers"]:
        if row["score"] in ("accuracy", "mse"):
            predictions = by_probe[tuple(row[name] for name in keys)]
            score = np.equal if row["score"] == "accuracy" else lambda said, true: np.square(said - true)
            values = [score(one["predicted"], gold[row["target"], one["example"]]) for one in predictions]
            controls = [
                score(one[f"control_{control}"], drawn[one["seed"], row["target"], types[one["example"]], control])
                for one in predictions
                for control in range(1, 6)
            ]
            assert row["value"] == pytest.approx(np.mean(values), abs=1e-6)
            assert row["control_mean"] == pytest.approx(np.mean(controls), abs=1e-6)


def test_penalties_and_geometry_of_a_layer_are_those_that_the_run_found(smoke):
    keys = ("model", "weights", "pooling", "layer")
    states = {tuple(row[name] for name in keys): row for row in smoke["hidden-states"]}
    penalties = {}
    for row in smoke["penalties"]:
        penalties.setdefault((*(row[name] for name in keys), row["target"]), []).append(row["penalty"])
    for row in smoke["layers"]:
        place = tuple(row[name] for name in keys)
        assert row["distinct"] == states[place]["distinct"]
        assert row["effective_rank"] == pytest.approx(states[place]["effective_rank"], abs=0.005)
        chosen = penalties[(*place, row["target"])]
        assert (row["penalty"], row["penalty_at_edge"]) == (np.median(chosen), sum(one in (1, 1000) for one in chosen))


def test_every_trained_model_is_compared_with_every_other(smoke):
    assert {(row["model"], row["other"], row["place"]) for row in smoke["comparisons"]} == {
        ("smoke-encoder", "smoke-decoder", place) for place in ("first", "middle", "last")
    }
    assert all(row["n"] == 47 for row in smoke["comparisons"])
    flat = {(row["pooling"], row["place"]) for row in smoke["comparisons"] if row["degenerate"]}
    assert flat == {("last", "first")}  # all prompts end in the same token


def test_the_cost_counts_every_probe_and_control(smoke):
    found = {(row["model"], row["stage"]): row for row in smoke["cost"] if row["weights"] == "trained"}
    assert found["smoke-encoder", "probes"]["tasks"] == 2 * 4 * 3 * 2 * 6
    tokens = {row["model"]: row["tokens"] for row in smoke["inputs"]}
    assert all(found[model, "states"]["tokens"] == tokens[model] for model in tokens)


def test_another_data_set_is_a_study_file_alone(study, tmp_path):
    content = {
        **QUICK,
        "data": {"name": "smoke-entailment"},
        "split": "train",
        "only": None,
        "prompt": "{premise} {hypothesis} This is",
        "poolings": ["last", "hypothesis"],
        "targets": [{"kind": "classification", "field": "label"}],
        "controls": {"by": "premise", "n": 3},
        "folds": 3,
    }
    tables = run(study(**content), tmp_path / "frozen")
    assert {row["score"] for row in tables["layers"]} == {"accuracy", "macro_f1"}
    assert {row["label"] for row in tables["classes"]} == {"entailment", "neutral", "contradiction"}
    assert tables["comparisons"] == []


def test_the_same_seed_gives_the_same_tables_and_another_other_folds(study, tmp_path):
    quick = study(**QUICK)
    first, again, other = (run(quick, tmp_path / str(at), seeds) for at, seeds in enumerate([(), (0,), (1,)]))
    assert predictable(first) == predictable(again)
    assert first["targets"][0]["folds_sha256"] != other["targets"][0]["folds_sha256"]
    assert first["targets"][0]["sha256"] == other["targets"][0]["sha256"]


def test_several_seeds_are_those_of_each_alone_and_trained_weights_read_once(study, tmp_path, monkeypatch):
    quick, read = study(**QUICK), reading.pooled_states
    alone = [run(quick, tmp_path / str(seed), (seed,)) for seed in (0, 1)]
    passes = []
    monkeypatch.setattr(reading, "pooled_states", lambda *some, **more: passes.append(some[1]) or read(*some, **more))
    both = run(quick, tmp_path / "both", (0, 1))
    assert sum(len(prompts) > 1 for prompts in passes) == 1 + 2  # with trained weights, and with random ones of each
    for name in ("examples", "control-targets", "penalties", "predicted-classes", "predicted-numbers"):
        for seed in (0, 1):
            assert [row for row in both[name] if row["seed"] == seed] == alone[seed][name]
    for row, *single in zip(both["layers"], *(tables["layers"] for tables in alone), strict=True):
        assert row["seeds"] == 2
        assert row["value"] == pytest.approx(np.mean([one["value"] for one in single]), abs=1e-4)
    assert {row["test"] for row in both["anomalies"]} == {"paired-bootstrap"}
    assert {row["test"] for row in alone[0]["anomalies"]} == {"paired-bootstrap", "mcnemar-exact"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"n": 4, "folds": 5}, "4 examples for 5 folds"),
        ({"n": 12, "folds": 8}, "fewer than the 8 folds"),
        ({"inner_folds": 40}, "in a training part, fewer than the 40 inner folds; lower inner_folds"),
        ({"targets": [{"kind": "classification", "field": "certificate", "at_least": 40}]}, "no example is left"),
        ({"prompt": "{name} {description} " + "x " * 300}, "the model's context only 256; set longest"),
    ],
)
def test_what_cannot_be_probed_is_one_line(study, tmp_path, changed, said):
    with pytest.raises(UserError, match=said) as caught:
        run(study(**{**QUICK, **changed}), tmp_path / "frozen")
    assert "\n" not in str(caught.value)
    assert table_ids(tmp_path / "frozen") == []


def test_a_model_that_is_not_here_is_said_before_any_other_has_read_a_prompt(study, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "read_prompts", None)
    with pytest.raises(UserError, match=r"small.yaml:\d+: profiles.smoke.models.1: elsewhere is not on this machine"):
        run(study(**QUICK | {"models": [{"name": "smoke-decoder"}, {"name": "./elsewhere"}]}), tmp_path / "frozen")


def test_one_class_one_value_and_one_type_are_refused(study, tmp_path, monkeypatch):
    from dataclasses import replace

    from experiments.probing import examples

    original = examples.load_split("smoke-movies", "all")

    def alike(**fields):
        made = replace(original, examples=tuple(replace(movie, **fields) for movie in original.examples))
        monkeypatch.setattr(examples, "load_split", lambda *_, **__: made)
        return study(**QUICK)

    for fields, said in (
        ({"certificate": "PG"}, "the target certificate has one class only, PG"),
        ({"rating": 6.5}, r"the target rating has one value only, 6\.5"),
        ({"director": "Ada Holm"}, "all examples have the same director"),
    ):
        with pytest.raises(UserError, match=said):
            run(alike(**fields), tmp_path / "frozen")


def test_a_state_that_is_no_number_is_named(study, tmp_path, monkeypatch):
    original = reading.pooled_states

    def spoilt(model, prompts, poolings, **more):
        states = original(model, prompts, poolings, **more)
        if len(prompts) > 1:
            states["last"][2, 3, 5] = np.nan
        return states

    monkeypatch.setattr(reading, "pooled_states", spoilt)
    with pytest.raises(
        UserError, match="smoke-decoder, trained: the hidden state of example sm0003 at layer 2 is no finite"
    ):
        run(study(**QUICK), tmp_path / "frozen")


@pytest.mark.parametrize(("module", "stopped_in", "left"), [(reading, "pooled_states", 5), (running, "cross_fit", 7)])
def test_a_run_that_stops_goes_on_where_it_was(study, tmp_path, monkeypatch, module, stopped_in, left):
    """Five layers with trained weights, five with random ones: it stops where the latter are read, or at the fourth."""
    quick = study(**QUICK)
    expected = run(quick, tmp_path / "expected")
    monkeypatch.setenv("COLOPHON_RUNS", str(tmp_path / "broken"))
    calls, original, probes = [], getattr(module, stopped_in), running.cross_fit

    def stopping(*arguments, **more):
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return original(*arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(module, stopped_in, stopping)
        with pytest.raises(KeyboardInterrupt):
            run(quick, tmp_path / "frozen")
    assert table_ids(tmp_path / "frozen") == []
    probed = []
    monkeypatch.setattr(running, "cross_fit", lambda *arguments: probed.append(1) or probes(*arguments))
    assert predictable(run(quick, tmp_path / "frozen")) == predictable(expected)
    assert len(probed) == left


def test_a_run_that_goes_on_with_another_seed_takes_nothing_from_the_first(study, tmp_path, monkeypatch):
    def stop(*found):
        raise KeyboardInterrupt

    quick = study(**QUICK)
    expected = run(quick, tmp_path / "expected", (1,))
    monkeypatch.setenv("COLOPHON_RUNS", str(tmp_path / "broken"))
    with monkeypatch.context() as patch:
        patch.setattr(running, "Found", stop)  # after all probes are kept
        with pytest.raises(KeyboardInterrupt):
            run(quick, tmp_path / "frozen", (0,))
    assert list((tmp_path / "broken").rglob("*.npz"))
    assert predictable(run(quick, tmp_path / "frozen", (1,))) == predictable(expected)


def test_a_killed_run_ends_in_the_same_tables(study, tmp_path):
    expected = run(study(**QUICK), tmp_path / "expected")
    work, frozen = tmp_path / "killed", tmp_path / "frozen"
    variables = {name: value for name, value in os.environ.items() if name.startswith("COLOPHON_")}

    def started():
        command = ("run", "small", "--profile", "smoke", "--into", str(frozen))
        return Command(PACKAGE_ROOT, *command, **{**variables, "COLOPHON_RUNS": str(work)})

    running = started()
    while running.returncode is None and len(list(work.rglob("*.npz"))) < 3:
        time.sleep(0.02)
    assert running.returncode is None
    running.send_signal(signal.SIGKILL)
    running.wait(60)
    assert table_ids(frozen) == []
    done = started().wait(300)
    assert done.returncode == 0, done.stderr
    for name, rows in predictable(expected).items():
        assert read_table(f"small/{name}", frozen).rows == rows
