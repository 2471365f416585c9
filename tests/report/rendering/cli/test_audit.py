"""`report audit`: a project's published studies, as CONTRIBUTING has them, and a stranger's table without a project."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.audit.spreadsheet import read_spreadsheet
from experiments.cli.app import app
from report.rendering.cli import main

PROJECT = Path(__file__).resolve().parents[4]


@pytest.fixture
def audit(capsys, monkeypatch, tmp_path):
    """`report audit` in an empty folder: exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        code = main(["audit", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def table(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode(encoding))
        return path.name

    return write


def findings(audit, name):
    code, out, err = audit("--csv", name, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)["findings"]


@pytest.mark.parametrize(
    ("figure", "unit", "value"), [("samples", "count", 1234), ("samples", "", 1234), ("tokens", "", 1.234)]
)
def test_a_dot_before_three_digits_parts_the_thousands_of_a_count_alone(tmp_path, figure, unit, value):
    path = tmp_path / "table.csv"
    path.write_text(f"figure,value,unit,sd\n{figure},1.234,{unit},\nspread,12,count,1.5\n", "utf-8")
    rows = {row.key["figure"]: row.cells for row in read_spreadsheet(path).figures}
    assert rows[figure]["value"] == value
    assert [rows["spread"][column] for column in ("sd", "sd_low", "sd_high")] == [1.5, 1.45, 1.55]


def test_the_section_on_published_reports_works_word_for_word(tmp_path, monkeypatch, capsys):
    """The study is written, frozen and audited by what the section says, in a project with nothing else in it."""
    section = (
        (PROJECT / "CONTRIBUTING.md")
        .read_text("utf-8")
        .partition("## Add a published report\n")[2]
        .partition("\n## ")[0]
    )
    name = re.search(r"Write `(experiments/studies/.*?)`", section)[1]
    study = re.search(r"```yaml\n(.*?)```", section, re.S)[1]
    commands = re.search(r"```console\n(.*?)```", section, re.S)[1].splitlines()
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\n")
    shutil.copytree(PROJECT / "lockfiles", tmp_path / "lockfiles")
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(study, "utf-8")
    monkeypatch.chdir(tmp_path)
    for variable in ("COLOPHON_FROZEN", "COLOPHON_STUDIES"):
        monkeypatch.delenv(variable, raising=False)
    printed = []
    for command in commands:
        program, *arguments = shlex.split(command)
        assert (main(arguments) if program == "report" else app(arguments, standalone_mode=False)) in (0, None)
        printed.append(capsys.readouterr().out)
    _, told, as_json = printed
    assert "91.7%" in told
    found = json.loads(as_json)
    assert [each["verdict"] for each in found["claims"]] == ["holds"]
    assert "inconsistent" not in {each["verdict"] for each in found["findings"]}
    assert {each["study"] for each in found["findings"]} == {"published-other"}
    assert main(["audit", "published-othr"]) == 1
    assert "did you mean published-other?" in capsys.readouterr().err
    bare = study.partition("claims:")[0].replace("published-other", "published-bare")
    (tmp_path / name).with_name("published-bare.yaml").write_text(bare, "utf-8")
    app(["run", "published-bare"], standalone_mode=False)
    capsys.readouterr()
    assert main(["audit", "published-bare"]) == 0
    assert "claim" not in capsys.readouterr().out
    (tmp_path / "documents").mkdir()
    document = (
        "# Results\n\nOn 120 reviews:\n\n|   | zero-shot | fine-tuned |\n|---|---|---|\n| accuracy | 50.8% | 97.1% |\n"
    )
    (tmp_path / "documents" / "published-other.md").write_text(document, "utf-8")
    assert main(["audit", "published-other", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(each["file"], each["figures"]) for each in found["documents"]] == [("published-other.md", 3)]
    [mistyped] = found["mistranscribed"]
    assert "did you mean 97.1%?" in mistyped["what"]
    assert main(["audit", "published-other", "published-bare"]) == 0
    told = capsys.readouterr().out
    assert mistyped["where"] in told
    assert "not checked here: the documents of published-bare;" in told


def test_a_table_of_a_stranger_is_audited_with_its_lines(audit, table):
    name = table(
        "figure,value,unit,n\naccuracy,83.4%,percent,6\nprecision,0.30,fraction,\nrecall,0.30,,\nF1 score,0.45,,\n"
    )
    found = {each["check"]: each for each in findings(audit, name)}
    assert found["proportion-of-whole-examples"]["verdict"] == "inconsistent"
    assert found["proportion-of-whole-examples"]["figures"] == [{"figure": "accuracy", "place": "table.csv:2"}]
    assert found["f1-from-precision-and-recall"]["verdict"] == "inconsistent"
    code, out, _ = audit("--csv", name)
    assert code == 0
    assert "accuracy (table.csv:2)" in out


def test_names_tell_what_is_measured_of_what(audit, table):
    rows = "BERT precision,0.30\nBERT recall,0.30\nF1 (BERT),0.45\nEM of T5,81.2\nF1 score of T5,78.0\n"
    found = {each["check"]: each["verdict"] for each in findings(audit, table(f"figure,value\n{rows}"))}
    assert found["f1-from-precision-and-recall"] == "inconsistent"
    assert found["exact-match-above-f1"] == "inconsistent"


MEANS = ("7.22", "4.74", "5.23", "2.57", "6.77", "2.68", "7.01", "7.38", "3.14", "6.89", "5.00", "0.24")
PIGS1 = dict(zip(MEANS, (32, 25, 29, 24, 27, 28, 29, 26, 27, 31, 25, 28), strict=True))


@pytest.mark.parametrize("head", ["x,n", "Mean;N", "\ufeffmean\tsample size"])
def test_the_data_set_pigs1_in_any_separator(audit, table, head):
    mark = next(each for each in ",;\t" if each in head)
    lines = [f"{value.replace('.', ',') if mark == ';' else value}{mark}{n}" for value, n in PIGS1.items()]
    found = [
        each for each in findings(audit, table("\n".join((head, *lines)))) if each["check"] == "mean-of-whole-numbers"
    ]
    assert "".join("TF"[each["verdict"] == "inconsistent"] for each in found) == "TFFFFTFTFFTF"


def test_deviations_ranges_and_classes_are_columns(audit, table):
    name = table('value,sd,n,min,max,note\n"0,19",0.35,1683,0,1,binary\n0.12,0.33,1683,0,1,\n')
    found = [each["verdict"] for each in findings(audit, name) if each["check"] == "deviation-of-whole-numbers"]
    assert found == ["inconsistent", "consistent"]
    rows = "recall,0.9,50,a\nrecall,0.8,50,b\nmacro recall,0.7,,\n"
    found = [
        each["verdict"] for each in findings(audit, table(f"figure,value,n,class\n{rows}")) if "macro" in each["check"]
    ]
    assert found == ["inconsistent"]


def test_a_table_with_a_column_for_each_score(audit, table):
    name = table("model,Precision,Recall,F1 score,Accuracy,n\nBERT,0.30,0.30,0.45,83.4%,6\nT5,0.80,0.80,0.80,,10\n")
    found = {each["check"]: each for each in findings(audit, name) if each["verdict"] == "inconsistent"}
    assert {"f1-from-precision-and-recall", "proportion-of-whole-examples"} <= set(found)
    assert found["f1-from-precision-and-recall"]["figures"][0] == {"figure": "Precision (BERT)", "place": "table.csv:2"}


def test_a_classification_report(audit, table):
    """As scikit-learn prints it, and with an average that cannot be."""
    report = ",precision,recall,f1-score,support\nneg,0.80,0.80,0.80,10\npos,0.90,0.90,0.90,20\naccuracy,,,0.87,30\n"
    report += "macro avg,0.85,0.85,{},30\nweighted avg,0.87,0.87,0.87,30\n"
    right, wrong = findings(audit, table(report.format("0.85"))), findings(audit, table(report.format("0.75")))
    assert {each["check"] for each in right} >= {"macro-scores", "confusion-counts", "class-supports"}
    assert "inconsistent" not in {each["verdict"] for each in right}
    assert {each["check"] for each in wrong if each["verdict"] == "inconsistent"} == {
        "macro-scores",
        "confusion-counts",
    }


def verdicts_of(found, check):
    return [each["verdict"] for each in found if each["check"] == check]


def test_averages_of_a_true_classification_report_are_not_blamed(audit, table):
    """Ten of a hundred are found of the one class, all of the other."""
    rows = "a,1.00,0.10,0.18,100\nb,0.53,1.00,0.69,100\nmacro avg,0.76,0.55,0.44,200\n"
    found = findings(audit, table(f",precision,recall,f1-score,support\n{rows}"))
    assert {each["verdict"] for each in found} == {"consistent"}
    assert len(verdicts_of(found, "f1-from-precision-and-recall")) == 2


@pytest.mark.parametrize("name", ["samples avg", "avg / total"])
def test_other_averages_are_no_classes(audit, table, name):
    rows = f"a,1.00,0.10,0.18,100\nb,0.53,1.00,0.69,100\nmacro avg,0.76,0.55,0.44,200\n{name},0.76,0.55,0.44,200\n"
    found = findings(audit, table(f",precision,recall,f1-score,support\n{rows}"))
    assert {each["verdict"] for each in found if each["check"] in ("class-supports", "macro-scores")} == {"consistent"}
    assert len(verdicts_of(found, "f1-from-precision-and-recall")) == 2


SUPPORTS = ",precision,recall,f1-score,support\nneg,0.80,0.80,0.80,{}\npos,0.90,0.90,0.90,{}\naccuracy,{},{}\n"
SUPPORTS += "macro avg,0.85,0.85,0.85,{}\nweighted avg,0.87,0.87,0.87,{}\n"


@pytest.mark.parametrize(
    ("supports", "expected"),
    [
        ((10, 20, ",,0.87", 30, 30, 30), ["consistent"]),
        ((10, 20, ",,0.87", 30, 36, 36), ["consistent", "inconsistent"]),
        ((10, 20, ",,0.87", 36, 30, 30), ["inconsistent", "consistent"]),
        (("10.0", "20.0", "0.87,0.87,0.87", "0.87", "30.0", "30.0"), ["consistent"]),  # as pandas fills the line
    ],
)
def test_supports_of_a_classification_report_add_up(audit, table, supports, expected):
    found = findings(audit, table(SUPPORTS.format(*supports)))
    told = [each["sentence"] for each in found if each["check"] == "class-supports" and "add up" in each["sentence"]]
    assert sorted("inconsistent" if "is not" in each else "consistent" for each in told) == sorted(expected)


def test_an_accuracy_in_every_cell_of_its_line_is_one_figure(audit, table):
    line = "0.866667,0.866667,0.866667"
    found = findings(audit, table(SUPPORTS.format(10, 20, line, "0.866667", 30, 30)))
    assert not verdicts_of(found, "values-recur")
    sentences = {each["check"]: each["sentence"] for each in found}
    assert "3 scores" in sentences["one-scale-per-document"]  # the F1 of two classes, and the accuracy
    assert "all 13 scores" in sentences["confusion-counts"]
    other = findings(audit, table(SUPPORTS.format(10, 20, "0.866667,0.80,", 30, 30, 30)))
    assert verdicts_of(other, "confusion-counts") == ["inconsistent"]


@pytest.mark.parametrize("zeros", [10, 20])
def test_a_large_number_of_examples_takes_no_time(audit, table, zeros):
    rows = "a,0.5,fraction,{0},\naccuracy,50.0%,percent,{0},\nm,3.50,mean,{0},0.1\n".format(10**zeros)
    found = findings(audit, table(f"figure,value,unit,n,sd\n{rows}"))
    assert verdicts_of(found, "proportion-of-whole-examples") == ["consistent"] * 2
    assert verdicts_of(found, "deviation-of-whole-numbers") == ["inconsistent"]  # 3 and 4 differ by more


@pytest.mark.parametrize("index", ["", "class", "Label", "category", "index", "name", "Unnamed: 0"])
def test_a_classification_report_of_pandas_whatever_its_index_is_called(audit, table, index):
    """`DataFrame(classification_report(…, output_dict=True)).T`: the accuracy stands in its whole row."""
    rows = "neg,0.80,0.80,0.80,10.0\npos,0.90,0.90,0.90,20.0\naccuracy,0.87,0.87,0.87,0.87\n"
    rows += "macro avg,0.85,0.85,0.85,30.0\nweighted avg,0.87,0.87,0.87,30.0\n"
    found = findings(audit, table(f"{index},precision,recall,f1-score,support\n{rows}"))
    assert {each["check"] for each in found} >= {"macro-scores", "confusion-counts", "class-supports"}
    assert "inconsistent" not in {each["verdict"] for each in found}


def test_a_line_of_errors_is_told_once(audit, table):
    code, _, err = audit("--csv", table("label,precision,recall,support\nneg,0.8,0.8,1.5\n"))
    assert (code, len(err.splitlines())) == (1, 1)


def test_what_is_not_printed_and_columns_of_other_names_do_no_harm(audit, table):
    name = table("figure,value,unit,colour\naccuracy,n/a,%,red\n\nlatency,12,score,\nBLEU,27.3,,\n")
    code, _, err = audit("--csv", name)
    assert (code, err) == (0, "")


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("", [r"table.csv: the file is empty"]),
        ("sep=;\nfigure;value\na;1\n", [r"table.csv:1: a line for Excel"]),
        ("figure,vaule\na,1\n", [r"table.csv:1: there is no column value \(is it vaule\?\)"]),
        ("model,accuracy\nBERT,much\n", [r"table.csv:2: column accuracy: 'much' is not a figure"]),
        ("value,sd\n1.0,-0.5\n", [r"table.csv:2: column sd: '-0.5' is no standard deviation"]),
        ("value,value\n1,2\n", [r"table.csv:1: the column value stands 2 times"]),
        ("figure,value\n", [r"table.csv: there are no figures below"]),
        (
            "figure,value,unit,n\na,many,percent,3\nb,1,percnt,3\nc,4\nd,0.5,fraction,2.5\n",
            [
                r"table.csv:2: column value: 'many' is not a figure",
                r"table.csv:3: column unit: percnt is no unit \(did you mean percent\?\)",
                r"table.csv:4: 2 cells, but there are 4 columns",
                r"table.csv:5: column n: '2.5' is no whole number of examples",
            ],
        ),
        (
            "figure,value,unit,n\nacc,93,furlongs,10\n",
            [r"table.csv:2: column unit: furlongs is no unit; known: percent, .*, text \(for any other: score"],
        ),
        ("figure,value\nr,17/20\n", [r"table.csv:2: column value: '17/20' .*; the unit percent or fraction reads it"]),
        ("figure,value,unit\ntokens,12.5,count\n", [r"table.csv:2: column value: '12.5' .* a count is a whole number"]),
        ("quantity,value\nsamples,12.5\n", [r"table.csv:2: column value: '12.5' .* a count is a whole number"]),
        ("figure,value\nr,85.2 (0.3)\n", [r"table.csv:2: column value: .* a spread, a share or a second score"]),
        ("figure,value,unit\nr,250 ms,seconds\n", [r"table.csv:2: column value: .*its unit is ms"]),
        ("value,sd\n1.0,wide\n", [r"table.csv:2: column sd: 'wide' is not a figure"]),
        ("value,min\n1.0,low\n", [r"table.csv:2: column min: 'low' is no number"]),
        ("value,n,items\n1.0,4,0\n", [r"table.csv:2: column items: '0' is no number"]),
        ("value,n,min,max\n1.0,4,5,1\n", [r"table.csv:2: column max: '1' is not more than the least, 5"]),
        ('value\n"1\n', [r"table.csv:2: not CSV"]),
    ],
)
def test_a_table_that_cannot_be_read_is_told_with_line_and_column(audit, table, text, complaints):
    code, out, err = audit("--csv", table(text))
    assert (code, out) == (1, "")
    lines = err.splitlines()
    assert len(lines) == len(complaints)
    for line, complaint in zip(lines, complaints, strict=True):
        assert re.match(f"error: {complaint}", line), line


def test_another_format_or_encoding_and_a_missing_file_are_one_line(audit, table):
    printed = "      precision  recall  support\n\n neg       0.50    0.60       10\n pos       0.9     1.0        9\n"
    err = audit("--csv", table(printed))[2]
    assert "parted by blanks" in err
    assert err.count("\n") == 1
    assert "is not UTF-8; save the file as UTF-8" in audit("--csv", table("value\nd\u00e9", "latin-1"))[2]
    assert audit("--csv", "nowhere.csv")[2] == "error: nowhere.csv: cannot be read: No such file or directory\n"
    assert "not both" in audit("a-study", "--csv", table("value\n1\n"))[2]


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The published studies of the project with their tables, to be changed: the folder of the studies."""
    for variable, folder in (("COLOPHON_STUDIES", "studies"), ("COLOPHON_FROZEN", "frozen")):
        shutil.copytree(PROJECT / "experiments" / folder, tmp_path / folder)
        monkeypatch.setenv(variable, str(tmp_path / folder))
    return tmp_path / "studies"


def changed(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_verdicts_on_stale_tables_and_of_invalid_studies_say_so_first(audit, copied):
    study = copied / "published-s2.yaml"

    def state():
        code, out, err = audit("published-s2", "--json")
        assert err == ""
        return code, [(each["study"], each["state"]) for each in json.loads(out)["not_fresh"]]

    assert state() == (0, [])
    assert audit("published-s2")[1].startswith("published-s2 (s2)\n")
    changed(study, '"18350080"', '"18350081"')
    assert state() == (0, [("published-s2", "stale")])
    first = audit("published-s2")[1].splitlines()[0]
    assert re.match(r"published-s2: its frozen tables are stale \(.*changed: study\); `experiments freeze", first)
    assert audit("published-s1")[1].startswith("published-s1 (s1)\n")
    changed(study, "predicate: rises", "predicate: risess")
    assert state() == (1, [("published-s2", "invalid")])
    code, out, _ = audit("published-s2")
    assert code == 1
    assert re.match(r"published-s2: the study is invalid, .*published-s2.yaml:143: .*did you mean rises", out)
    study.unlink()
    assert state() == (0, [("published-s2", "orphaned")])


def test_an_audit_loads_no_deep_learning_framework():
    code = "import sys; from report.rendering.cli import main; main(['audit', 'published-s2', '--json'])\n"
    code += "sys.exit(any(name in sys.modules for name in ('torch', 'transformers', 'datasets', 'peft')))"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT, capture_output=True)


def test_without_published_studies_the_other_way_is_named(audit, tmp_path):
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\n")
    code, _, err = audit()
    assert code == 1
    assert "report audit --csv FILE" in err
