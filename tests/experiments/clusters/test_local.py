"""Processes of this machine take parts: tables are those of one process, faults are told, nothing is made twice."""

import errno
import json
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from experiments.clusters import kept as keeping
from experiments.clusters import worker
from experiments.clusters.kept import Kept, kept_tables
from experiments.clusters.local import share_gpus
from experiments.clusters.protocol import TABLES
from experiments.tables.errors import UserError
from tests.experiments.clusters.conftest import until
from tests.experiments.clusters.jobs import job_in


def test_several_processes_come_to_the_table_of_one(project):
    project.write(parts=5, steps=3)
    code, out, err = project.run("run", "counting", "--into", "one")
    assert code == 0, err
    code, out, err = project.run("run", "counting", "--workers", "3", "--into", "three")
    assert code == 0, err
    assert "froze counting/totals: 5 rows" in out
    assert project.totals(into="one") == project.totals(into="three")
    assert all([step for step, _ in project.steps(f"part-{number}")] == ["0", "1", "2"] for number in range(5))


def test_freeze_makes_the_parts_of_several_studies_side_by_side(project):
    for study in ("counting", "counting-more"):
        project.write(study, parts=3, steps=2, seconds=0.5)
        assert project.run("run", study, "--into", "one")[0] == 0
    code, out, err = project.run("freeze", "--workers", "2", COLOPHON_NODE="here")
    assert code == 0, err
    for study in ("counting", "counting-more"):
        assert f"froze {study}/totals: 3 rows" in out
        assert project.totals(study) == project.totals(study, into="one")
    makers = {
        maker
        for study in ("counting", "counting-more")
        for number in range(3)
        for _, maker in project.steps(f"part-{number}", study)
    }
    assert makers == {"here, process 1", "here, process 2"}
    assert project.run("freeze", "--workers", "2")[1] == "everything is fresh\n"


def test_a_part_that_cannot_be_made_is_named_and_the_others_are_kept(project):
    project.write(parts=3)
    (project.root / "fail-on").write_text("process-of-nobody", "utf-8")
    project.run("run", "counting", "--into", "one")
    (project.root / "fail-on").write_text("process", "utf-8")
    code, _, err = project.run("run", "counting", "--workers", "2", "--into", "two")
    assert code == 1
    assert not (project.root / "two" / "counting").exists()
    lines = [line for line in err.splitlines() if line.startswith("error")]
    assert all("told to fail" in line for line in lines)
    assert all(sum(f"part-{number}" in line for line in lines) == 1 for number in range(3))
    (project.root / "fail-on").unlink()
    assert project.run("run", "counting", "--workers", "2", "--into", "two")[0] == 0
    assert project.totals(into="two") == project.totals(into="one")


def test_what_an_interrupted_run_has_kept_is_not_made_again(project):
    project.write(parts=4, steps=4, seconds=0.3)
    process = project.start("run", "counting", "--workers", "2")
    while not list(project.work().glob("part-*/found.json")):
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    kept = {path.parent.name: path.read_bytes() for path in project.work().glob("part-*/found.json")}
    code, _, err = project.run("run", "counting", "--workers", "2")
    assert code == 0, err
    for number in range(4):
        assert [step for step, _ in project.steps(f"part-{number}")] == ["0", "1", "2", "3"]
    assert all((project.work() / part / "found.json").read_bytes() == content for part, content in kept.items())


def test_a_process_that_is_lost_has_its_part_made_again(project):
    project.write(parts=2, steps=6, seconds=0.3)
    process = project.start("run", "counting", "--workers", "2")
    claimed = lambda: list(project.work().glob(".attempts/*/*/part-*/steps.txt"))  # noqa: E731
    while not claimed():
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.05)
    worker = int(claimed()[0].parents[1].name.rpartition("-")[2])
    os.kill(worker, signal.SIGKILL)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "sent again" in err
    for number in range(2):
        assert [step for step, _ in project.steps(f"part-{number}")] == [str(step) for step in range(6)]


