"""Verifying by making tables again."""

import subprocess
import sys

import pytest

from experiments.cli.progress import show_progress
from experiments.freezing import run_study
from experiments.freezing.seal import sidecar_bytes, signed
from experiments.status.verification import verify
from experiments.study_files import load_study
from experiments.tables.errors import UserError
from experiments.tables.read import read_sidecar, read_table
from experiments.tables.stored import encode_rows
from experiments.tables.verify import problems
from tests.experiments.forged import forge
from tests.files import edit

SPEEDS = {"n": "integer", "s": "number"}


def found(project) -> list[str]:
    return [str(problem) for problem in verify(project.root, show_progress)]


def test_frozen_tables_verify(frozen):
    assert found(frozen) == []


def test_missing_tables_do_not_verify(project):
    assert [line.partition(";")[0] for line in found(project)] == [
        "experiments/frozen/toy/powers.csv: missing",
        "experiments/frozen/toy/sums.csv: missing",
    ]


def test_a_study_that_was_never_run_is_a_note_where_what_is_made_is_asked_for(project, experiments):
    assert experiments("verify").code == 1
    answer = experiments("verify", "--made")
    assert (answer.code, len(answer.err.splitlines())) == (0, 1)
    assert "experiments run toy" in answer.err
    run_study(load_study("toy"), project.root, show_progress)
    (project.root / "toy" / "sums.csv").unlink()
    assert experiments("verify", "--made").code == 1


@pytest.mark.parametrize("gone", [True, False])
def test_the_command_that_is_named_for_a_derived_table_makes_it_again(frozen, experiments, gone):
    sums, kept = frozen.root / "toy" / "sums.csv", (frozen.root / "toy" / "powers.json").read_bytes()
    sums.unlink() if gone else edit(sums, "2,5,0.357", "2,6,0.357")
    [line] = found(frozen)
    assert "`experiments freeze toy`" in line
    assert experiments("freeze", "toy").code == 0
    assert found(frozen) == []
    assert (frozen.root / "toy" / "powers.json").read_bytes() == kept


def test_a_changed_cell_is_named_with_both_values(frozen):
    edit(frozen.root / "toy" / "powers.csv", "3,9", "3,8")
    said = "experiments/frozen/toy/powers.csv:4: row n=3, column power: found 8, frozen 9;"
    assert any(line.startswith(said) for line in found(frozen))


def test_a_forged_pair_is_found_by_making_it_again(frozen):
    forge(frozen.root, "toy/sums", "2,5,0.357", "2,6,0.357")
    assert problems(frozen.root) == []
    assert read_table("toy/sums", frozen.root).row(n=2)["sum"] == 6
    [line] = found(frozen)
    assert "sums.csv:3: row n=2, column sum: found 6, made again 5" in line


def test_cells_of_a_forged_parquet_table_are_named(frozen):
    system = frozen.folder / "toysystem" / "system.py"
    edit(system, 'code=("toysystem.rows",),\n', 'code=("toysystem.rows",), format="parquet",\n')
    del sys.modules["toysystem.system"]
    run_study(load_study("toy"), frozen.root, show_progress)
    assert found(frozen) == []
    sidecar = read_sidecar("toy/powers", frozen.root)
    rows = [{"n": 1, "power": 1}, {"n": 2, "power": 5}, {"n": 4, "power": 9}]
    data, fresh = encode_rows("parquet", sidecar.columns, sidecar.key, rows, "t")
    forged = sidecar.model_copy(update={"digests": sidecar.digests.model_copy(update=fresh)})
    (frozen.root / "toy" / "powers.parquet").write_bytes(data)
    (frozen.root / "toy" / "powers.json").write_bytes(sidecar_bytes(signed(forged)))
    assert problems(frozen.root) == []
    named = [line.partition(";")[0] for line in found(frozen) if "powers" in line]
    assert named == [
        "experiments/frozen/toy/powers.parquet: row n=2, column power: found 5, made again 4",
        "experiments/frozen/toy/powers.parquet: row n=3, column n: found 4, made again 3",
    ]


def test_a_changed_key_is_named_as_the_cell_it_is(frozen):
    edit(frozen.root / "toy" / "sums.csv", "2,5,0.357", "7,5,0.357")
    assert any("row n=2, column n: found 7, frozen 2" in line for line in found(frozen))


