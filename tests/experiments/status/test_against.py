"""What changed in measured and reported tables since a git revision."""

import shutil
import subprocess

import pytest

from experiments.freezing.seal import sidecar_bytes, signed
from experiments.status.against import changed_without_a_run, changes_since
from experiments.tables.errors import UserError
from experiments.tables.sidecar import Sidecar

SPEEDS = {"n": "integer", "s": {"type": "number", "nullable": True}}
ROWS = [{"n": 1, "s": 2.0}, {"n": 2, "s": None}]


def git(project, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=project.folder, check=True)


@pytest.fixture
def committed(project, write_table):
    """The project with a measured table in each format and a computed one, all committed."""
    write_table(project.root, "old/speeds", "measured", ["n"], SPEEDS, ROWS)
    write_table(project.root, "old/many", "reported", ["n"], SPEEDS, ROWS, stored="parquet")
    write_table(project.root, "old/sums", "computed", ["n"], SPEEDS, ROWS)
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-qm", "freeze")
    return project


def said(project, revision: str = "HEAD") -> list[str]:
    return [
        f"{problem.where.removeprefix('experiments/frozen/')}: {problem.what}"
        for problem in changes_since(revision, project.root)
    ]


def test_nothing_changed(committed):
    assert said(committed) == []


def test_cells_that_were_sealed_again_are_named_in_both_formats(committed, write_table):
    changed = [{"n": 1, "s": 3.0}, {"n": 2, "s": 0.5}]
    write_table(committed.root, "old/sums", "computed", ["n"], SPEEDS, changed)
    for table, kind, stored in (("speeds", "measured", "csv"), ("many", "reported", "parquet")):
        write_table(committed.root, f"old/{table}", kind, ["n"], SPEEDS, changed, stored=stored)
    assert said(committed) == [
        "old/many.parquet: row n=1, column s: found 3.0, frozen in HEAD 2.0",
        "old/many.parquet: row n=2, column s: found 0.5, frozen in HEAD nothing",
        "old/speeds.csv:2: row n=1, column s: found 3.0, frozen in HEAD 2.0",
        "old/speeds.csv:3: row n=2, column s: found 0.5, frozen in HEAD nothing",
    ]
    git(committed, "commit", "-qam", "change")
    assert said(committed) == []
    assert len(said(committed, "HEAD~1")) == 4


def test_a_measured_table_that_changed_without_another_run_is_named(committed, write_table):
    write_table(committed.root, "old/sums", "computed", ["n"], SPEEDS, ROWS[:1])
    assert changed_without_a_run(committed.root) == []
    write_table(committed.root, "old/speeds", "measured", ["n"], SPEEDS, [{"n": 1, "s": 3.0}, {"n": 2, "s": None}])
    [found] = changed_without_a_run(committed.root)
    assert found.where.endswith("old/speeds.csv:2")
    assert "found 3.0, frozen in HEAD 2.0" in found.what
    path = committed.root / "old" / "speeds.json"
    sidecar = Sidecar.model_validate_json(path.read_bytes())
    cost = sidecar.provenance.cost.model_copy(update={"wall_seconds": 1.5})
    run = sidecar.provenance.model_copy(update={"cost": cost})
    path.write_bytes(sidecar_bytes(signed(sidecar.model_copy(update={"provenance": run}))))
    assert changed_without_a_run(committed.root) == []


def test_where_git_knows_nothing_nothing_changed_without_a_run(project, write_table):
    write_table(project.root, "old/speeds", "measured", ["n"], SPEEDS, ROWS)
    assert changed_without_a_run(project.root) == []
    git(project, "init", "-q")
    assert changed_without_a_run(project.root) == []


def test_a_change_of_format_alone_is_none(committed, write_table):
    write_table(committed.root, "old/speeds", "measured", ["n"], SPEEDS, ROWS, stored="parquet")
    (committed.root / "old" / "speeds.csv").unlink()
    assert said(committed) == []


def test_rows_and_columns_that_came_or_went_are_named(committed, write_table):
    columns = {"n": "integer", "t": "integer"}
    write_table(committed.root, "old/many", "reported", ["n"], columns, [{"n": 1, "t": 1}], stored="parquet")
    write_table(committed.root, "old/speeds", "measured", ["n"], SPEEDS, ROWS[:1])
    assert [line.partition(": ")[2] for line in said(committed)] == [
        "column t: not there when frozen in HEAD",
        "column s: gone, though there when frozen in HEAD",
        "row n=2: gone, though there when frozen in HEAD",
        "row n=2: gone, though there when frozen in HEAD",
    ]


def test_tables_that_came_or_went_are_named(committed, write_table):
    write_table(committed.root, "new/speeds", "measured", ["n"], SPEEDS, ROWS)
    shutil.rmtree(committed.root / "old")
    found = said(committed)
    assert "new/speeds.csv: not there in HEAD" in found
    assert "old/speeds.csv: gone, though there in HEAD" in found
    assert len(found) == 3


def test_a_revision_that_is_none_is_told(committed):
    for name in ("nowhere", "--help"):
        with pytest.raises(UserError, match=f"^there is no revision {name} in the repository around experiments"):
            changes_since(name, committed.root)


def test_where_git_has_no_repository_that_is_told(project):
    with pytest.raises(UserError, match="not a git repository"):
        changes_since("HEAD", project.folder)


def test_the_command_names_them(committed, experiments, write_table):
    write_table(committed.root, "old/speeds", "measured", ["n"], SPEEDS, [{"n": 1, "s": 3.0}, {"n": 2, "s": None}])
    experiments("freeze")
    answer = experiments("verify", "--against", "HEAD")
    assert answer.code == 1
    assert "row n=1, column s: found 3.0, frozen in HEAD 2.0" in answer.err
    answer = experiments("verify")
    assert answer.code == 1
    assert "no run made this" in answer.err
