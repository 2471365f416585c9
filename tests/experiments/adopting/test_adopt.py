"""Predictions made elsewhere, from the file of a notebook to fresh tables."""

import json
import shutil

import pyarrow as pa
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from experiments.adopting.adopted import encode_adopted
from experiments.tables.canonical import encode
from experiments.tables.columns import text
from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.read import read_sidecar, read_table

MAP = "id=key,gold=label,before=zero shot,after=tuned"
HEADER = "key,text,label,zero shot,tuned\n"
ROWS = [("a", 1, 1, 1), ("b", 0, 1, 0), ("c", 1, 1, 0), ("d", 0, 1, 1), ("e", 0, 1, 0)]
NAMES = {0: "negative", 1: "positive"}
CLASSES = {"a": "both-right", "b": "corrected", "c": "broken", "d": "both-wrong", "e": "corrected"}
TABLES = ("examples", "transitions", "confusion", "scores", "tests")


def file_of(rows, header=HEADER) -> str:
    return header + "".join(f'{key},"a, ""b""\nc",{gold},{before},{after}\n' for key, gold, before, after in rows)


NUMBERS = file_of(ROWS)
WORDS = file_of([(key, *(NAMES[label] for label in labels)) for key, *labels in ROWS])


@pytest.fixture
def adopt(project, experiments):
    """`adopt(content, *arguments)` adopts a file with this content as the study `kaggle`."""
    shutil.copytree(PACKAGE_ROOT / "lockfiles", project.folder / "lockfiles", dirs_exist_ok=True)

    def call(content: str | bytes, *arguments: str, mapping: str = MAP):
        data = content if isinstance(content, bytes) else content.encode()
        (project.folder / "predictions.csv").write_bytes(data)
        return experiments("adopt", "predictions.csv", "--study", "kaggle", "--map", mapping, *arguments)

    return call


def tree(folder) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted((folder / "experiments").rglob("*")) if path.is_file()}


def test_adopted_tables_are_reported_with_their_source_and_stay_fresh(adopt, project, experiments):
    answer = adopt(WORDS, "--source", "A notebook of 2024")
    assert answer.code == 0, answer.err
    assert "1 both-right, 2 corrected, 1 broken, 1 both-wrong; exact McNemar p = 1" in answer.out
    for name in TABLES:
        sidecar = read_sidecar(f"kaggle/{name}", project.root)
        assert sidecar.kind == "reported"
        assert sidecar.made == ("run" if name == "examples" else "derived")
        assert sidecar.sources[0].title == "A notebook of 2024"
        assert sidecar.sources[0].place == "predictions.csv"
    expected = [
        {"id": key, "gold": NAMES[gold], "before": NAMES[before], "after": NAMES[after], "correctness": CLASSES[key]}
        for key, gold, before, after in ROWS
    ]
    assert read_table("kaggle/examples", project.root).rows == expected
    assert "A notebook of 2024: paired tests" in experiments("list").out

    experiments("freeze")
    status = {row["table"]: row["state"] for row in json.loads(experiments("status", "--json").out)["tables"]}
    assert {state for table, state in status.items() if table.startswith("kaggle/")} == {"fresh"}
    assert experiments("verify").code == 0

    (copy,) = (project.root.parent / "studies" / "adopted").glob("kaggle*")
    kept = copy.read_text()
    copy.write_text(kept.replace("a,positive,positive", "a,positive,negative"))
    assert copy.read_text() != kept
    answer = experiments("verify")
    (line,) = answer.err.splitlines()
    assert answer.code == 1
    assert "study kaggle: its data have changed" in line
    copy.write_text(kept)
    assert experiments("verify").code == 0

    shutil.rmtree(project.root / "kaggle")
    assert experiments("freeze", "kaggle").code == 0
    assert read_table("kaggle/examples", project.root).rows == expected


def test_no_text_and_no_path_is_kept(adopt, project):
    adopt(WORDS)
    shutil.move(project.folder / "predictions.csv", project.folder / "gone.csv")
    written = b"".join(data for path, data in tree(project.folder).items() if "kaggle" in path)
    assert b'"b"' not in written
    assert str(project.folder).encode() not in written
    labels = (project.folder / "experiments" / "studies" / "adopted" / "kaggle.csv").read_text("utf-8")
    assert labels.splitlines()[:2] == ["id,gold,before,after", "a,positive,positive,positive"]


