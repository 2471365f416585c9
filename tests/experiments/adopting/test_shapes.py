"""The shapes in which predictions come: one model or many, two files, probabilities, numbers, no answers, no gold."""

import json
import re
import shlex
import shutil

import numpy as np
import pytest
import yaml
from sklearn.metrics import f1_score, log_loss, mean_absolute_error, mean_squared_error, r2_score

from experiments.study_files import load_study
from experiments.system import load_system
from experiments.tables.digest import code_closure
from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.read import read_table


@pytest.fixture
def adopt(project, experiments):
    """`adopt(*arguments, **files)` adopts as the study `mine`; the tables, or the error line."""
    shutil.copytree(PACKAGE_ROOT / "lockfiles", project.folder / "lockfiles", dirs_exist_ok=True)

    def call(*arguments: str, **files: str):
        for name, content in files.items():
            (project.folder / f"{name}.csv").write_text(content, "utf-8")
        answer = experiments("adopt", "--study", "mine", *arguments, "--json")
        if answer.code:
            return answer.err
        found = json.loads(answer.out)
        return {**found["tables"], "notes": found["notes"]}

    return call


def values(rows: list[dict], side: str) -> dict[str, float]:
    return {row["score"]: row["value"] for row in rows if row["side"] == side}


MANY = "id,label,base,lora,full\n" + "".join(
    f"{i},{gold},{a},{b},{c}\n"
    for i, (gold, a, b, c) in enumerate(zip("xyzxyzxy", "xxxxyzyy", "xyzxyyxy", "xyzxyzxz", strict=True))
)


def test_one_model_is_scored_and_compared_with_nothing(adopt):
    tables = adopt("many.csv", "--map", "id=id,gold=label,predicted=base", many=MANY)
    assert set(tables) == {"examples", "confusion", "scores", "notes"}
    assert {row["side"] for row in tables["scores"]} == {"predicted"}
    assert set(tables["examples"][0]) == {"id", "gold", "predicted"}


def test_each_of_many_models_is_compared_with_the_first(adopt, experiments):
    tables = adopt("many.csv", "--map", "id=id,gold=label,base=base,lora=lora,full-tuned=full", many=MANY)
    assert [row["side"] for row in tables["scores"] if row["score"] == "accuracy"] == ["base", "lora", "full-tuned"]
    assert [(row["before"], row["after"]) for row in tables["tests"]] == [("base", "lora"), ("base", "full-tuned")]
    p_values = [row["p_value"] for row in tables["tests"]]
    assert [row["p_holm"] for row in tables["tests"]] == [min(1, 2 * min(p_values))] * 2
    assert sum(row["count"] for row in tables["transitions"] if row["after"] == "lora") == 8
    assert set(tables["examples"][0]) == {"id", "gold", "base", "lora", "full_tuned"}
    experiments("freeze")
    assert experiments("verify").code == 0


def test_adopted_examples_do_not_age_with_a_formula(adopt, project):
    adopt("many.csv", "--map", "id=id,gold=label,base=base,lora=lora", many=MANY)
    study = load_study("mine")
    [examples] = [spec for spec in load_system(study.system).tables(study) if spec.made == "run"]
    code = code_closure(*examples.code, PACKAGE_ROOT, ("experiments",))
    assert "experiments.adopting.adopted" in code
    assert not any(name.startswith("experiments.statistics.") for name in code)


BEFORE = "id,gold,pred\n1,a,b\n2,b,b\n3,a,a\n"
AFTER = "id,pred\n3,a\n1,a\n2,a\n"


def test_two_files_are_joined_by_their_ids(adopt, project):
    arguments = ("--before", "one.csv", "--after", "two.csv", "--map", "id=id,gold=gold,predicted=pred")
    tables = adopt(*arguments, one=BEFORE, two=AFTER)
    said = [(row["id"], row["gold"], row["before"], row["after"]) for row in tables["examples"]]
    assert said == [("1", "a", "b", "a"), ("2", "b", "b", "a"), ("3", "a", "a", "a")]
    named = adopt(
        *arguments[:-1], "id=id,gold=gold,before=pred,after=after", one=BEFORE, two=AFTER.replace("pred", "after")
    )
    assert named["examples"] == tables["examples"]
    study = (project.folder / "experiments" / "studies" / "mine.yaml").read_text("utf-8")
    assert "title: one.csv and two.csv\n" in study
    both = adopt(*arguments, one=BEFORE, two="id,gold,pred\n3,a,a\n1,a,a\n2,b,a\n")
    assert both["examples"] == tables["examples"]


@pytest.mark.parametrize("side", ["one", "two"])
def test_ids_that_pandas_made_floats_of_in_one_file_are_those_of_the_other(adopt, side):
    files = {"one": BEFORE, "two": AFTER}
    files[side] = re.sub(r"^(\d),", r"\1.0,", files[side], flags=re.MULTILINE)
    arguments = ("--before", "one.csv", "--after", "two.csv", "--map", "id=id,gold=gold,predicted=pred")
    tables = adopt(*arguments, **files)
    assert [(row["id"], row["after"]) for row in tables["examples"]] == [("1", "a"), ("2", "a"), ("3", "a")]
    assert any(f"{side}.csv: ids" in note for note in tables["notes"])
    assert "is not in" in adopt(*arguments, **files | {side: files[side].replace("2.0,", "2.5,")})


