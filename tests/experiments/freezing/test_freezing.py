"""Freezing: what is written, by whom, and what happens when it cannot be."""

import json
import multiprocessing
import os
import subprocess
import sys

import pytest

from experiments.cli.progress import show_progress
from experiments.freezing import Meter, freeze, recover_all, run_study
from experiments.freezing.declared import specs
from experiments.freezing.lock import writing
from experiments.study_files import load_study
from experiments.system import TableResult, TableSpec
from experiments.tables.errors import TableError, UserError
from experiments.tables.read import read_sidecar, read_table
from experiments.tables.sidecar import Column


def run(project):
    return run_study(load_study("toy"), project.root, show_progress)


def test_running_a_study_freezes_its_tables(project):
    run(project)
    assert [row["power"] for row in read_table("toy/powers", project.root).rows] == [1, 4, 9]
    assert read_table("toy/sums", project.root).row(n=2) == {"n": 2, "sum": 5, "share": 0.357}
    assert sorted(os.listdir(project.root / "toy")) == [".lock", "powers.csv", "powers.json", "sums.csv", "sums.json"]


def test_the_same_result_is_the_same_file(project):
    run(project)
    before = {path.name: path.read_bytes() for path in (project.root / "toy").glob("*.csv")}
    run(project)
    assert {path.name: path.read_bytes() for path in (project.root / "toy").glob("*.csv")} == before


def test_the_sidecar_says_how_the_table_came_to_be(project):
    run(project)
    sidecar = read_sidecar("toy/sums", project.root)
    powers = read_table("toy/powers", project.root)
    assert sidecar.digests.inputs == {"toy/powers": powers.digest}
    assert set(powers.sidecar.digests.data) == {"words"}
    made = sidecar.provenance
    assert made.command == "experiments run toy"
    assert made.environment["python"].startswith("3.11")
    assert made.hardware.cores >= 1
    assert made.cost.peak_memory_bytes > 1_000_000
    assert str(project.folder) not in (project.root / "toy" / "sums.json").read_text("utf-8")


def test_the_commit_is_that_of_the_code():
    from experiments.freezing.provenance import provenance
    from experiments.tables.locations import PACKAGE_ROOT

    head = subprocess.run(["git", "-C", PACKAGE_ROOT, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    commit = provenance("x", Meter()).commit
    assert (commit or "").removesuffix("-dirty") == head.stdout.strip()


def hold(root, held, done):
    with writing(root, "toy", "experiments run toy"):
        held.set()
        done.wait(30)


def test_a_second_writer_is_told_who_holds_the_tables(project):
    context = multiprocessing.get_context("fork")
    held, done = context.Event(), context.Event()
    holder = context.Process(target=hold, args=(project.root, held, done))
    holder.start()
    try:
        assert held.wait(30)
        with pytest.raises(UserError, match=rf"written by process {holder.pid} \(`experiments run toy`, since 20"):
            run(project)
    finally:
        done.set()
        holder.join()
    assert len(run(project)) == 2


def break_system(project, old: str, new: str) -> None:
    path = project.folder / "toysystem" / "system.py"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('yield TableResult("powers"', 'yield TableResult("odd"', "made odd, undeclared or a second time"),
        ('yield TableResult("powers"', 'yield TableResult("sums"', "made sums, undeclared or a second time"),
        ('yield TableResult("powers"', 'yield from ()\n    TableResult("powers"', "did not make powers"),
        ('read("powers")', 'read("sums")', "reads toy/sums before it makes it"),
        ('"sum", "integer"', '"sum", "string"', "toy/sums: row 1, column sum: expected a string, found 1 (int)"),
        ('("n",), sums', '("m",), sums', "toy/sums: declared wrongly: the key names m, which is no column"),
    ],
)
def test_a_system_that_breaks_its_word_freezes_nothing(project, old, new, said):
    run_first = (project.root / "toy").exists()
    break_system(project, old, new)
    with pytest.raises(UserError) as error:
        run(project)
    assert said in str(error.value)
    assert not run_first
    assert not list(project.root.glob("*/*.csv"))


def test_a_study_that_fails_half_way_leaves_all_its_tables_as_they_were(project):
    run(project)
    before = {path.name: path.read_bytes() for path in (project.root / "toy").glob("*.*")}
    text = project.study.read_text("utf-8").replace("[1, 2, 3]", "[1, -1]")  # the sum is 2, then shares fail on 0
    project.study.write_text(text.replace("system: toy", "system: toy\npower: 3"), "utf-8")
    with pytest.raises(ZeroDivisionError):
        run(project)
    assert {path.name: path.read_bytes() for path in (project.root / "toy").glob("*.*")} == before


