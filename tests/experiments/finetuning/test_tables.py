"""What the tables of a study say, and that they say the same thing as each other."""

import ast
import shutil
import subprocess
import sys
from collections import Counter

import pytest

from experiments.data.load import load_split
from experiments.statistics.comparisons import mcnemar
from experiments.tables.read import read_table

STUDIES = {"sst2-lora": "zero-shot", "sst2-head": "zero-shot", "snli-qlora": "untrained-head"}


@pytest.fixture(params=STUDIES)
def study(request, smoke_runs):
    """Reads the tables of one study: `study("scores")`."""
    root = smoke_runs / "runs" / "smoke" / "frozen"

    def read(table: str):
        return read_table(f"{request.param}/{table}", root)

    read.name, read.before = request.param, STUDIES[request.param]
    return read


def test_a_new_head_is_never_called_zero_shot(study):
    stages = {row["stage"] for row in study("scores").rows}
    assert {"untrained-head", "fine-tuned"} <= stages
    assert "pretrained-head" not in stages
    assert ("zero-shot" in stages) == (study.before == "zero-shot")


def test_the_mean_over_seeds_is_a_mean_and_its_n_the_examples(study):
    scores = study("scores")
    n = study("splits").row(part="test")["n"]
    for score in ("accuracy", "macro_f1"):
        rows = [scores.row(run=run, stage="fine-tuned", score=score) for run in ("seed-0", "seed-1", "all")]
        assert rows[2]["value"] == pytest.approx((rows[0]["value"] + rows[1]["value"]) / 2, abs=1e-6)
        assert [row["seeds"] for row in rows] == [1, 1, 2]
        assert {row["n"] for row in rows} == {n}
        assert all(row["low"] <= row["value"] <= row["high"] for row in rows)


def test_scores_transitions_and_tests_are_those_of_the_examples(study):
    examples = study("examples").rows
    for run in ("seed-0", "seed-1"):
        mine = [row for row in examples if row["run"] == run]
        right = sum(row["after"] == row["gold"] for row in mine) / len(mine)
        score = study("scores").row(run=run, stage="fine-tuned", score="accuracy")
        assert score["value"] == pytest.approx(right, abs=1e-6)
        found = Counter(row["correctness"] for row in mine)
        transitions = {row["correctness"]: row["count"] for row in study("transitions").rows if row["run"] == run}
        assert {name: count for name, count in transitions.items() if count} == found
        test = study("tests").row(run=run, test="mcnemar-exact")
        assert (test["corrected"], test["broken"]) == (found["corrected"], found["broken"])
        assert test["p_value"] == mcnemar(found["corrected"], found["broken"])
        assert test["p_holm"] >= test["p_value"]


def test_confusion_counts_are_those_behind_the_scores(study):
    test, counts = study("splits").row(part="test"), study("confusion").rows
    labels = {row["gold"] for row in counts}
    for score in (row for row in study("scores").rows if row["quantity"] == "accuracy"):
        mine = [row for row in counts if (row["run"], row["stage"]) == (score["run"], score["stage"])]
        times = score["seeds"] or 1
        for label in labels:
            assert sum(row["count"] for row in mine if row["gold"] == label) == times * test[f"n_{label}"]
        right = sum(row["count"] for row in mine if row["gold"] == row["predicted"])
        assert score["value"] == pytest.approx(right / (times * test["n"]), abs=1e-6)
        assert sum(row["count"] for row in mine if row["predicted"] == "(none)") == score["unparsed"]
    after = Counter((row["run"], row["gold"], row["after"]) for row in study("examples").rows)
    for row in (row for row in counts if row["stage"] == "fine-tuned" and row["run"] != "all"):
        assert row["count"] == after[row["run"], row["gold"], row["predicted"]]


def test_before_is_the_stage_that_the_study_names(study):
    scores, examples = study("scores"), study("examples").rows
    run = "all" if study.before == "zero-shot" else "seed-0"
    right = [row["before"] == row["gold"] for row in examples if row["run"] == "seed-0"]
    named = scores.row(run=run, stage=study.before, score="accuracy")
    assert named["value"] == pytest.approx(sum(right) / len(right), abs=1e-6)


def test_probabilities_belong_to_their_labels(study):
    labels = [name.removeprefix("after_") for name in study("examples").rows[0] if name.startswith("after_")]
    for row in study("examples").rows:
        for side in ("before", "after"):
            found = {label: row[f"{side}_{label}"] for label in labels}
            assert sum(found.values()) == pytest.approx(1, abs=1e-5)
            assert found[row[side]] == max(found.values())