@pytest.mark.parametrize(
    ("two", "message"),
    [
        (AFTER + "4,a\n", "two.csv:5: the id 4 is not in one.csv"),
        (AFTER.replace("2,a\n", ""), "one.csv:3: the id 2 is not in two.csv"),
        ("id,gold,pred\n3,a,a\n1,b,a\n2,b,a\n", "one.csv:2: gold is a, but b in two.csv:3"),
        (AFTER.replace("1,a", "1,c"), "two.csv:3: unknown label c in after"),
        (AFTER.replace("pred", "label"), "two.csv:1: there is no column pred; columns: id, label"),
    ],
)
def test_files_that_do_not_fit_are_one_line(adopt, project, two, message):
    error = adopt(
        "--before", "one.csv", "--after", "two.csv", "--map", "id=id,gold=gold,predicted=pred", one=BEFORE, two=two
    )
    assert message in error
    assert len(error.splitlines()) == 1
    assert not (project.root / "mine").exists()


def test_ids_are_row_numbers_or_digests_of_a_text(adopt):
    content = "text,gold,p\nthe same,a,a\nanother,b,b\nthe same,a,b\n"
    rows = adopt("x.csv", "--map", "gold=gold,predicted=p", x=content)["examples"]
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    found = adopt("x.csv", "--map", "hash=text,gold=gold,predicted=p", x=content)
    first, _, again = (row["id"] for row in found["examples"])
    assert again == f"{first}-2"
    assert len(first) == 16
    assert any("more than once" in note for note in found["notes"])


def test_semicolons_tabs_and_quotes_are_read(adopt):
    arguments = ("x.csv", "--map", "id=id,gold=gold,predicted=p")
    content = 'id,text,gold,p\n1,"so, so",a,a\n2,t,b,a\n'
    rows = adopt(*arguments, x=content)["examples"]
    for delimiter in ";\t|":
        found = adopt(*arguments, x=content.replace('"so, so"', "so so").replace(",", delimiter))
        assert found["examples"] == rows
        assert any(note.startswith("fields are parted by") for note in found["notes"])


def test_labels_of_a_pipeline_and_of_another_case_are_those_of_the_gold(adopt):
    arguments = ("x.csv", "--map", "id=id,gold=gold,predicted=p")
    content = "id,gold,p\n1,{},{}\n2,{},{}\n"
    numbers = adopt(*arguments, x=content.format(0, "LABEL_0", 1, "LABEL_0"))
    assert [row["predicted"] for row in numbers["examples"]] == ["0", "0"]
    named = adopt(*arguments, "--labels", "neg,pos", x=content.format("neg", "LABEL_1", "pos", "POS "))
    assert [row["predicted"] for row in named["examples"]] == ["pos", "pos"]
    mapped = adopt(*arguments, "--label-map", "-=neg,+=pos", x=content.format("neg", "-", "pos", "+"))
    assert [row["predicted"] for row in mapped["examples"]] == ["neg", "pos"]
    unordered = adopt(*arguments, x=content.format("neg", "LABEL_1", "pos", "LABEL_0"))
    assert "x.csv:2: unknown label LABEL_1 in predicted" in unordered  # nobody said which is which


def test_answers_that_are_no_label_are_wrong_and_never_a_class(adopt):
    content = "id,gold,p,q\n1,hate,PARSE_FAIL,hate\n2,none,none,none\n3,none,hate,none\n4,hate,,hate\n"
    found = adopt("x.csv", "--map", "id=id,gold=gold,p=p,q=q", "--invalid", 'PARSE_FAIL,""', x=content)
    assert {row["gold"] for row in found["confusion"]} == {"hate", "none"}
    assert values(found["scores"], "q")["macro_f1"] == 1
    assert values(found["scores"], "p")["accuracy"] == 0.25
    assert {row["unparsed"] for row in found["scores"] if row["side"] == "p"} == {2}
    counted = {(row["what"], row["cell"]): row["count"] for row in found["left-out"]}
    assert counted == {("prediction", "PARSE_FAIL"): 1, ("prediction", "-"): 1}


@pytest.mark.parametrize("missing", ["-1", "-", "", "nan", "-1.0"])
def test_rows_without_a_gold_label_are_left_out_and_counted(adopt, missing):
    content = f"id,gold,p\n1,0,1\n2,{missing},2\n3,2,2\n4,1,1\n5,{missing},0\n"
    found = adopt("x.csv", "--map", "id=id,gold=gold,predicted=p", x=content)
    assert [row["id"] for row in found["examples"]] == ["1", "3", "4"]
    assert [row["count"] for row in found["left-out"]] == [2]
    assert {row["gold"] for row in found["confusion"]} == {"0", "1", "2"}


def test_empty_gold_cells_and_dashes_are_left_out_together(adopt):
    found = adopt("x.csv", "--map", "id=id,gold=gold,predicted=p", x="id,gold,p\n1,a,a\n2,-,b\n3,b,a\n4,,b\n")
    assert [(row["what"], row["cell"], row["count"]) for row in found["left-out"]] == [("gold", "-", 2)]


