"""The whole study in its smoke profile: its tables, what interrupts it, and what stops it."""

import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from experiments.freezing import run_study
from experiments.metrics.squad import score_question
from experiments.metrics.squad_files import read_questions
from experiments.models.batching import TOKENS_AT_ONCE
from experiments.system import Choice
from experiments.tables.errors import UserError
from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.read import read_table, table_ids
from tests.experiments.smoke_tables import predictable
from tests.experiments.smoke_tables import run_smoke as run

STUDIES = PACKAGE_ROOT / "experiments" / "studies"
SMOKE_DEV = PACKAGE_ROOT / "experiments" / "data" / "smoke" / "questions-dev.json"
GENERATIVE = ("generative", "generative-forced")


DERIVE = """
import json, sys
from pathlib import Path
sys.modules |= dict.fromkeys(("torch", "transformers", "datasets", "evaluate", "nltk", "rouge_score"))
from experiments.freezing.execute import derive
from experiments.study_files import load_study
def silent(items, what, total=None): return iter(items)
made = derive(load_study("squad-lora", Path(sys.argv[1])), Path(sys.argv[2]), silent, "smoke")
print(json.dumps({sealed.sidecar.table: sealed.sidecar.digests.table for sealed in made}))
"""


@pytest.fixture(scope="module")
def smoke(smoke_runs):
    """The tables of the study as it ships."""
    folder = smoke_runs / "runs" / "smoke" / "frozen"
    names = [each.partition("/")[2] for each in table_ids(folder) if each.startswith("squad-lora/")]
    return {name: read_table(f"squad-lora/{name}", folder).rows for name in names} | {"folder": folder}


