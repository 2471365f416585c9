"""Parts in the queue of a real Slurm with two nodes on this machine."""

import signal

import pytest

from tests.experiments.clusters.conftest import until
from tests.experiments.clusters.slurm_here import Slurm, why_not

pytest.importorskip("submitit", reason="submitit is in a lock file of its own: make slurm")
pytestmark = pytest.mark.skipif(why_not() is not None, reason=why_not() or "")

ON = ("run", "counting", "--on", "slurm")


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    """Daemons with a queue of their own."""
    started = Slurm(tmp_path_factory.mktemp("slurm"))
    try:
        started.start()
        yield started
    finally:
        started.stop()


def all_steps(project, parts, steps):
    """Whether every part has every step once."""
    wanted = [str(step) for step in range(steps)]
    return all([step for step, _ in project.steps(f"part-{number}")] == wanted for number in range(parts))


def test_the_queue_comes_to_the_table_of_one_machine(project, slurm):
    project.write(parts=3, steps=2)
    assert project.run("run", "counting", "--into", "one")[0] == 0
    code, _, err = project.run(*ON, "--into", "two", **slurm.variables)
    assert code == 0, err
    assert project.totals(into="one") == project.totals(into="two")
    assert {who for number in range(3) for _, who in project.steps(f"part-{number}")} <= {"one", "two"}
    assert {path.stem for path in project.work().glob(".logs/*.log")} == {f"part-{number}" for number in range(3)}


def test_a_part_whose_time_is_over_is_queued_again_and_goes_on(project, slurm):
    project.write(parts=1, steps=45, seconds=2)
    code, _, err = project.run(*ON, "--time", "0:01:00", **slurm.variables)
    assert code == 0, err
    assert all_steps(project, 1, 45)
    said = "".join(path.read_text("utf-8") for path in project.work().glob(".logs/slurm/*.out"))
    assert "Requeued job" in said


def test_jobs_that_were_left_are_found_again_and_cancelled_ones_are_gone(project, slurm):
    project.write(parts=2, steps=3)
    (project.root / "hold").touch()
    process = project.start(*ON, "--leave", **slurm.variables)
    until(lambda: list(project.work().rglob("steps.txt")), process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert slurm.ask("squeue", "-h", "-o", "%j").split()[:1] == ["counting"]
    process = project.start(*ON, "--cancel", **slurm.variables)
    until(lambda: "from an earlier call" in process.stderr.readline(), process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert not slurm.ask("squeue", "-h", "-t", "PENDING,RUNNING", "-o", "%j")
    (project.root / "hold").unlink()
    code, _, err = project.run(*ON, **slurm.variables)
    assert code == 0, err
    assert all_steps(project, 2, 3)


def test_a_part_that_fails_on_one_node_is_made_on_the_other(project, slurm):
    project.write(parts=2)
    (project.root / "fail-on").write_text("one", "utf-8")
    code, _, err = project.run(*ON, **slurm.variables)
    assert code == 0, err
    assert {who for number in range(2) for _, who in project.steps(f"part-{number}")} == {"two"}


def test_a_queue_that_refuses_is_one_line(project, slurm):
    project.write(parts=1)
    code, _, err = project.run(*ON, "--sbatch", "partition=none", **slurm.variables)
    assert code == 1
    [line] = [line for line in err.splitlines() if line.startswith("error")]
    assert "Slurm refuses part-0 of " in line
    assert "partition" in line
    assert not [other for other in err.splitlines() if "sbatch" in other and other != line]
    code, _, err = project.run(*ON, SLURM_CONF="/dev/null")
    assert code == 1
    assert "Traceback" not in err