def test_answers_with_commas_can_be_named_as_the_error_says(adopt):
    arguments = ("x.csv", "--map", "id=id,gold=gold,predicted=p")
    content = 'id,gold,p\n1,a,"I think, a"\n2,b,b\n3,b,"an ""a"", no?"\n'
    hint = shlex.split(adopt(*arguments, x=content).splitlines()[0].partition("--invalid ")[2])[0]
    second = shlex.split(adopt(*arguments, "--invalid", hint, x=content).partition("--invalid ")[2])[0]
    found = adopt(*arguments, "--invalid", f"{hint},{second}", x=content)
    assert {row["cell"] for row in found["left-out"]} == {"I think, a", 'an "a", no?'}
    named = adopt(*arguments, "--label-map", '"I think, a=a"', "--invalid", second, "--labels", "a,b", x=content)
    assert [row["predicted"] for row in named["examples"]] == ["a", "b", None]


def test_minus_one_is_a_label_where_it_is_predicted_or_named(adopt):
    arguments = ("x.csv", "--map", "id=id,gold=gold,predicted=p")
    predicted = adopt(*arguments, x="id,gold,p\n1,-1,-1\n2,1,1\n3,0,-1\n")
    assert [row["gold"] for row in predicted["confusion"][::3]] == ["-1", "0", "1"]
    assert any("--no-gold=-1" in note for note in predicted["notes"])
    named = adopt(*arguments, "--labels=-1,0,1", x="id,gold,p\n1,-1,0\n2,1,1\n3,0,0\n")
    assert len(named["examples"]) == 3


def test_minus_one_is_a_label_where_a_gap_in_the_column_made_a_decimal_of_it(adopt):
    rows = "".join(f"{i},{float(gold)},{said}\n" for i, (gold, said) in enumerate([(-1, -1), (0, 1), (1, -1)] * 3))
    arguments = ("g.csv", "--map", "id=id,gold=g,predicted=p")
    for more in ((), ("--labels=-1,0,1",)):
        tables = adopt(*arguments, *more, g=f"id,g,p\n{rows}")
        assert values(tables["scores"], "predicted")["accuracy"] == pytest.approx(1 / 3, abs=1e-6)
        assert len(tables["examples"]) == 9


def test_a_study_that_is_adopted_again_is_presented_as_before(adopt, project):
    arguments = ("g.csv", "--map", "id=id,gold=g,predicted=p")
    adopt(*arguments, g="id,g,p\n1,a,a\n2,b,a\n")
    file = project.folder / "experiments" / "studies" / "mine.yaml"
    file.write_text(file.read_text("utf-8") + "report: {order: 3, show: false, heading: Ours}\n", "utf-8")
    assert len(adopt(*arguments, g="id,g,p\n1,a,a\n2,b,a\n3,b,b\n")["examples"]) == 3
    assert yaml.safe_load(file.read_text("utf-8"))["report"] == {"order": 3, "show": False, "heading": "Ours"}


def test_an_empty_gold_cell_and_a_dash_are_counted_together(adopt):
    tables = adopt("g.csv", "--map", "id=id,gold=g,predicted=p", g="id,g,p\n1,,a\n2,-,a\n3,-,b\n4,a,a\n5,b,a\n")
    assert tables["left-out"] == [{"what": "gold", "cell": "-", "count": 3}]


def test_macro_averages_are_over_the_labels_that_occur_as_gold(adopt):
    gold, said = list("aabbab"), list("abbcac")
    content = "id,gold,p\n" + "".join(f"{i},{g},{p}\n" for i, (g, p) in enumerate(zip(gold, said, strict=True)))
    found = adopt("x.csv", "--map", "id=id,gold=gold,predicted=p", "--labels", "a,b,c", x=content)
    expected = f1_score(gold, said, labels=["a", "b"], average="macro")
    assert values(found["scores"], "predicted")["macro_f1"] == pytest.approx(expected, abs=1e-6)


def test_probabilities_give_the_likeliest_label_and_a_calibration(adopt):
    rng = np.random.default_rng(0)
    p = rng.dirichlet((1, 1, 1), size=40).round(4)
    gold = rng.integers(3, size=40)
    lines = [f"{i},{'abc'[g]},{a},{b},{c}" for i, (g, (a, b, c)) in enumerate(zip(gold, p, strict=True))]
    content = "id,gold,pa,pb,pc\n" + "\n".join(lines) + "\n"
    arguments = ("x.csv", "--map", "id=id,gold=gold", "--probabilities", "m=pa,pb,pc", "--labels", "a,b,c")
    found = adopt(*arguments, x=content)
    assert [row["m"] for row in found["examples"]] == ["abc"[at] for at in p.argmax(axis=1)]
    (row,) = found["calibration"]
    assert row["log_loss"] == pytest.approx(log_loss(gold, p / p.sum(axis=1, keepdims=True)), abs=1e-3)
    assert 0 < row["calibration_error"] < 1
    wrong = adopt(*arguments, x=content.replace(f"0,{'abc'[gold[0]]},{p[0, 0]}", f"0,{'abc'[gold[0]]},7", 1))
    assert "x.csv:2: 7 is no probability" in wrong