def test_numbers_names_and_the_habits_of_spreadsheets_give_the_same_tables(adopt):
    def tables(*arguments, mapping=MAP):
        answer = adopt(*arguments, "--json", mapping=mapping)
        assert answer.code == 0, answer.err
        return json.loads(answer.out)

    names = tables(WORDS)
    assert names["notes"] == ["one other column was not read"]
    assert tables(NUMBERS, "--labels", "negative,positive")["tables"] == names["tables"]
    assert tables(NUMBERS.replace(",0", ",0.0"), "--labels", "negative,positive")["tables"] == names["tables"]
    windows = tables(b"\xef\xbb\xbf" + WORDS.replace("\n", "\r\n").encode() + b"\r\n")
    assert windows["tables"] == names["tables"]
    assert windows["notes"][:2] == ["a byte-order mark was left out", "CRLF line ends were read as LF"]
    unnamed = WORDS.replace("key,", ",", 1)
    assert tables(unnamed, mapping=MAP.replace("=key", "="))["tables"] == names["tables"]
    plain = tables(NUMBERS)["tables"]
    assert {row["gold"] for row in plain["examples"]} == {"0", "1"}
    assert plain["transitions"] == names["tables"]["transitions"]


def test_labels_fix_the_order_and_may_name_more_than_occur(adopt):
    answer = json.loads(adopt(WORDS, "--labels", "positive,neutral,negative", "--json").out)["tables"]
    assert [row["gold"] for row in answer["confusion"][:9:3]] == ["positive", "neutral", "negative"]
    numbers = json.loads(adopt(NUMBERS, "--labels", "2,1,0", "--json").out)["tables"]
    assert [row["gold"] for row in numbers["confusion"][:9:3]] == ["2", "1", "0"]


def test_what_is_adopted_again_is_replaced(adopt, project):
    adopt(WORDS)
    assert adopt(WORDS.replace("b,", "b2,"), "--source", "Second").code == 0
    assert read_table("kaggle/examples", project.root).rows[1]["id"] == "b2"
    study = yaml.safe_load((project.folder / "experiments" / "studies" / "kaggle.yaml").read_text("utf-8"))
    assert study["title"] == "Second"


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        (WORDS.replace("label", "gold"), [], "predictions.csv:1: there is no column label; columns: key, text, gold,"),
        (WORDS.replace("text", "label"), [], "predictions.csv:1: the column label stands 2 times"),
        ("sep=,\n" + WORDS, [], "predictions.csv:1: a line for Excel"),
        ('\ufeff"sep=;"\r\n' + WORDS, [], "predictions.csv:1: a line for Excel"),
        (WORDS.encode("utf-16"), [], "predictions.csv:1: UTF-16; save it as UTF-8"),
        (HEADER, [], "there are no rows below the header"),
        ("", [], "there is no column key; columns: none"),
        (WORDS.replace("b,", ",", 1).replace(",text", "b,text"), [], "there is no column key"),
        (WORDS + "z,t,positive,positive,\n", [], ":12: after is missing (an empty cell)"),
        (WORDS + "z,t,,,\n", ["--no-gold", "?"], ":12: gold is missing (an empty cell)"),
        (HEADER + "a,t,-,x,x\n", [], "no row has a gold label"),
        (HEADER + "a,t,1,NaN,1\nb,t,0,1,1\n", [], "predictions.csv:2: before is missing"),
        (WORDS + "a,t,positive,positive,positive\n", [], ":12: the id a is already that of line 2"),
        (
            WORDS + "z,t,positive,positve,positive\n",
            [],
            ":12: unknown label positve in before; the labels are negative, positive: --labels names all labels",
        ),
        (WORDS, ["--labels", "positive,neutral"], ":4: unknown label negative in gold; the labels are positive, neu"),
        (NUMBERS + "z,t,2,1,1\n", ["--labels", "no,yes"], ":12: unknown label 2 in gold; the labels are no, yes"),
        (NUMBERS + "z,t,1,yes,1\n", [], ":12: unknown label yes in before; the labels are 0, 1"),
        (
            WORDS,
            ["--label-map", "negativ=bad"],
            "--label-map: negativ stands nowhere, and negative, which does, is not named",
        ),
        (
            WORDS + "z,t,positive,POS,POS\n",
            ["--label-map", "POS=positiv"],
            "--label-map: POS is mapped to positiv, which is no gold label; did you mean positive?",
        ),
        (
            WORDS,
            ["--labels", "negative,positive", "--label-map", "x=maybe"],
            "--label-map: x is mapped to maybe; labels are",
        ),
        (WORDS + "z,t,Positive,positive,positive\n", [], "gold has the labels Positive, positive; make one of them"),
        (HEADER + "a,t,x,x,x\n", [], "the only gold label is x; --labels names all labels"),
        (HEADER + "a,t,x\n", [], "predictions.csv:2: 3 fields, but the header has 5"),
        (HEADER + 'a,"t,x,x,x\n', [], "predictions.csv:2: not a CSV: unexpected end of data"),
        (HEADER.encode() + b"a,t\xe9,x,x,x\n", [], "predictions.csv:2: not UTF-8 (byte 0xe9)"),
        (HEADER.encode() + b'a,"t\ru",x,x,x\nb,\xe9,x,x,x\n', [], "predictions.csv:4: not UTF-8 (byte 0xe9)"),
        (HEADER + "a\x1b[31m,t,x,x,x\n", [], "predictions.csv:2: id has control characters: a\\x1b[31m"),
        (HEADER + "a" * 201 + ",t,x,x,x\n", [], "id has 201 characters; map hash to it"),
        (HEADER + f"a,t,{'9' * 5000},1,1\n", [], "2: gold has 5000 characters; map it to labels"),
        (HEADER + "".join(f"{n},t,l{n},x,x\n" for n in range(101)), [], "gold has 101 different labels"),
    ],
)
def test_what_is_wrong_is_one_line_and_nothing_is_written(adopt, project, content, arguments, message):
    before = tree(project.folder)
    answer = adopt(content, *arguments)
    assert answer.code == 1
    assert answer.out == ""
    (line,) = answer.err.splitlines()
    assert line.startswith("error: ")
    assert message in line
    assert tree(project.folder) == before