def test_what_was_found_equal_is_not_made_again_unless_asked_for(frozen, monkeypatch):
    import toysystem.rows

    assert found(frozen) == []

    def fail(rows):
        raise UserError("made again")

    monkeypatch.setattr(toysystem.rows, "sums", fail)
    assert found(frozen) == []
    [problem] = verify(frozen.root, show_progress, again=True)
    assert problem.what == "could not be run again to compare: made again"
    edit(frozen.study, "[1, 2, 3]", "[1, 2, 4]")
    assert any("made again" in line for line in found(frozen))


@pytest.mark.parametrize("damage", [b"{", b"[]", b'{"x": 1}'])
def test_a_damaged_memory_is_no_error(frozen, damage):
    from experiments.tables.memo import memo

    memo("verified").save()
    for path in (frozen.folder / "runs" / ".cache").glob("*.json"):
        path.write_bytes(damage)
    forge(frozen.root, "toy/sums", "2,5,0.357", "2,6,0.357")
    assert len(found(frozen)) == 1


def test_rows_added_and_gone_are_named(frozen):
    forge(frozen.root, "toy/sums", "2,5,0.357\n", "")
    assert any("row n=2: gone, though there when made again" in line for line in found(frozen))
    run_study(load_study("toy"), frozen.root, show_progress)
    forge(frozen.root, "toy/sums", "2,5,0.357\n", "2,5,0.357\n9,1,0.100\n")
    assert any("row n=9: not there when made again" in line for line in found(frozen))


def test_an_added_row_moves_no_other(frozen):
    edit(frozen.root / "toy" / "sums.csv", "2,5,0.357\n", "9,1,0.100\n2,5,0.357\n")
    [line] = found(frozen)
    assert "sums.csv:3: row n=9: not there when frozen" in line


def test_the_column_that_differs_is_named(frozen):
    edit(frozen.root / "toy" / "powers.csv", "n,power", "n,powers")
    said = "powers.csv:1: the header: found column powers where frozen with power;"
    assert any(said in line for line in found(frozen))


def test_a_space_is_seen(frozen):
    edit(frozen.root / "toy" / "powers.csv", "3,9\n", "3,9 \n")
    assert any("row n=3, column power: found '9 ', frozen 9;" in line for line in found(frozen))


def test_a_study_stopped_by_a_table_that_is_told_is_not_told_too(frozen):
    text = frozen.study.read_text("utf-8")
    (frozen.study.parent / "a-first.yaml").write_text(text.replace("study: toy", "study: a-first"), "utf-8")
    run_study(load_study("a-first"), frozen.root, show_progress)
    system = frozen.folder / "toysystem" / "system.py"
    edit(system, "yield TableResult", 'context.read("toy/powers"); yield TableResult')
    edit(frozen.root / "toy" / "powers.csv", "3,9", "3,8")
    assert [line.partition(": ")[0] for line in found(frozen)] == ["experiments/frozen/toy/powers.csv:4"]


def test_a_moved_row_is_named(frozen):
    forge(frozen.root, "toy/sums", "1,1,0.071\n2,5,0.357\n", "2,5,0.357\n1,1,0.071\n")
    assert any("the rows stand in another order than when made again" in line for line in found(frozen))


def test_a_study_that_cannot_be_run_again_is_told(frozen):
    edit(frozen.study, "numbers: [1, 2, 3]", "numbers: [1, 1]")
    assert any("study toy: could not be run again to compare: toy/powers: row 2" in line for line in found(frozen))


def test_measured_values_are_known_from_git(frozen, write_table):
    folder = write_table(frozen.root, "old/speeds", "measured", ["n"], SPEEDS, [{"n": 1, "s": 2.0}])
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "freeze"]):
        subprocess.run(["git", *command], cwd=frozen.folder, check=True)
    edit(folder / "speeds.csv", "1,2.0", "1,3.0")
    assert any("speeds.csv:2: row n=1, column s: found 3.0, frozen 2.0" in line for line in found(frozen))


def test_without_git_the_cell_is_named_still(frozen, write_table):
    folder = write_table(frozen.root, "old/speeds", "measured", ["n"], SPEEDS, [{"n": 1, "s": 2.0}])
    edit(folder / "speeds.csv", "1,2.0", "1,3.0")
    assert any("speeds.csv:2: row n=1, column s: changed after it was frozen" in line for line in found(frozen))
