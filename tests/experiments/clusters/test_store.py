"""Machines that share no folder share parts at an address: each is made once, compared, and refused once changed."""

import json
import shutil
import signal

import pytest

from experiments.clusters import store, worker
from experiments.clusters.kept import Kept, kept_tables, open_for_asking, open_for_making
from experiments.clusters.plan import plan
from experiments.clusters.protocol import TABLES
from experiments.clusters.store import Store
from experiments.study_files import load_study
from experiments.system import Choice
from experiments.tables.errors import UserError
from tests.experiments.clusters.conftest import ALONE, Project, begin_ray, until
from tests.experiments.clusters.jobs import job_in

pytest.importorskip("fsspec")


@pytest.fixture
def address(tmp_path, monkeypatch) -> dict[str, str]:
    """The variables of a machine that shares parts at an address; its attempts lie in the cache."""
    for name, value in (("COLOPHON_RUNS", f"file://{tmp_path}/store"), ("COLOPHON_CACHE", str(tmp_path / "cache"))):
        monkeypatch.setenv(name, value)
    return {"COLOPHON_RUNS": f"file://{tmp_path}/store", "COLOPHON_CACHE": str(tmp_path / "cache")}


@pytest.fixture
def other(tmp_path_factory) -> Project:
    """The same project on a machine that shares no folder with the first."""
    return Project(tmp_path_factory.mktemp("other"))