def test_a_first_run_that_fails_leaves_no_folder(project):
    project.study.write_text(project.study.read_text("utf-8").replace("[1, 2, 3]", "[0]"), "utf-8")
    with pytest.raises(ZeroDivisionError):
        run(project)
    assert not (project.root / "toy").exists()


def test_a_full_disk_changes_nothing(project, monkeypatch):
    run(project)
    before = read_table("toy/powers", project.root).digest
    project.study.write_text(project.study.read_text("utf-8").replace("[1, 2, 3]", "[7]"), "utf-8")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="cannot be written, nothing was changed: No space left on device"):
        run(project)
    assert read_table("toy/powers", project.root).digest == before
    assert not list(project.root.glob("*/.*.new"))


def spec(**more) -> TableSpec:
    columns = (
        Column(name="task", type="string", meaning="what ran"),
        Column(name="ratio", type="number", meaning="times faster", direction="higher"),
    )
    fields = {"name": "ratios", "kind": "measured", "title": "Ratios", "key": ("task",), "columns": columns}
    return TableSpec(**{**fields, "code": ("toysystem.rows",), **more})


def test_a_program_of_its_own_can_freeze_what_it_measured(project):
    study, meter = load_study("toy"), Meter()
    result = TableResult("ratios", [{"task": "count", "ratio": 50.5}], models={"tiny": "ab" * 32}, seeds=(1, 2))
    freeze(study, [(spec(), result)], "pytest tests/benchmarks", meter, project.root)
    table = read_table("toy/ratios", project.root)
    assert table.rows == [{"task": "count", "ratio": 50.5}]
    assert table.sidecar.provenance.command == "pytest tests/benchmarks"
    assert table.sidecar.provenance.seeds == (1, 2)
    assert table.sidecar.digests.models == {"tiny": "ab" * 32}
    wrong = TableResult("ratios", [{"task": "c", "ratio": float("nan")}])
    with pytest.raises(TableError, match="row 1, column ratio: nan is no value"):
        freeze(study, [(spec(), wrong)], "x", meter, project.root)
    assert read_table("toy/ratios", project.root).digest == table.digest


def test_a_table_may_change_its_format(project):
    run(project)
    rows = read_table("toy/powers", project.root).rows
    break_system(project, 'code=("toysystem.rows",),\n', 'code=("toysystem.rows",), format="parquet",\n')
    del sys.modules["toysystem.system"]
    run(project)
    names = [".lock", "powers.json", "powers.parquet", "sums.csv", "sums.json"]
    assert sorted(os.listdir(project.root / "toy")) == names
    table = read_table("toy/powers", project.root)
    assert table.rows == rows
    assert table.sidecar.provenance.environment["pyarrow"]
    before = (project.root / "toy" / "powers.parquet").read_bytes()
    run(project)
    assert (project.root / "toy" / "powers.parquet").read_bytes() == before


def test_an_interrupted_journal_that_cannot_be_read_is_named(project):
    run(project)
    (project.root / "toy" / ".journal.json").write_text("{", "utf-8")
    with pytest.raises(UserError, match=r"\.journal\.json: cannot be read"):
        run(project)


@pytest.mark.parametrize("listed", [{"replace": ["../a"], "remove": []}, {"replace": [], "remove": ["../a"]}])
def test_a_journal_that_names_files_elsewhere_is_refused(project, listed):
    run(project)
    (project.root / "a").write_text("of value")
    (project.root / "toy" / ".journal.json").write_text(json.dumps(listed), "utf-8")
    with pytest.raises(UserError, match="lies elsewhere"):
        recover_all(project.root)
    assert (project.root / "a").read_text() == "of value"


def test_reading_amid_a_freeze_says_so(project):
    run(project)
    folder = project.root / "toy"
    (folder / ".journal.json").write_text(json.dumps(["powers.csv"]), "utf-8")
    (folder / "powers.csv").write_bytes((folder / "powers.csv").read_bytes() + b"5,25\n")
    with pytest.raises(TableError, match="is being frozen right now, or that was interrupted"):
        read_table("toy/powers", project.root)


def test_declared_tables_are_known_without_running(project):
    assert list(specs(load_study("toy"))) == ["toy/powers", "toy/sums"]