def test_derived_tables_follow_from_the_frozen_ones_alone(smoke):
    """In a process without the libraries of the run, the same to the byte."""
    command = [sys.executable, "-c", DERIVE, str(STUDIES), str(smoke["folder"])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    derived = json.loads(done.stdout)
    assert set(derived) == {"scores", "tests", "transitions", "examples"}
    for name, digest in derived.items():
        assert digest == read_table(f"squad-lora/{name}", smoke["folder"]).digest, name


def test_answers_hold_no_text_of_the_data(smoke):
    """Identifiers and numbers alone; what overlaps with gold answers is there where there are some."""
    words = {name for row in smoke["answers"] for name, cell in row.items() if isinstance(cell, str)}
    assert words == {"approach", "run", "stage", "policy", "id", "paragraph", "bleu_signature"}
    for row in smoke["answers"]:
        assert (row["bleu_signature"] is None) == (row["rouge_l"] is None) == (not row["answerable"])
        assert row["f1"] >= row["exact"]


def test_every_approach_has_every_score_of_every_stage(smoke):
    found = {(row["approach"], row["stage"], row["run"]) for row in smoke["scores"]}
    per_seed = {"seed-0", "seed-1", "all"}
    heads = {
        (name, stage, run)
        for name in ("extractive", "extractive-decoder")
        for stage in ("untrained-head", "fine-tuned")
        for run in per_seed
    }
    generated = {
        (name, stage, run)
        for name in GENERATIVE
        for stage, runs in (("zero-shot", ("all",)), ("fine-tuned", per_seed))
        for run in runs
    }
    assert found == heads | generated
    names = {row["score"] for row in smoke["scores"]}
    groups = ("all", "has-answer", "no-answer")
    assert names == {f"{quantity}[{group}]" for quantity in ("exact", "f1", "abstention") for group in groups} | {
        f"{quantity}[has-answer]" for quantity in ("bleu", "rouge_l", "meteor_exact_stem")
    }
    assert len(smoke["scores"]) == len(found) * len(names) * 2
    n = {row["group"]: row["n"] for row in smoke["scores"]}
    assert n == {"all": 8, "has-answer": 5, "no-answer": 3}
    assert all(row["low"] <= row["value"] <= row["high"] for row in smoke["scores"] if row["run"] != "all")


def test_a_random_head_is_never_called_zero_shot(smoke):
    for table in ("scores", "cost", "thresholds"):
        heads = [row["stage"] for row in smoke[table] if row["approach"] not in GENERATIVE]
        assert set(heads) <= {"untrained-head", "training", "fine-tuned"}
        assert "untrained-head" in heads


def test_examples_agree_with_the_scores_and_with_the_text(smoke):
    questions = {question.id: question for question in read_questions(SMOKE_DEV)}
    contexts = {
        qa["id"]: paragraph["context"]
        for article in json.loads(SMOKE_DEV.read_text("utf-8"))["data"]
        for paragraph in article["paragraphs"]
        for qa in paragraph["qas"]
    }
    scores = {
        (r["approach"], r["run"], r["stage"], r["score"]): r["value"]
        for r in smoke["scores"]
        if r["policy"] == "threshold"
    }
    for approach in ("extractive", "extractive-decoder"):
        for seed in ("seed-0", "seed-1"):
            rows = [row for row in smoke["examples"] if (row["approach"], row["run"]) == (approach, seed)]
            assert [row["id"] for row in rows] == list(questions)
            for side, stage in (("before", "untrained-head"), ("after", "fine-tuned")):
                for row in rows:
                    given = contexts[row["id"]][row[f"{side}_start"] : row[f"{side}_end"]]
                    scored = score_question(questions[row["id"]], given if row[f"{side}_answered"] else "")
                    assert scored.exact == row[f"{side}_exact"]
                    assert scored.f1 == pytest.approx(row[f"{side}_f1"], abs=1e-6)
                mean = sum(row[f"{side}_exact"] for row in rows) / len(rows)
                assert scores[approach, seed, stage, "exact[all]"] == pytest.approx(100 * mean, abs=1e-3)
    assert any(row["windows"] > 1 for row in smoke["examples"])


def test_the_baseline_is_always_abstaining(smoke):
    baselines = {row["score"]: row["baseline"] for row in smoke["scores"]}
    assert baselines["exact[all]"] == baselines["f1[all]"] == 37.5  # 3 of 8 have no answer
    assert (baselines["exact[has-answer]"], baselines["exact[no-answer]"]) == (0, 100)


def test_tests_and_transitions_are_about_the_same_answers(smoke):
    for row in smoke["tests"]:
        if row["quantity"] != "exact":
            continue
        where = (row["approach"], row["run"], row["policy"])
        counts = {
            each["correctness"]: each["count"]
            for each in smoke["transitions"]
            if (each["approach"], each["run"], each["policy"]) == where
        }
        assert (counts["corrected"], counts["broken"]) == (row["corrected"], row["broken"])
        n = sum(counts.values())
        assert row["difference"] == pytest.approx(100 * (counts["corrected"] - counts["broken"]) / n, abs=1e-3)


def test_windows_are_counted(smoke):
    inputs = {(row["approach"], row["part"]): row for row in smoke["inputs"]}
    assert all(row["longest"] > row["max_tokens"] for (name, _), row in inputs.items() if name == "extractive")
    for (name, part), row in inputs.items():
        assert row["windowed"] > 0 if name not in GENERATIVE else row["rows"] == row["n"]
        assert row["truncated"] == 0, part


def test_without_words_to_decline_only_questions_with_an_answer_are_trained_on(smoke):
    trained = {row["approach"]: row["rows"] for row in smoke["cost"] if row["stage"] == "training"}
    sizes = {row["part"]: row for row in smoke["splits"]}["train"]
    assert trained["generative"] == 2 * sizes["n"]  # epochs
    assert trained["generative-forced"] == 2 * sizes["n_answerable"]
    assert sizes["n_answerable"] < sizes["n"]
    declined = [row["declined"] for row in smoke["thresholds"] if row["approach"] == "generative-forced"]
    assert not any(declined)


def test_thresholds_are_chosen_on_the_validation_questions(smoke):
    sizes = {row["part"]: row["n"] for row in smoke["splits"]}
    assert sizes["validation"] != sizes["test"]
    assert {(row["validation_n"], row["n"]) for row in smoke["thresholds"]} == {(sizes["validation"], sizes["test"])}


def test_cost_has_a_row_for_training_and_for_each_evaluation(smoke):
    stages = {(row["approach"], row["run"], row["stage"]) for row in smoke["cost"]}
    assert ("generative", "all", "zero-shot") in stages
    for seed in ("seed-0", "seed-1"):
        for approach in ("extractive", "extractive-decoder"):
            assert {(approach, seed, stage) for stage in ("untrained-head", "training", "fine-tuned")} <= stages
    for row in smoke["cost"]:
        assert row["tokens"] > 0
        assert row["logical_base"] > 0
        assert row["trainable"] == row["added"]  # nothing where nothing is trained


def test_another_seed_is_another_run(study, tmp_path):
    made = run(study(seeds=(0, 1)), tmp_path / "frozen")
    margins = [[row["after_margin"] for row in made["examples"] if row["run"] == run] for run in ("seed-0", "seed-1")]
    assert margins[0] != margins[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
def test_a_killed_run_goes_on_to_the_same_tables(study, tmp_path, monkeypatch):
    small = study(approaches=("generative",), training={"epochs": 3})
    monkeypatch.setenv("COLOPHON_RUNS", str(tmp_path / "straight"))
    straight = run(small, tmp_path / "frozen-straight")

    monkeypatch.setenv("COLOPHON_RUNS", str(tmp_path / "killed"))
    for items in (1, 6):  # batches that are answered and steps that are trained, before the kill
        assert run_and_die(small, tmp_path / "frozen-killed", items)
    assert not list((tmp_path / "frozen-killed").rglob("*.csv"))
    again = run(small, tmp_path / "frozen-killed")
    assert predictable(again) == predictable(straight)
    assert sum(row["interruptions"] for row in again["cost"]) > 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
@pytest.mark.parametrize("approach", ["extractive", "generative"])
def test_a_run_that_is_killed_amid_its_answers_goes_on_there(study, tmp_path, monkeypatch, approach):
    monkeypatch.setitem(TOKENS_AT_ONCE, "cpu", 100)
    small = study(approaches=(approach,), training={"epochs": 1})
    monkeypatch.setenv("COLOPHON_RUNS", str(tmp_path / "straight"))
    shown: list[str] = []
    straight = run(small, tmp_path / "frozen-straight", progress=partial(told, shown))
    before = shown.index(next(what for what in shown if what.endswith("test")))

    monkeypatch.setenv("COLOPHON_RUNS", str(tmp_path / "killed"))
    assert shown.count(shown[before]) > 2
    assert run_and_die(small, tmp_path / "frozen-killed", before + 2)
    [kept] = (tmp_path / "killed").rglob("*.batches")
    assert len(kept.read_bytes().splitlines()) == before + 2
    with kept.open("ab") as file:
        file.write(b'{"batch": "half a li')
    again = run(small, tmp_path / "frozen-killed")
    assert predictable(again) == predictable(straight)
    assert [row["interruptions"] for row in again["cost"]][:2] == [1, 0]
    assert [row["tokens"] for row in again["cost"]] == [row["tokens"] for row in straight["cost"]]
    assert not list((tmp_path / "killed").rglob("*.batches"))


def told(shown: list[str], items, what: str, total: int | None = None):
    for item in items:
        shown.append(what)
        yield item


def run_and_die(study, folder: Path, items: int) -> bool:
    """Run in a forked process that is killed when so many items have been shown; whether it was."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    seen = 0

    def deadly(steps, what, total=None):
        nonlocal seen
        for step in steps:
            seen += 1
            if seen > items:
                os.kill(os.getpid(), signal.SIGKILL)
            yield step

    try:
        run_study(study, folder, deadly, Choice("smoke"))
    finally:
        os._exit(1)


def squad(folder: Path, split: str, content: object) -> None:
    path = folder / "squad" / f"{split}-v2.0.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), "utf-8")


def article(title: str, **question) -> dict:
    asked = {"id": f"{title}-1", "question": "Who?", "answers": [{"text": "Ada", "answer_start": 0}]} | question
    return {"title": title, "paragraphs": [{"context": f"Ada of {title} wrote it.", "qas": [asked]}]}


GOOD = {"data": [article("one"), article("two")]}


@pytest.mark.parametrize(
    ("split", "content", "message"),
    [
        ("train", {"data": []}, "the split train of squad has no examples"),
        ("train", {"data": [article("one")]}, "1 examples of 1 group cannot be split by group"),
        (
            "train",
            {"data": [article("one"), article("two", question=" ")]},
            "data[1].paragraphs[0].qas[0]: question is empty",
        ),
        ("train", [{"id": "x", "question": "Who?", "context": "Ada"}], "there is no column answers"),
        (
            "test",
            {"data": [article("three", answers=[{"text": "Bob", "answer_start": 0}])]},
            "the answer 'Bob' does not stand at character 0",
        ),
        ("test", {"data": [article("three", id="x"), article("four", id="x")]}, "the id x stands a second time"),
        ("test", {"data": [article("one"), article("two")]}, "the train part has 0 questions to choose from"),
        ("test", None, "squad"),
    ],
)
def test_bad_data_is_one_line_and_freezes_nothing(study, tmp_path, monkeypatch, split, content, message):
    monkeypatch.setenv("COLOPHON_DATA_DIR", str(tmp_path / "data"))
    files = {"train": GOOD, "dev": {"data": [article("three")]}} | {{"train": "train", "test": "dev"}[split]: content}
    for name, what in files.items():
        if what is not None:
            squad(tmp_path / "data", name, what)
    assert message in refusal(study(data="squad"), tmp_path / "frozen")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"training": {"learning_rate": 1e30}}, "the loss is not a number at step"),
        ({"training": {"max_tokens": 300}}, "smoke-encoder: max_tokens is 300, but the model reads 256 at most"),
        ({"training": {"max_tokens": 16}}, "raise max_tokens"),
        ({"training": {"lora": {"r": 2, "alpha": 2, "targets": ["x"]}}}, "smoke-encoder: LoRA cannot be put on x"),
        ({"model": {"name": "llama-3.2-1b"}}, "llama-3.2-1b"),
    ],
)
def test_what_stops_a_run_is_one_line_and_freezes_nothing(study, tmp_path, change, message):
    assert message in refusal(study(**change), tmp_path / "frozen")


def refusal(study, folder: Path) -> str:
    with pytest.raises(UserError) as said:
        run(study, folder)
    assert "\n" not in str(said.value)
    assert not list(folder.rglob("*.csv"))
    return str(said.value)