def test_another_machine_goes_on_with_the_parts_of_the_first(project, other, tmp_path, address):
    for each in (project, other):
        each.write(parts=4, steps=2, seconds=0.3)
    assert other.run("run", "counting", "--into", "one")[0] == 0
    process = project.start("run", "counting", **address, COLOPHON_NODE="first")
    until(lambda: list(tmp_path.glob("store/**/parts/*.json")), process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    whole = {path.stem for path in tmp_path.glob("store/**/parts/*.json")}
    assert 0 < len(whole) < 4
    plan = other.run("run", "counting", "--plan", **address)[1]
    assert plan.count("made on first") == len(whole)
    code, out, err = other.run("run", "counting", "--workers", "2", "--into", "two", **address, COLOPHON_NODE="second")
    assert code == 0, err
    assert "froze counting/totals: 4 rows" in out
    assert other.totals(into="one") == other.totals(into="two")
    for number in range(4):
        makers = {maker.partition(",")[0] for _, maker in other.steps(f"part-{number}")}
        assert makers == ({"first"} if f"part-{number}" in whole else {"second"})


def test_a_run_after_one_that_came_to_its_end_makes_all_parts(project, address):
    project.write(parts=2)
    for maker in ("first", "second"):
        code, _, err = project.run("run", "counting", **address, COLOPHON_NODE=maker)
        assert code == 0, err
        for number in range(2):
            [[_, made_by]] = project.steps(f"part-{number}")
            assert made_by.startswith(maker)


def test_a_part_that_arrives_twice_is_compared(project, monkeypatch, address):
    project.write(parts=1)
    job = job_in(project, monkeypatch)
    assert worker.make(job, "part-0", "part-0").error is None
    kept, ours = open_for_making(job), open_for_asking(job)
    for content, same in (('{"total": 0, "seconds": 5}', True), ('{"total": 1, "seconds": 5}', False)):
        late = kept.claim("part-0", "part-0", f"2-{same}")
        (late / "part-0").mkdir()
        (late / "part-0" / "found.json").write_text(content, "utf-8")
        assert (kept.put("part-0", "part-0", late, "late", 0.0) is None) == same
    assert ours.fetch("part-0")
    assert json.loads((project.work() / "part-0" / "found.json").read_text("utf-8"))["total"] == 0


def test_what_is_at_the_address_is_checked(project, monkeypatch, tmp_path, address):
    project.write(parts=1)
    job = job_in(project, monkeypatch)
    assert worker.make(job, "part-0", "part-0").error is None
    [sent] = tmp_path.glob("store/**/found.json")
    sent.write_text('{"total": 7, "seconds": 0}', "utf-8")
    with pytest.raises(UserError, match=r"part-0: .*found\.json at file.* is not what"):
        open_for_asking(job).fetch("part-0")
    assert not (project.work() / "part-0" / "found.json").exists()
    [record] = tmp_path.glob("store/**/parts/part-0.json")
    record.write_text("{", "utf-8")
    assert "is no record" in worker.make(job, "part-0", "part-0").error
    record.unlink()
    assert worker.make(job, "part-0", "part-0").error is None
    assert open_for_asking(job).fetch("part-0")


def test_checkpoints_stay_and_the_trained_model_goes_along(tmp_path):
    work, there = tmp_path / "work", Store(f"file://{tmp_path}/store")
    work.mkdir()
    kept = Kept(work, there)
    mine = kept.claim("seed-0", "seed-0", "1")
    for name in ("found.json", "model/weights.bin", "checkpoint-25/weights.bin"):
        (mine / "seed-0" / name).parent.mkdir(parents=True, exist_ok=True)
        (mine / "seed-0" / name).write_text("{}", "utf-8")
    assert kept.put("seed-0", "seed-0", mine, "here", 1.0) is None
    (elsewhere := tmp_path / "elsewhere").mkdir()
    assert Kept(elsewhere, there).fetch("seed-0")
    brought = {path.relative_to(elsewhere / "seed-0").as_posix() for path in (elsewhere / "seed-0").rglob("*.*")}
    assert brought == {"found.json", "model/weights.bin"}


def test_of_two_records_in_a_store_the_first_stays(tmp_path):
    there = Store("memory://bucket/runs")
    records = []
    for number in range(2):
        kept = Kept(tmp_path / str(number), there)
        kept.folder.mkdir()
        mine = kept.claim("a/b", "a-b.json", "1")
        (mine / "a-b.json").write_text(json.dumps({"total": number}), "utf-8")
        records.append(kept.put("a/b", "a-b.json", mine, f"node-{number}", 1.0))
    assert records[0] is None
    assert "node-1 has found something else than node-0" in records[1]
    assert there.parts() == {"a/b"}
    assert there.record("a/b").node == "node-0"
    there.finish()
    there.begin()
    assert there.parts() == set()


def test_tables_are_put_together_elsewhere(project, monkeypatch, address):
    project.write(parts=2)
    job = job_in(project, monkeypatch)
    for part in ("part-0", "part-1"):
        assert worker.make(job, part, part).error is None
    assert worker.make(job, TABLES, kept_tables(TABLES)).error is None
    kept = open_for_asking(job)
    kept.fetch_all()
    [made] = kept.tables(TABLES)
    assert [row["total"] for row in made.rows] == [0, 1]


@pytest.mark.parametrize("call", ["ls", "cat_file", "get_file"])
def test_an_address_that_fails_for_a_moment_is_asked_again(tmp_path, monkeypatch, call):
    from fsspec.implementations.memory import MemoryFileSystem

    there, here = Store(f"memory://moments/{call}"), Kept(tmp_path / "here")
    sending = Kept(tmp_path / "there", there)
    for kept in (here, sending):
        kept.folder.mkdir()
    mine = sending.claim("a", "a.json", "1")
    (mine / "a.json").write_text("{}", "utf-8")
    assert sending.put("a", "a.json", mine, "node", 1.0) is None
    real, failures = getattr(MemoryFileSystem, call), []

    def fail(self, *given, **more):
        if failures:
            raise failures.pop()
        return real(self, *given, **more)

    monkeypatch.setattr(store, "FIRST_WAIT_SECONDS", 0)
    monkeypatch.setattr(MemoryFileSystem, call, fail)
    receiving = Kept(here.folder, there)
    failures += [OSError("for long")] * 9
    with pytest.raises(UserError, match=r"memory://moments.*for long"):
        receiving.fetch_all()
    failures[:] = [OSError("for a moment")] * 2
    receiving.fetch_all()
    assert receiving.is_there("a")
    assert failures == []


def test_a_plan_asks_an_address_once_what_is_there(project, monkeypatch, address):
    project.write(parts=9)
    job = job_in(project, monkeypatch)
    assert worker.make(job, "part-3", "part-3", "node").error is None
    real, asked = Store.read, []
    monkeypatch.setattr(Store, "read", lambda self, kind, part: asked.append(part) or real(self, kind, part))
    states = [each.state for each in plan([(load_study("counting"), Choice())], project.root / "frozen")]
    assert states == ["kept, made on node" if number == 3 else "missing" for number in range(9)]
    assert asked == ["part-3"]


def test_an_address_that_cannot_be_used_is_one_line(project):
    project.write(parts=1)
    code, _, err = project.run("run", "counting", COLOPHON_RUNS="nowhere://bucket/runs")
    [line] = [line for line in err.splitlines() if line.startswith("error")]
    assert code == 1
    assert "nowhere://bucket/runs" in line
    assert not (project.root / "experiments" / "frozen" / "counting").exists()


def test_nodes_of_ray_that_share_no_folder_of_runs(project, tmp_path, address):
    pytest.importorskip("ray", reason="Ray is in a lock file of its own: make ray")
    project.write(parts=6)
    assert project.run("run", "counting", "--into", "one")[0] == 0
    shutil.rmtree(project.root / "runs")
    cluster = begin_ray()
    try:
        asked = ("--on", "ray", "--address", cluster.address, "--into", "two")
        code, _, err = project.run("run", "counting", *asked, **address, **ALONE)
    finally:
        cluster.shutdown()
    assert code == 0, err
    assert project.totals(into="one") == project.totals(into="two")
    assert not list((tmp_path / "cache").glob("runs/*/part-*")), "machines keep nothing of what they have sent"