def test_processes_end_with_the_command_that_began_them(project):
    project.write(parts=2, steps=600, seconds=0.1)
    process = project.start("run", "counting", "--workers", "2")
    claimed = lambda: list(project.work().glob(".attempts/*/*/part-*/steps.txt"))  # noqa: E731
    until(lambda: len(claimed()) == 2, process)
    workers = [int(path.parents[1].name.rpartition("-")[2]) for path in claimed()]
    process.kill()
    _, err = process.communicate(timeout=30)  # the workers hold the other end
    assert "Traceback" not in err
    deadline = time.monotonic() + 20
    while not all(map(_has_ended, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert all(map(_has_ended, workers))
    assert not list(project.work().glob(".now/*"))
    assert not list(project.work().glob("part-*"))
    done = {path.parent.name: path.read_text("utf-8").splitlines() for path in claimed()}
    assert all(0 < len(steps) < 600 for steps in done.values())


def _has_ended(pid: int) -> bool:
    """Whether a process is gone, or waits for nothing but to be taken note of."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize("change", ["code", "packages"])
def test_a_machine_with_other_code_or_packages_makes_nothing(project, change, monkeypatch):
    project.write(parts=1)
    job = job_in(project, monkeypatch)
    wrong = {"made_from": {**job.made_from, "code": "0" * 64}} if change == "code" else {"packages": {"Python": "2.7"}}
    said = worker.make(replace(job, **wrong), "part-0", "part-0")
    assert said.error is not None
    assert ("code" if change == "code" else "Python") in said.error
    assert not (Kept(job.folder).folder / "part-0").exists()
    assert worker.make(job, "part-0", "part-0").error is None


def test_a_part_that_arrives_twice_is_compared(project, monkeypatch):
    project.write(parts=1)
    job, kept = job_in(project, monkeypatch), Kept(project.work())
    mine = kept.claim("part-0", "part-0", "1")
    (mine / "part-0").mkdir()
    (mine / "part-0" / "found.json").write_text('{"total": 0, "seconds": 9}', "utf-8")
    assert worker.make(job, "part-0", "part-0").error is None  # takes over, and keeps what it finds there
    for content, same in (('{"total": 0, "seconds": 5}', True), ('{"total": 1, "seconds": 5}', False)):
        late = kept.claim("part-0", "part-0", f"2-{same}")
        (late / "part-0").mkdir()
        (late / "part-0" / "found.json").write_text(content, "utf-8")
        assert (kept.put("part-0", "part-0", late, "late", 0.0) is None) == same
    assert json.loads((project.work() / "part-0" / "found.json").read_text("utf-8"))["total"] == 0


def test_who_was_thought_lost_cannot_put_his_part(project, monkeypatch):
    project.write(parts=1)
    job_in(project, monkeypatch)
    kept = Kept(project.work())
    slow = kept.claim("part-0", "part-0", "1")
    (slow / "part-0").mkdir()
    kept.claim("part-0", "part-0", "2")
    (slow / "part-0").mkdir(parents=True)
    (slow / "part-0" / "found.json").write_text("{}", "utf-8")
    with pytest.raises(UserError, match="taken over"):
        kept.put("part-0", "part-0", slow, "slow", 0.0)
    assert not kept.is_there("part-0")


def test_a_full_disk_is_said_with_part_and_machine(project, monkeypatch):
    project.write(parts=1)
    job = job_in(project, monkeypatch)

    def full(path, content):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(keeping, "replace_json", full)
    said = worker.make(job, "part-0", "part-0")
    assert "no room left" in said.error
    assert said.node
    assert not Kept(project.work()).is_there("part-0")
    monkeypatch.undo()
    assert worker.make(job_in(project, monkeypatch), "part-0", "part-0").error is None


def test_tables_are_put_together_elsewhere_where_no_gpu_is_here(project, monkeypatch):
    project.write(parts=2)
    job = job_in(project, monkeypatch)
    said = worker.make(job, TABLES, kept_tables(TABLES))
    assert said.error is None
    [made] = Kept(job.folder).tables(TABLES)
    assert [row["total"] for row in made.rows] == [0, 1]
    (project.work() / kept_tables(TABLES)).write_text("[]", "utf-8")
    with pytest.raises(UserError, match="is not what"):
        Kept(job.folder).tables(TABLES)


@pytest.mark.parametrize(
    ("gpus", "workers", "seen"), [(0, 2, [None, None]), (1, 3, ["4", "5", "7"]), (2, 1, ["4,5"]), (3, 1, ["4,5,7"])]
)
def test_every_process_sees_the_gpus_that_are_its_own(monkeypatch, gpus, workers, seen):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,5,7")
    assert share_gpus(gpus, workers) == seen
