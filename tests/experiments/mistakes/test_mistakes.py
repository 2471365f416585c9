"""A mistake spoils its figure and leaves the one beside it as it is."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from experiments.exits.terms import BLEU_STATISTICS
from experiments.freezing import run_study
from experiments.mistakes import making
from experiments.mistakes.derived import derive_mistakes
from experiments.mistakes.study import Study
from experiments.study_files import load_study
from experiments.system import Choice
from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.read import read_table
from tests.experiments.smoke import make_project

SHIPPED = PACKAGE_ROOT / "experiments" / "studies" / "sst2-mistakes.yaml"


def settings(**changes) -> dict:
    """The profile smoke of the study that ships, without the tables of others unless `changes` names them."""
    content = yaml.safe_load(SHIPPED.read_text("utf-8"))
    smoke = content["profiles"]["smoke"] | {"frozen": {}} | changes
    return {**content, "profiles": {"smoke": smoke}}


def derived(tables: dict[str, list[dict]], **changes) -> dict[tuple[str, str, str], dict]:
    """The rows of the table of mistakes that come of these tables, by their key."""
    study = Study.model_validate(settings(**changes))
    rows = derive_mistakes(study, lambda name: SimpleNamespace(rows=tables[name]))
    return {(row["mistake"], row["case"], row["quantity"]): row for row in rows}


def predictions(generated: list[str | None], tuned: list[str], heads: list[list[str]]) -> list[dict]:
    """Predictions of as many examples, the first half of which is negative."""
    stages = [("all", "zero-shot", tuned), ("all", "zero-shot-generated", generated), ("seed-0", "fine-tuned", tuned)]
    for number, said in enumerate(heads, start=1):
        stages += [("seed-0", f"{name}-{number}", said) for name in ("new-head", "adapter-without-head")]
    gold = ["negative"] * (len(tuned) // 2) + ["positive"] * (len(tuned) // 2)
    return [
        {"run": run, "stage": stage, "id": str(place), "gold": true, "predicted": label, "tie": None}
        for run, stage, said in stages
        for place, (true, label) in enumerate(zip(gold, said, strict=True))
    ]


RIGHT = ["negative"] * 4 + ["positive"] * 4
SAID = predictions(["negative", "negative", "negative", None, *RIGHT[4:]], RIGHT, [["negative"] * 8, ["positive"] * 8])


def test_labels_read_as_the_next_one_turn_right_answers_into_wrong_ones():
    rows = derived({"predictions": SAID})
    tuned, generated = (
        rows["wrong-labels", case, "accuracy"] for case in ("fine-tuned classifier", "generated answers")
    )
    assert (tuned["printed"], tuned["honest"], tuned["baseline"]) == (0, 1, 0.5)
    assert (generated["printed"], generated["honest"]) == (0, 7 / 8)  # what was not read stays wrong
    assert tuned["p_value"] == 2 / 2**8
    assert tuned["printed_low"] == 0 < tuned["printed_high"] < 1


def test_new_heads_are_a_mean_with_their_lowest_and_highest():
    head = derived({"predictions": predictions(RIGHT, RIGHT, [RIGHT, ["positive"] * 8])})[
        "random-head", "new heads", "accuracy"
    ]
    assert (head["printed"], head["least"], head["most"], head["runs"]) == (0.75, 0.5, 1, 2)
    assert (head["honest"], head["difference"]) == (1, 0.25)


def test_always_abstaining_scores_the_unanswerable_questions_and_none_of_the_others():
    answers = [
        {"id": str(n), "paragraph": f"p{n % 3}", "answerable": n < 6, "abstaining_exact": int(n >= 6)}
        for n in range(10)
    ]
    rows = derived({"predictions": SAID, "q/answers": [*answers, *answers]}, frozen={"answers": {"table": "q/answers"}})
    exact, f1 = (rows["always-abstaining", "all questions", quantity] for quantity in ("exact", "f1"))
    assert exact["printed"] == f1["printed"] == 0.4
    assert (exact["honest"], exact["printed_n"], exact["honest_n"]) == (0, 10, 6)


def test_the_prompt_is_most_of_a_score_that_counts_it():
    def rows(answer: str, depth: int, scored: str, matched: int) -> list[dict]:
        statistics = dict(zip(BLEU_STATISTICS, (10, 10, *[matched] * 4, 10, 9, 8, 7), strict=True))
        who = {"model": "m", "answer": answer, "stage": "base" if depth else "none", "run": "all" if depth else "none"}
        scores = dict.fromkeys(("rouge_l", "bertscore_precision", "bertscore_recall", "bertscore_f1"), 0.0)
        signed = {"bleu_signature": "s", "bertscore_signature": "s"}
        return [
            {**who, "depth": depth, "id": str(n), "scored": scored, **statistics, **scores, **signed} for n in range(4)
        ]

    said = [
        row
        for answer, depth, alone in (("exit", 1, 0), ("exit", 2, 1), ("empty", 0, 0))
        for scored, matched in (("new-tokens", alone), ("with-prompt", 6))
        for row in rows(answer, depth, scored, matched)
    ]
    found = derived({"predictions": SAID, "e/statistics": said}, frozen={"statistics": {"table": "e/statistics"}})
    answers, nothing = (found["prompt-scored", case, "bleu"] for case in ("answers", "no answers"))
    assert 0 < answers["honest"] < answers["printed"] == nothing["printed"] < 1
    assert nothing["honest"] == pytest.approx(0, abs=0.05)
    assert answers["difference"] == pytest.approx(answers["honest"] - answers["printed"])


def test_the_first_layer_is_that_of_a_model_in_which_it_is_constant():
    def row(model: str, pooling: str, value: float, distinct: int) -> dict:
        cells = {"model": model, "pooling": pooling, "target": "t", "value": value, "low": value, "high": value, "n": 9}
        more = {"weights": "trained", "layer": 0, "score": "accuracy", "baseline": 0.4}
        return {**cells, **more, "distinct": distinct, "degenerate": distinct == 1}

    layers = [row("a", "last", 0.5, 7), row("a", "mean", 0.6, 9), row("b", "last", 0.4, 1), row("b", "mean", 0.7, 9)]
    for model, chosen in ((None, "b"), ("a", "a")):
        frozen = {"layers": {"table": "p/layers", "model": model}}
        rows = derived({"predictions": SAID, "p/layers": layers}, frozen=frozen)
        found = rows["constant-first-state", "t", "accuracy"]
        assert (found["model"], found["printed"], found["honest"]) == {"a": ("a", 0.5, 0.6), "b": ("b", 0.4, 0.7)}[
            chosen
        ]
        assert found["distinct"] == {"a": 7, "b": 1}[chosen]


@pytest.mark.parametrize(
    ("key", "change"),
    [("zero_shot", {"generate": False}), ("training", {"method": "full", "lora": None})],
)
def test_a_study_in_which_a_mistake_cannot_be_made_is_refused(key, change):
    smoke = settings()["profiles"]["smoke"]
    with pytest.raises(ValueError, match=r"generated answers|saved without its head"):
        Study.model_validate(settings(**{key: smoke[key] | change}))


@pytest.mark.parametrize("chosen", [("random-head",), ("wrong-labels", "adapter-without-head")])
def test_only_mistakes_that_are_listed_are_derived(chosen):
    needed = [
        row
        for row in SAID
        if {"new-head": "random-head", "adapter-without-head": "adapter-without-head"}.get(
            row["stage"].rpartition("-")[0], chosen[0]
        )
        in chosen
    ]
    rows = derived({"predictions": needed}, mistakes=list(chosen))
    whole = derived({"predictions": SAID})
    assert rows == {key: row for key, row in whole.items() if key[0] in chosen}
    assert {key[0] for key in rows} == set(chosen)


@pytest.mark.parametrize(
    ("listed", "changes"),
    [
        (["random-head"], {"zero_shot": {"generate": False}, "training": {"method": "full", "lora": None}}),
        (["wrong-labels"], {"training": {"method": "full", "lora": None}}),
        (["adapter-without-head", "packed-weights"], {"zero_shot": {"generate": False}}),
    ],
)
def test_a_study_needs_only_what_its_listed_mistakes_need(listed, changes):
    smoke = settings()["profiles"]["smoke"]
    changed = {key: smoke[key] | change for key, change in changes.items()}
    study = Study.model_validate(settings(mistakes=listed, **changed))
    assert study.profiles.smoke.mistakes == tuple(listed)


@pytest.mark.parametrize(
    ("listed", "said"),
    [([], "no mistake is made"), (["random-head"] * 2, "stands twice"), (["random-tail"], "random-head")],
)
def test_a_list_that_makes_nothing_of_a_study_is_refused(listed, said):
    with pytest.raises(ValueError, match=said):
        Study.model_validate(settings(mistakes=listed))


def test_a_study_that_lists_all_mistakes_is_the_one_that_lists_none():
    every = settings()["profiles"]["smoke"]["mistakes"]
    content = settings()
    del content["profiles"]["smoke"]["mistakes"]
    studies = [Study.model_validate(each) for each in (content, settings(), settings(mistakes=every[::-1]))]
    digests = {study.at("smoke").digest() for study in studies}
    assert len(digests) == 1
    assert Study.model_validate(settings(mistakes=every[1:])).at("smoke").digest() not in digests


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A function: the folder of the tables that a run of the study gives, with these settings."""
    folder = make_project(tmp_path)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for name in ("COLOPHON_FROZEN", "COLOPHON_STUDIES", "COLOPHON_MODELS_DIR", "COLOPHON_DATA_DIR", "COLOPHON_RUNS"):
        monkeypatch.delenv(name, raising=False)

    def run(**changes) -> Path:
        place = folder / "experiments" / "studies" / "sst2-mistakes.yaml"
        place.write_text(yaml.safe_dump(settings(**changes)), "utf-8")
        study = load_study("sst2-mistakes")
        run_study(study, folder / "frozen", lambda items, what, total=None: iter(items), Choice("smoke"))
        return folder / "frozen"

    return run


