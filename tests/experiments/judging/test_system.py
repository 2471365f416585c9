"""Whole studies: their tables, what interrupts them, and what stops them."""

import os

import pytest

from experiments.exits import shapes as exits
from experiments.freezing.declared import specs
from experiments.judging.answers import COLUMNS
from experiments.judging.kept import Kept
from experiments.judging.prompts import ORDERS, Pair, question
from experiments.statistics.proportions import wilson
from experiments.study_files import load_study
from experiments.tables.errors import UserError
from experiments.tables.locations import PACKAGE_ROOT

from .conftest import answers_with, honest, material, says

EXACT = {"kind": "exact", "name": "exact"}
MEASURED = ("wall_seconds", "waited_seconds")


def test_the_share_judged_right_stands_beside_its_baselines(study, answers, run, endpoint):
    answers()
    tables = run(study([EXACT, endpoint.judge()]))
    cells = {(row["judge"], row["stage"], row["run"], row["depth"]): row for row in tables["accuracy"]}
    runs = {("base", "all"), ("fine-tuned", "seed-0"), ("fine-tuned", "seed-1"), ("fine-tuned", "all")}
    assert set(cells) == {(judge, *run, depth) for judge in ("exact", "remote") for run in runs for depth in (1, 2)}
    for (_, stage, of, depth), row in cells.items():
        assert row["accuracy"] == (1 if depth == 2 else 0)
        assert (row["accuracy_low"], row["accuracy_high"]) == pytest.approx(wilson(3 * (depth == 2), 3), abs=1e-6)
        pooled = stage == "fine-tuned" and of == "all"
        assert (row["n"], row["answers"]) == (3, 6 if pooled else 3)
        assert row["seeds"] == {"base": 0}.get(stage, 2 if pooled else 1)
        assert row["right"] + row["wrong"] == row["answers"]
        assert row["empty_answers"] == (0 if depth == 2 else row["answers"] // 3)
        assert (row["empty_baseline"], row["echo_baseline"]) == (0, 0)


def test_a_judge_that_takes_anything_is_seen_by_its_baselines(study, answers, run, endpoint):
    answers()
    endpoint.always = says("right")
    tables = run(study([endpoint.judge()]))
    for row in tables["accuracy"]:
        assert (row["accuracy"], row["empty_baseline"], row["echo_baseline"]) == (1, 1, 1)
    overall = tables["agreement"][0]
    assert (overall["category"], overall["kappa"], overall["n"]) == ("all", 0, 50)


def test_a_judge_that_likes_the_instruction_is_seen_by_the_echo(study, answers, run, endpoint):
    answers()
    endpoint.always = says(lambda prompt: "right" if echoes(material(prompt)) else "wrong")
    for row in run(study([endpoint.judge()]))["accuracy"]:
        assert (row["accuracy"], row["empty_baseline"], row["echo_baseline"]) == (0, 0, 1)


def echoes(texts: dict) -> bool:
    return texts["answer"] == "\n".join(texts[name] for name in ("instruction", "input") if name in texts)


def test_a_judge_that_prefers_a_place_marks_nothing_right(study, answers, run, endpoint):
    answers()
    endpoint.always = says(lambda prompt: "right" if list(material(prompt))[-1] == "reference" else "wrong")
    tables = run(study([endpoint.judge()]))
    for row in tables["accuracy"]:
        assert (row["accuracy"], row["inconsistent"], row["unparsed"]) == (0, row["answers"], 0)
        assert (row["right_answer_first"], row["right_reference_first"], row["highest"]) == (1, 0, 1)
    assert {row["mark"] for row in tables["verdicts"]} == {"inconsistent"}
    overall = tables["agreement"][0]
    assert (overall["agreement"], overall["inconsistent"], overall["decided_n"]) == (0, 50, 0)
    assert overall["decided_kappa"] is None


def test_unparsed_verdicts_are_counted_and_never_right(study, answers, run, endpoint):
    answers()
    endpoint.always = says(lambda prompt: "right" if list(material(prompt))[-1] == "reference" else "right, I think")
    tables = run(study([endpoint.judge()]))
    for row in tables["accuracy"]:
        assert (row["accuracy"], row["unparsed"], row["right_reference_first"]) == (0, row["answers"], 0)
    assert {row["raw"] for row in tables["verdicts"] if row["verdict"] == "unparsed"} == {"right, I think"}


def test_agreement_counts_what_the_verdicts_say(study, run, endpoint):
    tables = run(study([endpoint.judge(), EXACT], answers=False))
    overall = {row["judge"]: row for row in tables["agreement"] if row["category"] == "all"}
    labels = [row["label"] for row in tables["examples"]]
    for name, row in overall.items():
        marks = {each["id"]: each["mark"] for each in tables["labelled"] if each["judge"] == name}
        pairs = list(zip(labels, marks.values(), strict=True))
        for label in ("right", "wrong"):
            for said in ("right", "wrong"):
                assert row[f"{label}_as_{said}"] == pairs.count((label, said))
        assert row["agreement"] == pytest.approx(sum(a == b for a, b in pairs) / len(pairs), abs=1e-6)
        assert row["kappa_low"] < row["kappa"] < row["kappa_high"]
    assert overall["remote"]["wrong_as_right"] == 0
    by_category = {row["category"]: row for row in tables["agreement"] if row["judge"] == "exact"}
    assert by_category["verbatim"]["agreement"] == 1
    assert by_category["verbatim"]["kappa"] is None, "all verbatim examples are right"
    assert by_category["paraphrase"]["right_as_wrong"] == 4


def test_a_matching_judge_reads_no_prompt(study, answers, run):
    answers()
    tables = run(study([EXACT, {"kind": "normalised", "name": "normalised"}]))
    assert {(row["order"], row["prompt_sha256"], row["raw"]) for row in tables["verdicts"]} == {("none", None, None)}
    said = {(row["judge"], row["id"]): row["mark"] for row in tables["labelled"]}
    assert (said["exact", "brief-1"], said["normalised", "number-3"]) == ("wrong", "right")
    assert said["normalised", "empty-3"] == said["normalised", "empty-1"] == "wrong"


def test_local_judges_generate_or_rank(study, answers, run):
    torch = pytest.importorskip("torch")
    answers()
    local = {"kind": "local", "model": {"name": "smoke-decoder"}}
    judges = [
        local | {"name": "said", "by": "generation"},
        local | {"name": "calibrated", "by": "likelihood"},
        local | {"name": "ranked", "by": "likelihood", "ranking": "sum"},
    ]
    tables = run(study(judges))
    for row in tables["verdicts"]:
        assert row["prompt_tokens"] > 0
        assert (row["margin"] is None) == (row["raw"] is not None) == (row["judge"] == "said")
        if row["judge"] != "said":
            assert row["verdict"] == ("right" if row["margin"] > 0 else "wrong")
    assert {row["unparsed"] for row in tables["agreement"] if row["judge"] == "ranked"} == {0}

    from experiments.models.load import load_for

    loaded = load_for("causal", "smoke-decoder")
    frozen = {row["id"]: row["prompt_answer_first"] for row in tables["examples"]}
    checked = 0
    for row in tables["labelled"]:
        if row["judge"] != "ranked" or row["order"] != "answer-first" or row["truncated"]:
            continue
        totals = []
        for word in (" right", " wrong"):
            texts = [frozen[row["id"]], frozen[row["id"]] + word]
            prompt, whole = loaded.tokenizer(texts)["input_ids"]
            with torch.no_grad():
                logprobs = loaded.model(torch.tensor([whole])).logits[0].log_softmax(-1)
            totals.append(sum(logprobs[at - 1, whole[at]].item() for at in range(len(prompt), len(whole))))
        assert row["margin"] == pytest.approx(totals[0] - totals[1], abs=1e-4)
        checked += 1
    assert checked > 5


def test_each_order_is_calibrated_by_its_own_prompt_also_in_a_run_that_goes_on(study):
    pytest.importorskip("torch")
    from experiments.judging.local import CONTENT_FREE, LocalJudge
    from experiments.judging.study import Local
    from experiments.models.load import load_for
    from experiments.scoring.likelihood import score_labels
    from experiments.scoring.results import Example

    template = "Right?\n{material}\nVerdict:"
    settings = Local(kind="local", name="ranked", model={"name": "smoke-decoder"}, by="likelihood")
    pair = Pair("Say a.", "", "a", "b")
    asked = [question(template, pair, order) for order in ORDERS]
    loaded, words = load_for("causal", "smoke-decoder"), (" right", " wrong")
    expected = {}
    for each in asked:
        own = question(template, CONTENT_FREE, each.order).prompt
        scored = score_labels(loaded.model, loaded.tokenizer, [Example(each.prompt, words)], content_free=[own])
        right, wrong = scored.examples[0].by("calibrated")
        expected[each.order] = right - wrong
    for some in (asked, asked[::-1], asked[1:]):
        [verdicts] = LocalJudge(settings, template, "cpu").verdicts(some)
        assert [each.margin for each in verdicts] == pytest.approx([expected[each.order] for each in some], abs=1e-5)


def test_a_verdict_goes_on_where_its_reply_begins():
    pytest.importorskip("torch")
    from experiments.judging.local import LocalJudge
    from experiments.judging.study import Local
    from experiments.models.load import load_for
    from experiments.scoring.likelihood import score_labels
    from experiments.scoring.results import Example

    local = {"kind": "local", "name": "it", "model": {"name": "smoke-decoder"}, "by": "likelihood", "ranking": "sum"}
    begun = Local.model_validate(local | {"begin": ' The answer is "'})
    asked = question("{material} Verdict:", Pair("Say a.", "", "a", "b"), "answer-first")
    [[verdict]] = LocalJudge(begun, "{material} Verdict:", "cpu").verdicts([asked])
    loaded = load_for("causal", "smoke-decoder")
    example = Example(f'{asked.prompt} The answer is "', ("right", "wrong"))
    right, wrong = score_labels(loaded.model, loaded.tokenizer, [example]).examples[0].by("sum")
    assert verdict.margin == pytest.approx(right - wrong, abs=1e-5)
    assert "begin" not in Local.model_validate(local).model_dump(mode="json")


def test_stories260k_judges_honestly(study, run, shared_models):
    local = {"kind": "local", "model": {"name": "stories260k"}}
    judges = [local | {"name": "said", "by": "generation"}, local | {"name": "ranked", "by": "likelihood"}]
    tables = run(study(judges, answers=False))
    overall = {row["judge"]: row for row in tables["agreement"] if row["category"] == "all"}
    assert overall["said"]["unparsed"] == 50, "a model of stories does not know what it is asked"
    assert abs(overall["ranked"]["kappa"]) < 0.4


def test_a_run_goes_on_where_the_endpoint_fell_silent(study, answers, run, endpoint, tmp_path):
    answers()
    judges = [EXACT, endpoint.judge()]
    straight = run(study(judges), folder=None)
    asked = len(endpoint.prompts)
    endpoint.requests.clear()

    endpoint.script = [says(honest)] * 12
    endpoint.always = answers_with(b"down", 503)
    said = r"^remote: 127.0.0.1:\d+ answers HTTP 503 Service Unavailable \(4 bytes\) \(after 4 attempts\); "
    kept = f"12 of {asked} verdicts are kept, and the same command goes on from there$"
    with pytest.raises(UserError, match=said + kept):
        run(study(judges))
    endpoint.always = says(honest)
    again = run(study(judges))
    assert len(endpoint.prompts) == asked + 4, "nothing is asked again"
    for name in ("verdicts", "accuracy", "labelled", "agreement"):
        assert again[name] == straight[name]
    before, after = (tables["cost"][1] for tables in (straight, again))
    assert (before["interruptions"], after["interruptions"]) == (0, 1)
    assert after["calls"] == before["calls"] + 4
    assert after["retries"] == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
def test_a_killed_run_goes_on_to_the_same_tables(study, answers, run, endpoint, tmp_path, monkeypatch):
    answers()
    small = study([endpoint.judge()])
    straight = run(small)
    asked = len(endpoint.prompts)
    monkeypatch.setenv("COLOPHON_RUNS", str(tmp_path / "killed"))
    endpoint.requests.clear()
    for verdicts in (3, 8):
        assert run_and_die(run, small, verdicts)
    [kept] = (tmp_path / "killed").rglob("remote-*.jsonl")
    with kept.open("ab") as file:
        file.write(b'{"question": "torn')
    again = run(small)
    assert len(endpoint.prompts) == asked, "what was answered before a kill is not asked again"
    assert again["cost"][0]["interruptions"] == 2
    assert len(Kept(kept).verdicts) == asked, "the torn line spoils none"
    for name in ("verdicts", "accuracy", "labelled", "agreement"):
        assert again[name] == straight[name]


@pytest.mark.parametrize("line", [b"\0" * 20, b"{}", b"7", b'{"question": "q", "verdict": {"raw": "x"}}', b"\xff"])
def test_a_damaged_line_of_what_was_kept_is_named(tmp_path, line):
    path = tmp_path / "remote-0.jsonl"
    path.write_bytes(b'{"interrupted": true}\n' + line + b"\n")
    with pytest.raises(UserError, match=r"remote-0\.jsonl:2: the line is damaged; remove it, and what it held"):
        Kept(path)


def run_and_die(run, study, verdicts: int) -> bool:
    """Run in a forked process that is killed after so many more verdicts; whether it was."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9

    def deadly(steps, what, total=None):
        for number, step in enumerate(steps, start=1):
            if number == verdicts:
                os._exit(9)
            yield step

    try:
        run(study, progress=deadly)
    finally:
        os._exit(1)


def test_another_model_behind_the_endpoint_is_another_judge(study, run, endpoint, monkeypatch):
    judge = endpoint.judge(model="$TEST_MODEL")
    endpoint.script, endpoint.always = [says("right")] * 5, answers_with(b"", 400)
    monkeypatch.setenv("TEST_MODEL", "one")
    with pytest.raises(UserError, match="5 of 100 verdicts are kept"):
        run(study([judge], answers=False))
    endpoint.always = says("wrong")
    monkeypatch.setenv("TEST_MODEL", "two")
    tables = run(study([judge], answers=False))
    assert {row["verdict"] for row in tables["labelled"]} == {"wrong"}
    assert tables["cost"][0]["model"] == "two"


def test_keys_are_checked_before_anybody_is_asked(study, run, endpoint, monkeypatch):
    monkeypatch.delenv("TEST_OTHER_KEY", raising=False)
    with pytest.raises(UserError, match="last: the environment variable TEST_OTHER_KEY"):
        run(study([endpoint.judge(), endpoint.judge(name="last", key="$TEST_OTHER_KEY")], answers=False))
    assert endpoint.requests == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            None,
            "early-exit-alpaca/answers, whose answers are to be judged, cannot be read: .*missing; make it with "
            "`experiments run early-exit-alpaca --profile smoke`",
        ),
        (
            {"profile": "cpu"},
            "was frozen in the profile cpu, and this run is of the profile smoke; run "
            "`experiments run early-exit-alpaca --profile smoke` first",
        ),
        ({"profile": None}, "was frozen in the profile None"),
        ({"sha256": "0" * 64}, r"was made from another file of smoke-instructions/all \(000000000000, not "),
        ({"rows": []}, "early-exit-alpaca/answers holds no answers"),
        ({"id": "all-999"}, "answers all-999, which is not in smoke-instructions/all"),
    ],
)
def test_a_table_that_does_not_fit_is_one_line(study, answers, run, frozen, change, message):
    if change and "id" in change:
        change = {"rows": [row | change for row in answers()[:1]]}
    if change is not None:
        answers(**change)
    with pytest.raises(UserError, match=message) as end:
        run(study([EXACT]))
    assert "\n" not in str(end.value)
    assert not (frozen / "small").exists() or not list((frozen / "small").glob("*.csv"))


def test_an_empty_reference_is_one_line(study, answers, run, tmp_path, monkeypatch):
    (tmp_path / "data" / "alpaca").mkdir(parents=True)
    (tmp_path / "data" / "alpaca" / "alpaca_data.json").write_text(
        '[{"instruction": "Say nothing.", "input": "", "output": " "}]', "utf-8"
    )
    monkeypatch.setenv("COLOPHON_DATA_DIR", str(tmp_path / "data"))
    answers([row for row in answers() if row["id"] == "all-1"])
    chosen = {"table": "early-exit-alpaca/answers", "data": {"name": "alpaca"}, "split": "all"}
    with pytest.raises(UserError, match="alpaca/all: the reference of all-1 is empty"):
        run(study([EXACT], answers=chosen))


def test_seeds_cannot_be_chosen_where_nothing_is_trained(study, run):
    with pytest.raises(UserError, match="small trains nothing"):
        run(study([EXACT], answers=False), seeds=(1,))


def test_an_unknown_model_is_said_by_the_endpoint(study, run, endpoint):
    endpoint.always = answers_with(b'{"error": {"message": "the model tiny does not exist"}}', 404)
    with pytest.raises(UserError, match="knows no such address or model"):
        run(study([endpoint.judge()], answers=False))


@pytest.mark.parametrize("profile", ["smoke", "cpu", "full"])
def test_the_study_that_ships_reads_the_table_of_early_exits(profile, monkeypatch):
    shipped = load_study("judge-by-layer", PACKAGE_ROOT / "experiments" / "studies")
    declared = specs(shipped, profile)
    ran = [spec for spec in declared.values() if spec.made == "run"]
    assert {spec.inputs for spec in ran} == {("early-exit-alpaca/answers",)}
    columns = {column.name: column.type for column in exits.ANSWERS}
    assert set(COLUMNS) <= set(columns)
    assert (*exits.ANSWERS_KEY, "text") == COLUMNS
    if profile == "cpu":
        assert not any(judge.kind == "endpoint" for judge in shipped.at(profile).chosen.judges)