def test_a_single_probability_is_that_of_the_second_label(adopt):
    content = "id,gold,p\n1,no,0.2\n2,yes,0.9\n3,yes,0.4\n"
    found = adopt("x.csv", "--map", "id=id,gold=gold", "--probabilities", "m=p", "--labels", "no,yes", x=content)
    assert [row["m"] for row in found["examples"]] == ["no", "yes", "no"]
    (row,) = found["calibration"]
    assert row["log_loss"] == pytest.approx(-np.log([0.8, 0.9, 0.4]).mean(), abs=1e-6)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("p.csv", "--map", "id=id,gold=g", "--probabilities", "m=p0,p1,p2"), "m has 3 columns, but --labels names 2"),
        (("p.csv", "--map", "id=id,gold=g", "--probabilities", "m=p0", "--labels", "a,b,c"), "m has 1 columns"),
        (
            ("--before", "p.csv", "--after", "p.csv", "--map", "id=id,gold=g,predicted=p0", "--probabilities", "m=p1"),
            "join the two files first",
        ),
        (
            ("--before", "p.csv", "--after", "p.csv", "--map", "id=id,gold=g,predicted=p0,stray=p1,odd=p2"),
            "stray=p1, odd=p2 means nothing with two files",
        ),
        (
            ("--before", "p.csv", "--after", "p.csv", "--map", "id=id,gold=gone,predicted=p0"),
            "p.csv, p.csv: neither has the column gone (gold)",
        ),
        (("p.csv", "--map", "id=id,gold=g,p1=p0", "--probabilities", "m=p1,p2"), "p1 is what --map calls another"),
        (("p.csv", "--map", "id=id,gold=g,a-b=p0,a_b=p1"), "two sides are one column"),
        (("p.csv", "--map", "id=id,gold=g,predicted=p0", "--regression"), "--labels: means nothing with --regression"),
        (("p.csv", "--squad", "p.csv"), "--labels: means nothing with --squad"),
    ],
)
def test_what_would_be_left_unread_is_refused(adopt, project, arguments, said):
    table = "id,g,p0,p1,p2\n1,a,0.2,0.7,0.1\n2,b,0.2,0.7,0.1\n"
    answer = adopt("--labels", "a,b", *arguments, p=table)
    (line,) = answer.splitlines()
    assert said in line
    assert not (project.folder / "experiments" / "studies" / "mine.yaml").exists()


@pytest.mark.parametrize(
    ("cell", "said"), [("", "(an empty cell)"), ("nan", "says nan"), ("NaN", "says NaN"), ("<NA>", "says <NA>")]
)
def test_what_stands_in_a_cell_without_a_value_is_said(adopt, cell, said):
    table = f"id,g,p0,p1\n1,a,0.5,0.5\n2,b,{cell},0.5\n"
    for arguments in (
        ("--probabilities", "m=p0,p1", "--labels", "a,b"),
        ("--map", "id=id,gold=p1,m=p0", "--regression"),
        ("--map", "id=id,gold=g,m=p0", "--labels", "a,b", "--label-map", "0.5=a"),
    ):
        answer = adopt("p.csv", "--map", "id=id,gold=g", *arguments, p=table)
        assert f"p.csv:3: {'p0' if 'm=p0,p1' in arguments else 'm'} is missing (" in answer
        assert said in answer


def test_what_stands_in_a_cell_of_the_second_file_is_said(adopt):
    arguments = ("--before", "x.csv", "--after", "y.csv", "--map", "id=id,gold=g,predicted=p", "--regression")
    answer = adopt(*arguments, x="id,g,p\n1,1,1\n2,2,2\n", y="p,id\n1,2\nNaN,1\n")
    assert "y.csv:3: after is missing (its cell says NaN" in answer


@pytest.mark.parametrize(("cell", "said"), [('"1,234"', "1,234, which can be 1234 or 1.234"), ("1_000", "no number")])
def test_a_number_that_can_be_read_two_ways_is_refused(adopt, cell, said):
    assert said in adopt("p.csv", "--map", "id=id,gold=g,predicted=p", "--regression", p=f"id,g,p\n1,{cell},1\n2,3,3\n")


def test_a_regression_has_errors_with_intervals_and_paired_tests(adopt, experiments):
    rng = np.random.default_rng(1)
    gold = rng.normal(size=30).round(3)
    one, other = (gold + rng.normal(size=30) * scale for scale in (1, 0.2))
    lines = [f"{i};{g};{a};{b}".replace(".", ",") for i, (g, a, b) in enumerate(zip(gold, one, other, strict=True))]
    content = "id;gold;p;q\n" + "\n".join(lines) + "\n30;;1,0;1,0\n"
    found = adopt("x.csv", "--map", "id=id,gold=gold,p=p,q=q", "--regression", x=content)
    for side, said in (("p", one), ("q", other)):
        scores = values(found["values"], side)
        assert scores["mse"] == pytest.approx(mean_squared_error(gold, said), abs=1e-6)
        assert scores["mae"] == pytest.approx(mean_absolute_error(gold, said), abs=1e-6)
        assert scores["r2"] == pytest.approx(r2_score(gold, said), abs=1e-6)
    assert all(row["low"] <= row["value"] <= row["high"] for row in found["values"])
    assert all(row["difference"] < 0 and row["p_value"] < 0.05 for row in found["differences"])
    assert [row["count"] for row in found["left-out"]] == [1]
    experiments("freeze")
    assert experiments("verify").code == 0
    assert "x.csv:2: p is no number: high" in adopt(
        "x.csv", "--map", "id=id,gold=gold,predicted=p,p=q", "--regression", x="id,gold,p,q\n1,1,1,high\n2,1,1,1\n"
    )