def test_a_run_gives_predictions_under_new_heads_and_the_counts(run):
    root = run()
    said: dict[str, list] = {}
    for row in read_table("sst2-mistakes/predictions", root).rows:
        said.setdefault(row["stage"], []).append(row["probability_positive"])
    heads = [f"{name}-{number}" for name in ("new-head", "adapter-without-head") for number in (1, 2)]
    of_classifiers = [said[stage] for stage in ("untrained-head", "fine-tuned", *heads)]
    assert all(one != other for place, one in enumerate(of_classifiers) for other in of_classifiers[:place])
    counts = {(row["mistake"], row["quantity"]): row for row in read_table("sst2-mistakes/miscounts", root).rows}
    head = counts["head-counted-twice", "total"]
    assert head["printed"] - head["honest"] == 64 * 2  # the head of a tiny model with two labels
    packed, both = counts["packed-weights", "total"], counts["packed-weights-and-head", "total"]
    assert packed["printed"] < packed["honest"]
    assert both["honest"] == head["honest"]
    assert both["printed"] - packed["printed"] == head["printed"] - packed["honest"]  # the adapter and the second head
    assert len(read_table("sst2-mistakes/mistakes", root).rows) == 4


@pytest.mark.parametrize(
    ("listed", "heads", "counted"),
    [
        (["random-head", "packed-weights"], {"new-head-1", "new-head-2"}, {"packed-weights"}),
        (["adapter-without-head"], {"adapter-without-head-1", "adapter-without-head-2"}, set()),
        (["head-counted-twice", "packed-weights-and-head"], set(), {"head-counted-twice", "packed-weights-and-head"}),
    ],
)
def test_a_run_makes_the_mistakes_that_are_listed_and_no_other(run, monkeypatch, listed, heads, counted):
    loaded = []
    original = making.load_classifier
    monkeypatch.setattr(making, "load_classifier", lambda *given: loaded.append(given) or original(*given))
    root = run(mistakes=listed)
    stages = {row["stage"] for row in read_table("sst2-mistakes/predictions", root).rows}
    assert {stage for stage in stages if stage.startswith(("new-head", "adapter-without-head"))} == heads
    assert {"zero-shot", "untrained-head", "fine-tuned"} <= stages
    assert {row["mistake"] for row in read_table("sst2-mistakes/miscounts", root).rows} == counted
    scores = {row["mistake"] for row in read_table("sst2-mistakes/mistakes", root).rows}
    assert scores == set(listed) - counted
    packed = bool(counted - {"head-counted-twice"})
    assert len(loaded) == len(heads) + bool(counted) + packed, "no model is loaded for a mistake that is not made"
