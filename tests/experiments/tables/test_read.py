"""Reading a frozen table, and every way in which its two files can be wrong."""

import json
import os
from pathlib import Path

import pytest

from experiments.tables.errors import TableError, UserError
from experiments.tables.read import frozen_root, read_table, table_ids
from experiments.tables.verify import problems

COLUMNS = {
    "model": "string",
    "part": "string",
    "count": {"type": "integer", "nullable": True},
    "score": {"type": "number", "nullable": True},
}
ROWS = [
    {"model": "a", "part": "x", "count": 10, "score": 0.5},
    {"model": "a", "part": "y", "count": 20, "score": None},
    {"model": "b", "part": "x", "count": 30, "score": 0.25},
    {"model": "b", "part": "y", "count": None, "score": 1.0},
]


@pytest.fixture
def root(tmp_path: Path, write_table, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLOPHON_FROZEN", str(tmp_path))
    write_table(tmp_path, "study/table", "measured", ["model", "part"], COLUMNS, ROWS)
    return tmp_path


def complaint(root: Path) -> str:
    """What reading says; verifying must find fault with the same table, in one line each time."""
    with pytest.raises(TableError) as error:
        read_table("study/table", root)
    found = [problem for problem in problems(root) if problem.table == "study/table"]
    assert found
    assert all("\n" not in str(problem) and problem.where and problem.remedy for problem in found)
    return str(error.value)


def verified(root: Path) -> str:
    """What verifying says of the one problem there is."""
    [problem] = problems(root)
    return str(problem)


def test_a_table_is_read_with_its_types(root):
    table = read_table("study/table")
    assert table.rows == ROWS
    assert table.digest == table.sidecar.digests.table
    assert table.row(model="b", part="x")["count"] == 30
    assert table_ids() == ["study/table"]
    assert frozen_root() == root
    assert problems() == []


def test_a_row_is_asked_for_by_cells_that_are_there_once(root):
    table = read_table("study/table")
    with pytest.raises(TableError, match="no rows with model=c"):
        table.row(model="c")
    with pytest.raises(TableError, match="2 rows with model=a"):
        table.row(model="a")
    with pytest.raises(TableError, match="no column colour; it has model, part, count, score"):
        table.row(colour="red")


@pytest.mark.parametrize("table_id", ["../study/table", "study", "study/table/more", "Study/table", "study/.lock", ""])
def test_an_id_never_leaves_the_folder(root, table_id):
    with pytest.raises(UserError, match="is no table id"):
        read_table(table_id)


@pytest.mark.parametrize("name", ["table.csv", "table.json"])
def test_a_missing_file_is_named(root, name):
    (root / "study" / name).unlink()
    assert f"{name}: missing" in complaint(root)


@pytest.mark.parametrize("name", ["table.csv", "table.json"])
def test_a_symlink_loop_is_named(root, name):
    path = root / "study" / name
    path.unlink()
    path.symlink_to(path.name)
    assert f"{name}: cannot be read" in complaint(root)


@pytest.mark.parametrize("name", ["table.csv", "table.json"])
def test_a_folder_in_place_of_a_file_is_named(root, name):
    path = root / "study" / name
    path.unlink()
    path.mkdir()
    assert f"{name}: cannot be read: Is a directory" in complaint(root)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_an_unreadable_file_is_named(root):
    (root / "study" / "table.csv").chmod(0)
    assert "table.csv: cannot be read: Permission denied" in complaint(root)


def edit_sidecar(root: Path, edit) -> None:
    path = root / "study" / "table.json"
    content = json.loads(path.read_text("utf-8"))
    edit(content)
    path.write_text(json.dumps(content), "utf-8")


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda s: s.update(schema_version=3), "schema version 3 is newer than 2; update Colophon"),
        (lambda s: s.update(colour="red"), "not a sidecar: colour: Extra inputs are not permitted"),
        (lambda s: s.pop("kind"), "not a sidecar: kind: Field required"),
        (lambda s: s.update(kind="guessed"), "kind: Input should be 'measured', 'computed' or 'reported'"),
        (lambda s: s.update(key=["colour"]), "not a sidecar: the key names colour, which is no column"),
        (lambda s: s.update(key=["score"]), "key column score must not be nullable"),
        (lambda s: s["columns"].pop(), "digests.columns does not name the columns of the table"),
        (lambda s: s.update(row_count=5), "4 row digests for 5 rows"),
        (lambda s: s["columns"][3].update(lower_bound_of="x"), "column score refers to x, which is no column"),
        (lambda s: s["columns"][2].update(decimals=2), "column count: only a number column has decimals"),
        (lambda s: s["digests"].update(table="abc"), "not a sidecar: digests.table: String should match pattern"),
        (lambda s: s.update(study="other"), "describes other/table, not study/table"),
        (lambda s: s.update(title="A nicer title"), "was edited after it was frozen"),
        (lambda s: s["columns"][3].update(unit="percent"), "was edited after it was frozen"),
    ],
)
def test_a_sidecar_that_is_not_valid_is_refused_by_key(root, edit, said):
    edit_sidecar(root, edit)
    assert said in complaint(root)
    assert "table.json" in complaint(root)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "table.json:1:1: not JSON (cut off?)"),
        (b'{"schema_version": 1,\n "table": "ta', "table.json:2:11: not JSON"),
        (b'{"schema_version": 1,\n', "table.json:2:1: not JSON (cut off?)"),
        (b"[]", "the file holds no JSON object"),
        (b'{"a": 1,\n "a": 2}', "table.json:2: the key a stands twice, first in line 1"),
        (b'{"a": {"b": 1, "b": 2}}', "table.json: the key b stands twice"),
        (b'{"a": NaN}', "NaN is no JSON"),
        (b"\xef\xbb\xbf{}", "starts with a byte-order mark"),
        (b'{"a": "\xff"}', "not JSON: byte 7 is not UTF-8"),
        (b"[" * 200_000, "not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
    ],
)
def test_a_sidecar_that_is_no_json_is_refused_by_place(root, data, said):
    (root / "study" / "table.json").write_bytes(data)
    assert said in complaint(root)