def test_no_text_of_the_data_set_is_frozen(study):
    dataset = study("splits").row(part="test")["dataset"]
    texts = {
        word
        for example in load_split(dataset, study("splits").row(part="test")["split"]).examples
        for word in vars(example).values()
        if " " in word
    }
    tables = (study(name).rows for name in ("predictions", "features", "examples"))
    cells = {cell for rows in tables for row in rows for cell in row.values() if isinstance(cell, str)}
    assert texts
    assert not texts & cells


def test_predictions_are_those_of_every_stage_that_has_scores(study):
    predictions, n = study("predictions").rows, study("splits").row(part="test")["n"]
    found = Counter((row["run"], row["stage"]) for row in predictions)
    assert set(found.values()) == {n}
    scored = {(row["run"], row["stage"]) for row in study("scores").rows if row["seeds"] < 2}
    assert set(found) == scored
    for row in predictions:
        values = {name: value for name, value in row.items() if name.startswith("probability_")}
        if row["stage"] == "zero-shot-generated":
            assert set(values.values()) == {None}
        else:
            assert values[f"probability_{row['predicted']}"] == max(values.values())


def test_derived_tables_come_again_without_a_model(smoke_runs, tmp_path, offline):
    code = (
        "import sys; from pathlib import Path; from experiments.freezing import derive_study; "
        "from experiments.study_files import load_study; from experiments.system import Choice\n"
        "for name in sys.argv[2:]:\n"
        "    made = derive_study(load_study(name), Path(sys.argv[1]), lambda items, *more: items, Choice('smoke'))\n"
        "    print([sealed.sidecar.id for sealed in made])\n"
        "print(sorted({'torch', 'transformers', 'evaluate', 'sklearn'} & set(sys.modules)))"
    )
    frozen = smoke_runs / "runs" / "smoke" / "frozen"
    for study in STUDIES:
        shutil.copytree(frozen / study, tmp_path / study)
    command = [sys.executable, "-c", code, str(tmp_path), *STUDIES]
    done = subprocess.run(command, cwd=smoke_runs, env=offline, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *made, heavy = map(ast.literal_eval, done.stdout.splitlines())
    assert heavy == []
    derived = ("scores", "confusion", "examples", "transitions", "tests")
    for study, tables in zip(STUDIES, made, strict=True):
        assert set(tables) == {f"{study}/{name}" for name in derived}
        for table in tables:
            assert (tmp_path / f"{table}.csv").read_bytes() == (frozen / f"{table}.csv").read_bytes()


def test_cost_has_a_row_for_each_training_and_each_evaluation(study):
    cost = study("cost")
    for seed in ("seed-0", "seed-1"):
        training = cost.row(run=seed, stage="training")
        assert training["wall_seconds"] > 0
        assert training["tokens"] > 0
        assert training["peak_memory"] > 10_000_000
        assert training["interruptions"] == 0
        assert 0 < training["trainable"] < training["logical_base"]
        assert cost.row(run=seed, stage="untrained-head")["trainable"] == 0
        assert cost.row(run=seed, stage="fine-tuned")["examples"] == study("splits").row(part="test")["n"]
    assert all(row["tokens"] > 0 for row in cost.rows)
    stored, base = training["stored"], training["logical_base"]
    assert (stored < base) == (study.name == "snli-qlora")


def test_curves_have_one_best_point_a_seed(study):
    for run in ("seed-0", "seed-1"):
        points = [row for row in study("curves").rows if row["run"] == run]
        [best] = [row for row in points if row["best"]]
        assert best["validation_loss"] == min(row["validation_loss"] for row in points)
        assert [row["epoch"] for row in points] == sorted(row["epoch"] for row in points)


def test_generated_answers_that_are_no_label_are_counted(smoke_runs):
    scores = read_table("sst2-lora/scores", smoke_runs / "runs" / "smoke" / "frozen")
    generated = scores.row(run="all", stage="zero-shot-generated", score="accuracy")
    assert generated["unparsed"] > 0
    assert generated["value"] <= 1 - generated["unparsed"] / generated["n"]
    ranked = {row["stage"] for row in scores.rows if row["stage"].startswith("zero-shot")}
    assert ranked == {
        "zero-shot",
        "zero-shot-mean",
        "zero-shot-per-character",
        "zero-shot-calibrated",
        "zero-shot-generated",
    }


def test_the_sidecar_names_profile_seeds_models_and_data(study):
    sidecar = study("scores").sidecar
    made = sidecar.provenance
    assert (made.profile, made.seeds) == ("smoke", (0, 1))
    assert made.command == f"experiments run {study.name} --profile smoke"
    assert {"trained, seed 0", "trained, seed 1"} <= set(sidecar.digests.models)
    assert any(name.endswith("loading report") for name in sidecar.digests.models)
    assert sidecar.digests.data
