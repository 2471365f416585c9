"""What is told before a run: its parts, what is there, how long all take, and what would be sent."""

import pytest

from experiments.clusters import worker
from experiments.clusters.plan import Planned, plan, schedule
from experiments.study_files import load_study
from experiments.system import Choice
from tests.experiments.clusters.jobs import job_in


def part(study, name, seconds, after=()):
    return Planned(study, name, None, None, None, seconds, False, "missing", tuple(after))


@pytest.mark.parametrize(("machines", "seconds"), [(1, 24), (2, 14), (3, 12), (9, 12)])
def test_parts_are_placed_on_machines_and_wait_for_what_they_read(machines, seconds):
    parts = [part("a", "x", 8), part("a", "y", 2), part("b", "z", 4, ["a"]), part("c", "u", 6), part("c", "v", 4)]
    found = schedule(parts, machines)
    assert (found.seconds, found.one, found.path_seconds) == (seconds, 24, 12)
    assert [each.part for each in found.path] == ["x", "z"]


def test_a_part_whose_time_nobody_knows_is_left_out():
    assert schedule([part("a", "x", None), part("a", "y", 3)], 1).seconds == 3


def test_a_plan_says_what_is_there_and_who_made_it(project, monkeypatch):
    project.write(parts=2)
    job = job_in(project, monkeypatch)
    study = load_study("counting")
    assert [each.state for each in plan([(study, Choice())], project.root / "frozen")] == ["missing", "missing"]
    said = worker.make(job, "part-1", "part-1")
    found = plan([(study, Choice())], project.root / "frozen")
    assert [each.is_open for each in found] == [True, False]
    assert said.node in found[1].state
    project.write(parts=2, steps=2)
    assert all(each.is_open for each in plan([(load_study("counting"), Choice())], project.root / "frozen"))


def test_a_study_of_full_size_tells_its_memory_by_its_parameters(tmp_path):
    study = load_study("early-exit-alpaca")
    base, tuned = plan([(study, Choice("full"))], tmp_path)[:2]
    assert base.parameters == 6_738_415_616
    assert base.parameters / 2 < base.memory < base.parameters
    assert tuned.memory > base.memory


def test_a_dry_run_prints_the_job_script(project):
    pytest.importorskip("submitit", reason="submitit is in a lock file of its own: make slurm")
    project.write(parts=2)
    on = ("run", "counting", "--on", "slurm", "--gpus", "1", "--memory", "32G", "--time", "4:00:00")
    code, out, err = project.run(*on, "--sbatch", "partition=gpu", "--dry-run")
    assert code == 0, err
    assert {
        "#SBATCH --gpus-per-node=1",
        "#SBATCH --mem=32768M",
        "#SBATCH --time=240",
        "#SBATCH --partition=gpu",
    } <= set(out.splitlines())
    assert "#SBATCH --array=0-1%2" in out
    assert not project.work().exists()


@pytest.mark.parametrize(
    "wrong",
    [
        ("--memory", "much"),
        ("--time", "soon"),
        ("--on", "ray", "--sbatch", "partition=gpu"),
        ("--on", "slurm", "--address", "here:1"),
        ("--on", "slurm", "--sbatch", "Partition gpu"),
        ("--gpus", "1", "--workers", "3"),
    ],
)
def test_wrong_options_are_told_before_anything_is_done(project, wrong):
    project.write(parts=1)
    code, _, err = project.run("run", "counting", *wrong, CUDA_VISIBLE_DEVICES="0")
    assert code == 2
    assert wrong[-2] in err
    assert not project.work().exists()