REGRESSION = ("x.csv", "--map", "id=id,gold=gold,p=p,q=q", "--regression")


@pytest.mark.parametrize(("rows", "p"), [("1,1,3,1\n", 1), ("1,1,3,1\n2,2,4,2\n", 0.5)])
def test_an_example_or_two_are_no_evidence(adopt, experiments, rows, p):
    found = adopt(*REGRESSION, x="id,gold,p,q\n" + rows)
    assert [row["p_value"] for row in found["differences"]] == [p, p]
    of_one = [row["low"] is None and row["high"] is None for row in (*found["differences"], *found["values"])]
    assert all(of_one) if p == 1 else not any(of_one)
    assert any("one example alone cannot be resampled" in note for note in found["notes"]) == (p == 1)
    experiments("freeze")
    assert experiments("verify").code == 0


def test_one_classified_example_has_no_bootstrap_interval(adopt, experiments):
    rows = "id,gold,p,q\n1,a,b,a\n"
    found = adopt("x.csv", "--map", "id=id,gold=gold,p=p,q=q", "--labels", "a,b", x=rows)
    assert {row["interval"] for row in found["scores"]} == {"wilson", None}
    assert any("one example alone" in note for note in found["notes"])
    experiments("freeze")
    assert experiments("verify").code == 0


@pytest.mark.parametrize(("row", "name"), [("1e200,1.4,2", "gold"), ("1,1.4,-1e160", "q"), ("1,1e101,2", "p")])
def test_a_value_that_cannot_be_squared_is_refused_with_its_line(adopt, project, row, name):
    said = adopt(*REGRESSION, x=f"id,gold,p,q\n1,2,2,2\n2,{row}\n3,1,1,1\n")
    assert f"x.csv:3: {name} is " in said
    assert len(said.splitlines()) == 1
    assert not (project.folder / "experiments" / "studies" / "mine.yaml").exists()


@pytest.mark.parametrize(("unit", "varies"), [("e100", True), ("e-8", True), ("e-100", True), ("e-170", False)])
def test_values_in_any_unit_have_their_r2(adopt, unit, varies):
    rows = [(1, 0.5, 1), (0.5, 0.25, 0.25), (-1, 0, -0.5), (0, 0, 0.1)]
    lines = (f"{i},{a}{unit},{b}{unit},{c}{unit}\n" for i, (a, b, c) in enumerate(rows))
    found = adopt(*REGRESSION, x="id,gold,p,q\n" + "".join(lines))
    gold, said, _ = zip(*rows, strict=True)
    r2 = values(found["values"], "p")["r2"]
    assert r2 == (pytest.approx(r2_score(gold, said), abs=1e-6) if varies else None)


def squad(version: str, questions: dict[str, list[str]]) -> str:
    asked = [
        {"id": name, "question": "?", "answers": [{"text": text, "answer_start": 0} for text in texts]}
        for name, texts in questions.items()
    ]
    return json.dumps({"version": version, "data": [{"title": "t", "paragraphs": [{"context": "c", "qas": asked}]}]})


def test_answers_are_adopted_by_the_rule_of_their_data(adopt, project):
    files = {
        "v1": squad("1.1", {"q1": ["a cat"], "q2": ["the dog"], "q3": ["the"]}),
        "v2": squad("v2.0", {"q1": ["a cat"], "q2": []}),
        "one": json.dumps({"q1": "cat", "q2": "black dog"}),
        "two": json.dumps({"q1": "a dog", "q2": ""}),
    }
    for name, content in files.items():
        (project.folder / f"{name}.json").write_text(content, "utf-8")
    first = adopt("one.json", "--squad", "v1.json")
    scores = values(first["scores"], "predicted")
    assert scores["exact[all]"] == pytest.approx(100 / 3, abs=1e-4)
    assert scores["f1[all]"] == pytest.approx(100 * (1 + 2 / 3) / 3, abs=1e-4)  # q3 is not answered: 0
    assert any("1 questions without an answer" in note for note in first["notes"])
    more = '{"q1": "x", "q1": "cat", "q2": "the dog", "q3": "", "q4": "a", "q5": ""}'
    (project.folder / "more.json").write_text(more, "utf-8")
    notes = " ".join(adopt("more.json", "--squad", "v1.json")["notes"])
    assert "1 questions answered more than once" in notes
    assert "2 answers to questions that the data does not have, such as q4" in notes
    both = adopt("--squad", "v2.json", "--before", "one.json", "--after", "two.json")
    assert [row["count"] for row in both["transitions"]] == [0, 1, 1, 0]
    assert values(both["scores"], "after")["exact[no-answer]"] == 100
    assert read_table("mine/answers").rows[0]["before_exact"] == 1
    assert {row["p_value"] for row in both["tests"]} == {1}  # all questions are about one paragraph
    assert any("one paragraph alone cannot be resampled" in note for note in both["notes"])
    missing = adopt("--squad", "v2.json", "--before", "one.json", "--after", "three.json")
    assert "three.json: cannot be read" in missing