def edit_csv(root: Path, old: str, new: str) -> None:
    path = root / "study" / "table.csv"
    text = path.read_bytes().decode()
    assert text.count(old) == 1
    path.write_bytes(text.replace(old, new).encode())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("a,y,20", "a,y,21", "table.csv:3: row model=a, part=y, column count: changed after it was frozen"),
        ("b,y,,1.0", "b,y,4,1.0", "table.csv:5: row model=b, part=y, column count: changed"),
        ("b,x,30,0.25", "b,x,31,0.5", "table.csv:4: row model=b, part=x, column count or score: changed"),
        ("a,y,20,", "a,z,20,", "table.csv:3: row model=a, part=z, column part: changed"),
        ("a,y,20", "a,y,twenty", "table.csv:3: row model=a, part=y, column count: twenty is no integer"),
        ("0.25", "nan", "table.csv:4: row model=b, part=x, column score: nan is no finite number"),
        ("b,x,30,0.25\n", "", "table.csv:4: 1 row that stood before this line is gone"),
        ("b,x,30", "c,x,1,0.5\nb,x,30", "table.csv:4: row model=c, part=x was added or edited"),
        ("a,y,20,", "a,x,20,", "table.csv:3: the key model=a, part=x is already that of line 2"),
        ("model,part", "model,piece", "table.csv:1: the columns are not those of the sidecar: missing part; unk"),
        ("a,y,20,", "a,y,20", "table.csv:3: 3 fields where the header has 4"),
        ("1.0\n", "1.0", "table.csv:5: cut off after field 4"),
    ],
)
def test_a_changed_cell_is_named(root, old, new, said):
    edit_csv(root, old, new)
    assert "table.csv: is not what was frozen" in complaint(root)
    assert said in verified(root)


def test_changes_all_over_name_every_suspect(root):
    edit_csv(root, "a,x,10,0.5", "a,x,11,0.5")
    edit_csv(root, "b,y,,1.0", "b,y,,2.0")
    assert [problem.where.rpartition(":")[2] for problem in problems(root)] == ["2", "5"]
    assert all("column count or score" in problem.what for problem in problems(root))


def test_moved_rows_are_told(root):
    path = root / "study" / "table.csv"
    header, one, *rest = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([header, *rest, one]))
    assert any("row model=a, part=x was added or edited" in str(problem) for problem in problems(root))


def test_line_ends_converted_by_an_editor_are_told(root):
    path = root / "study" / "table.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert "table.csv:1: ends in CR or CRLF" in verified(root)


def test_hostile_text_is_not_printed_raw(root):
    edit_csv(root, "a,y,20,", "\x1b[2Ja,y,20,")
    assert r"row model=\x1b[2Ja, part=y" in verified(root)


@pytest.mark.parametrize("name", ["notes.txt", "study/Big.csv", "Study/table.csv", "table.csv"])
def test_a_file_that_belongs_to_no_table_is_told(root, name):
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("x", "utf-8")
    assert f"{name}: belongs to no frozen table; remove it" in verified(root)


def test_a_hostile_file_name_is_not_printed_raw(root):
    (root / "\x1b[2J\u202ecsv.elbat").write_text("x", "utf-8")
    assert r"\x1b[2J\u202ecsv.elbat: belongs to no frozen table" in verified(root)


def test_no_folder_means_no_tables(tmp_path):
    assert table_ids(tmp_path / "nowhere") == []
    assert problems(tmp_path / "nowhere") == []