def test_a_large_file_is_read_in_blocks_and_its_lines_are_still_named(adopt, project, monkeypatch):
    monkeypatch.setattr("experiments.adopting.foreign.ROWS_AT_ONCE", 2)
    assert adopt(WORDS).code == 0
    assert [row["id"] for row in read_table("kaggle/examples", project.root).rows] == list("abcde")
    assert ":12: the id a is already that of line 2" in adopt(WORDS + "a,t,positive,positive,positive\n").err
    assert ":12: before is missing" in adopt(WORDS + "z,t,positive,nan,positive\n").err
    assert ":14: 1 fields, but the header has 5" in adopt(WORDS + "\n\nz\n").err


@given(st.lists(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1), min_size=1, unique=True))
def test_adopted_labels_are_kept_as_a_frozen_csv_would_be(ids):
    columns = {"id": ids, "gold": ["a"] * len(ids), "before": ['b, "c"'] * len(ids), "after": ids}
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    assert encode_adopted(pa.table(columns)) == encode([text(name, name) for name in columns], ("id",), rows, "labels")


def test_long_texts_in_other_columns_do_no_harm(adopt):
    assert adopt(WORDS.replace("a, ", "a" * 200_000, 1)).code == 0


@pytest.mark.parametrize(
    "mapping", ["id=key,gold=label", "id=key,gold=label,before=tuned,after=tuned", MAP + ",id=key", "key,label"]
)
def test_a_wrong_map_is_wrong_usage(adopt, project, mapping):
    before = tree(project.folder)
    answer = adopt(WORDS, mapping=mapping)
    assert answer.code == 2
    assert "--map" in answer.err
    assert tree(project.folder) == before


def test_a_study_that_was_not_adopted_is_left_alone(adopt, project, experiments):
    before = tree(project.folder)
    answer = experiments("adopt", "predictions.csv", "--study", "toy", "--map", MAP)
    assert answer.code == 1
    assert "there is a study of this name, and it was not adopted" in answer.err
    assert experiments("adopt", "x.csv", "--study", "../x", "--map", MAP).code == 1
    assert tree(project.folder) == before


def test_a_failure_while_freezing_brings_the_old_study_back(adopt, project):
    adopt(WORDS)
    before = tree(project.folder)
    shutil.rmtree(project.folder / "lockfiles")
    answer = adopt(NUMBERS)
    assert answer.code == 1
    assert "the lock file cannot be read" in answer.err
    assert tree(project.folder) == before


def test_a_failure_while_freezing_leaves_no_folder_behind(adopt, project):
    shutil.rmtree(project.folder / "lockfiles")
    project.root.mkdir()
    before = set((project.folder / "experiments").rglob("*"))
    assert adopt(WORDS).code == 1
    assert set((project.folder / "experiments").rglob("*")) == before


def test_damaged_labels_are_named(adopt, project, experiments):
    adopt(WORDS)
    path = project.folder / "experiments" / "studies" / "adopted" / "kaggle.csv"
    path.write_text(path.read_text("utf-8").replace("positive", "maybe", 1), "utf-8")
    state = {row["table"]: row for row in json.loads(experiments("status", "--json").out)["tables"]}["kaggle/examples"]
    assert (state["state"], state["changes"][0]["what"]) == ("stale", "data:adopted predictions")
    answer = experiments("run", "kaggle")
    assert answer.code == 1
    assert "adopted/kaggle.csv: maybe is none of the labels negative, positive" in answer.err
    path.unlink()
    assert "adopt the original file again" in experiments("run", "kaggle").err