def test_what_training_ignores_is_no_gold_label_and_an_answer_is_invalid_in_any_case(adopt):
    rows = "label,tuned\nhate,hate\n-100,none\nnone,parse_fail\nnone,nan\nhate,Hate\n"
    found = adopt("p.csv", "--map", "gold=label,predicted=tuned", "--invalid", "PARSE_FAIL,nan,a\rb", p=rows)
    assert values(found["scores"], "predicted")["accuracy"] == pytest.approx(2 / 4)
    assert sum(row["count"] for row in found["left-out"] if row["cell"] == "-100") == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("p.csv.gz", b"\x1f\x8b\x08\x00\x00", "compressed by gzip, not CSV"),
        ("p.xlsx", b"PK\x03\x04\x14\x00", "a zip archive or a spreadsheet, not CSV"),
        ("p.parquet", b"PAR1\x15\x04", "Parquet, not CSV"),
        ("p.jsonl", b'{"label": 1, "p": 1}\n', "JSON, not CSV"),
    ],
)
def test_tables_in_other_formats_are_named(adopt, project, name, content, said):
    (project.folder / name).write_bytes(content)
    error = adopt(name, "--map", "gold=label,predicted=p")
    assert said in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize("word", ["NA", "n/a", "null", "None", "?", "unlabeled", "hidden"])
def test_a_gold_label_that_is_never_predicted_is_told(adopt, word):
    cells = f"id,label,tuned\n1,a,a\n2,{word},b\n3,b,{{}}\n"
    told = adopt("p.csv", "--map", "id=id,gold=label,predicted=tuned", p=cells.format("b"))
    (note,) = [note for note in told["notes"] if "--no-gold" in note]
    assert word in note
    assert len(told["examples"]) == 3
    left_out = adopt("p.csv", "--map", "id=id,gold=label,predicted=tuned", f"--no-gold={word}", p=cells.format("b"))
    assert len(left_out["examples"]) == 2
    predicted = adopt("p.csv", "--map", "id=id,gold=label,predicted=tuned", p=cells.format(word))
    assert not any("--no-gold" in note for note in predicted["notes"])


@pytest.mark.parametrize(
    ("gold", "said", "read"),
    [
        (("0", "1"), ("False", "True"), ["0", "1"]),
        (("0", "1"), ("label_1", "Label_0"), ["1", "0"]),
        (("0", "1"), ("1.0", "true"), ["1", "1"]),
        (("True", "False"), ("1", "FALSE"), ["True", "False"]),
        (("LABEL_0", "LABEL_1"), ("label_0", "0"), ["0", "0"]),
    ],
)
def test_a_label_is_read_as_whatever_writes_it_has_it(adopt, gold, said, read):
    rows = "".join(f"{i},{g},{p}\n" for i, (g, p) in enumerate(zip(gold, said, strict=True)))
    found = adopt("x.csv", "--map", "id=id,gold=gold,predicted=p", x=f"id,gold,p\n{rows}")
    assert [row["predicted"] for row in found["examples"]] == read


@pytest.mark.parametrize("answer", ["I cannot\nanswer", "I cannot \r\n\n answer", "I cannot\tanswer"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_an_answer_in_several_lines_is_named_in_one(adopt, answer, delimiter):
    content = f'id,gold,p,q\n1,hate,"{answer}",hate\n2,none,none,none\n'.replace(",", delimiter)
    arguments = ("x.csv", "--map", "id=id,gold=gold,p=p,q=q")
    assert "--invalid 'I cannot answer'" in adopt(*arguments, x=content)
    found = adopt(*arguments, "--invalid", "I cannot answer", x=content)
    assert values(found["scores"], "p")["accuracy"] == 0.5
    assert [(row["cell"], row["count"]) for row in found["left-out"]] == [("I cannot answer", 1)]
    assert {row["gold"] for row in found["confusion"]} == {"hate", "none"}


@pytest.mark.parametrize("more", [(), ("--labels", "a,b"), ("--label-map", "A=a,b=b")])
def test_a_label_is_never_an_invalid_answer(adopt, project, more):
    error = adopt(
        "x.csv", "--map", "id=id,gold=gold,predicted=p", "--invalid", "a,X", *more, x="id,gold,p\n1,a,a\n2,b,X\n"
    )
    assert "--invalid: a is a label" in error
    assert len(error.splitlines()) == 1
    assert not (project.folder / "experiments" / "studies" / "mine.yaml").exists()


QUESTIONS_V2 = {"a": ["the cat"], "b": ["a", "an old dog"], "c": [], "d": [], "e": ["mice"]}
ANSWERS_V2 = {"a": "cat", "b": "old", "c": "", "d": "the", "e": "mice"}
"""The answer to d is a text without a word: right where there is no answer, and yet lost once answers are given."""
NO_ANSWER_V2 = {"e": 0.4, "d": 0.4, "a": 0.1, "b": 0.6, "c": 0.9, "strange": 0.2}


@pytest.fixture
def write(project):
    """`write(name, value)` writes a value as JSON into the project, and gives the name of the file."""

    def call(name: str, value: object) -> str:
        (project.folder / name).write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
        return name

    return call


def as_evaluate(answers: dict[str, str], no_answer: dict[str, float] | None = None) -> list[dict]:
    """Predictions as the metric squad_v2 of `evaluate` takes them, in the order of the probabilities."""
    names = [name for name in no_answer if name in answers] if no_answer else list(answers)
    beside = {name: {"no_answer_probability": no_answer[name]} for name in names} if no_answer else {}
    return [{"id": name, "prediction_text": answers[name], **beside.get(name, {})} for name in names]


def best_of(rows: list[dict], side: str) -> dict[str, float]:
    """What the scores say of the best thresholds, under the names of the official script."""
    found = {row["quantity"]: row for row in rows if row["side"] == side and row["threshold"] is not None}
    values = {name: row["value"] for name, row in found.items()}
    return values | {f"{name}_thresh": row["threshold"] for name, row in found.items()}


@pytest.mark.parametrize("shape", ["two files", "evaluate"])
@pytest.mark.parametrize("scale", [1, 5])
def test_no_answer_probabilities_give_the_best_scores_of_the_official_script(adopt, write, experiments, shape, scale):
    """Nothing given: c and d are right, 2. Up to a: 3; e comes before d in the file, so e makes it 4, d 3, c is empty.
    The threshold of e and d is one number, although the best score is that of e alone: so it is officially."""
    scores = {name: scale * probability for name, probability in NO_ANSWER_V2.items()}
    data = write("v2.json", squad("v2.0", QUESTIONS_V2))
    if shape == "evaluate":
        given = (write("q.json", as_evaluate(ANSWERS_V2, scores)),)
    else:
        given = (write("q.json", ANSWERS_V2), "--no-answer", write("na.json", scores))
    found = adopt(*given, "--squad", data)
    best = best_of(found["scores"], "predicted")
    assert best == {"best_exact": 80, "best_exact_thresh": 0.4 * scale, "best_f1": 80, "best_f1_thresh": 0.4 * scale}
    official = json.loads(experiments("score", "squad", given[0], *given[1:], "--data", data, "--json").out)
    assert best == {name: official[name] for name in best}
    assert values(found["scores"], "predicted")["exact[all]"] == pytest.approx(official["exact"])
    assert values(found["scores"], "predicted")["f1[all]"] == pytest.approx(official["f1"], abs=1e-4)
    assert any("above 1" in note for note in found["notes"]) == (scale > 1)
    assert {row["baseline"] for row in found["scores"] if row["quantity"] == "best_exact"} == {40}
    experiments("freeze")
    assert experiments("verify").code == 0


def test_the_best_scores_are_those_of_evaluate_on_any_answers(adopt, write, experiments):
    """The public numbers of the v2.0 script (`find_all_best_thresh`), written down again as its text says."""
    rng = np.random.default_rng(3)
    asked = {f"q{n}": [["a cat"], ["the dog", "dog"], []][n % 3] for n in range(60)}
    said = {name: str(rng.choice(["", "cat", "dog", "the", "black dog"])) for name in asked}
    names = list(rng.permutation(list(asked)))
    scores = {str(name): float(rng.integers(0, 8)) / 8 for name in names}
    data = write("v2.json", squad("v2.0", asked))
    found = adopt(write("q.json", said), "--squad", data, "--no-answer", write("na.json", scores))
    exact = {row["id"]: row["predicted_given_exact"] for row in found["answers"]}
    current = best = sum(not texts for texts in asked.values())
    threshold = 0.0
    for name in sorted(scores, key=lambda each: scores[each]):
        current += exact[name] if asked[name] else (-1 if said[name] else 0)
        if current > best:
            best, threshold = current, scores[name]
    assert best_of(found["scores"], "predicted")["best_exact"] == pytest.approx(100 * best / 60, abs=1e-4)
    assert best_of(found["scores"], "predicted")["best_exact_thresh"] == threshold


def test_of_two_sides_each_has_probabilities_of_its_own_or_none(adopt, write):
    data = write("v2.json", squad("v2.0", QUESTIONS_V2))
    write("na.json", NO_ANSWER_V2)
    sides = ("--before", write("one.json", ANSWERS_V2), "--after", write("two.json", ANSWERS_V2), "--squad", data)
    plain = adopt(*sides)
    found = adopt(*sides, "--no-answer", "after=na.json")
    assert best_of(found["scores"], "after")["best_exact"] == 80
    assert best_of(found["scores"], "before") == {}
    assert load_study("mine").probabilities == ("after",)
    assert [file.source.place for file in load_study("mine").files] == ["v2.json", "one.json", "two.json", "na.json"]
    both = adopt(*sides, "--no-answer", "after=na.json", "--no-answer", "before=na.json")
    assert best_of(both["scores"], "before") == best_of(both["scores"], "after")
    assert "threshold" not in plain["scores"][0]
    for name in ("tests", "transitions"):
        assert plain[name] == found[name] == both[name]
    write("na.json", {**NO_ANSWER_V2, "a": 1.5})  # counts as unanswered, also in transitions
    [corrected, broken] = [
        {row["correctness"]: row["count"] for row in adopt(*sides, "--no-answer", f"{side}=na.json")["transitions"]}
        for side in ("before", "after")
    ]
    assert (corrected["corrected"], corrected["broken"], broken["corrected"], broken["broken"]) == (1, 0, 0, 1)


def test_predictions_as_evaluate_takes_them_are_those_of_an_object(adopt, write, experiments):
    for version, questions in (("1.1", {"a": ["the cat"], "e": ["mice"]}), ("v2.0", QUESTIONS_V2)):
        data = write("data.json", squad(version, questions))
        answers = {name: ANSWERS_V2[name] for name in questions}
        shapes = [write("object.json", answers), write("list.json", as_evaluate(answers))]
        one, other = (adopt(path, "--squad", data) for path in shapes)
        assert one == other
        plain, listed = (experiments("score", "squad", path, "--data", data, "--json").out for path in shapes)
        assert plain == listed
    v1 = write("v1.json", squad("1.1", {"a": ["the cat"], "e": ["mice"]}))
    given = write("more.json", as_evaluate({name: ANSWERS_V2[name] for name in "ae"}, NO_ANSWER_V2))
    found = adopt(given, "--squad", v1)
    assert any("were not read" in note or "not read" in note for note in found["notes"])
    assert "threshold" not in found["scores"][0]
    assert "not read" in experiments("score", "squad", given, "--data", v1).err


ENTRY = {"id": "a", "prediction_text": "cat", "no_answer_probability": 0.1}


@pytest.mark.parametrize(
    ("predictions", "options", "said"),
    [
        (ANSWERS_V2, ("--squad", "v1.json", "--no-answer", "na.json"), "v1.json: SQuAD v1.1"),
        (ANSWERS_V2, ("--squad", "v2.json", "--no-answer", "few.json"), "few.json: 1 of 5 questions have no prob"),
        (ANSWERS_V2, ("--squad", "v2.json", "--no-answer", "nan.json"), "nan.json: question a: the probability is NaN"),
        (ANSWERS_V2, ("--squad", "v2.json", "--no-answer", "far.json"), "far.json: question a: the probability is bey"),
        (ANSWERS_V2, ("--squad", "v2.json", "--no-answer", "none.json"), "none.json: cannot be read"),
        (ANSWERS_V2, ("--map", "gold=x,predicted=y", "--no-answer", "na.json"), "is for answers to --squad"),
        (as_evaluate(ANSWERS_V2, NO_ANSWER_V2), ("--squad", "v2.json", "--no-answer", "na.json"), "of its own"),
        ([ENTRY, {"id": "b", "prediction_text": ""}], ("--squad", "v2.json"), "question b has no no_answer_prob"),
        ([ENTRY, {"id": 7, "prediction_text": ""}], ("--squad", "v2.json"), "[1] has no text called id"),
        ([{**ENTRY, "prediction_text": None}], ("--squad", "v2.json"), "[0] has no text called prediction_text"),
        ([{**ENTRY, "no_answer_probability": "x"}], ("--squad", "v2.json"), "question a: the probability is a text"),
    ],
)
def test_no_answer_probabilities_that_do_not_fit_are_one_line(adopt, write, project, predictions, options, said):
    write("q.json", predictions)
    write("v1.json", squad("1.1", {"a": ["the cat"]}))
    write("v2.json", squad("v2.0", QUESTIONS_V2))
    write("na.json", NO_ANSWER_V2)
    write("few.json", {name: value for name, value in NO_ANSWER_V2.items() if name != "b"})
    write("nan.json", {**NO_ANSWER_V2, "a": float("nan")})
    write("far.json", {**NO_ANSWER_V2, "a": float("inf")})
    failed = adopt("q.json", *options)
    assert said in " ".join(failed.replace("│", " ").split())
    assert not (project.folder / "experiments" / "studies" / "mine.yaml").exists()


def test_of_two_sides_it_is_said_whose_probabilities_a_file_has(adopt, write):
    data = write("v2.json", squad("v2.0", QUESTIONS_V2))
    sides = ("--before", write("one.json", ANSWERS_V2), "--after", "one.json", "--squad", data)
    assert "before=FILE or after=FILE" in adopt(*sides, "--no-answer", write("na.json", NO_ANSWER_V2))
    twice = ("--no-answer", "after=na.json", "--no-answer", "after=na.json")
    assert "one file for after" in adopt(*sides, *twice)


def test_one_paragraph_has_no_bounds(adopt, write):
    asked = {"a": ["the cat"], "b": ["an old dog"], "e": ["mice"]}
    data = write("v1.json", squad("1.1", asked))
    sides = ("--before", write("one.json", {"a": "cat", "b": "old"}), "--after", write("two.json", ANSWERS_V2))
    found = adopt(*sides, "--squad", data)
    assert {(row["low"], row["high"]) for row in (*found["scores"], *found["tests"])} == {(None, None)}
    assert {(row["share_low"], row["share_high"]) for row in found["transitions"]} == {(None, None)}
    two = json.loads(squad("v2.0", asked))  # a group of questions alone may be about one paragraph
    two["data"] += json.loads(squad("v2.0", {"c": [], "d": []}))["data"]
    found = adopt(write("two.json", ANSWERS_V2), "--squad", write("v2.json", two))
    bounded = {row["score"]: row["low"] is not None and row["high"] is not None for row in found["scores"]}
    assert bounded["exact[all]"] is True
    assert bounded["exact[has-answer]"] is bounded["exact[no-answer]"] is False
    assert not any("cannot be resampled" in note for note in found["notes"])


def test_one_example_has_no_bounds_of_resampling(adopt):
    rows = "gold,a,b,x0,x1\nyes,yes,no,0.2,0.8\n"
    found = adopt("p.csv", "--map", "gold=gold,a=a,b=b", "--labels", "no,yes", "--probabilities", "c=x0,x1", p=rows)
    assert {(row["low"], row["high"]) for row in (*found["tests"], *found["calibration"])} == {(None, None)}
    assert {row["interval"] for row in found["scores"] if row["low"] is not None} == {"wilson"}
