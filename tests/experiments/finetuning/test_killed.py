"""A study that is killed for real, and one that Ctrl-C stops, end with the tables of one that ran through."""

import signal
import subprocess
import sys
import time

ALIKE = (
    "splits.csv",
    "predictions.parquet",
    "features.csv",
    "curves.csv",
    "scores.csv",
    "confusion.csv",
    "examples.csv",
    "transitions.csv",
    "tests.csv",
)


def started(project) -> subprocess.Popen:
    command = [sys.executable, "-m", "experiments.cli", "run", "sst2-lora", "--profile", "smoke"]
    return subprocess.Popen(command, cwd=project.folder, env=project.environment, stderr=subprocess.PIPE, text=True)


def until(process: subprocess.Popen, pattern: str, folder) -> None:
    """Wait until a file is there, or the run has come to its end."""
    while process.poll() is None and not any(folder.glob(pattern)):
        time.sleep(0.005)


def test_a_stopped_run_goes_on_to_the_same_tables(project, smoke_runs):
    work = project.folder / "runs" / "sst2-lora" / "smoke"
    # Killed amid the first training, as soon as it has a checkpoint; Ctrl-C amid the second one; then it may end.
    for how, pattern in (
        (signal.SIGKILL, "seed-0/checkpoint-*/complete.json"),
        (signal.SIGINT, "seed-1/checkpoint-*/*"),
    ):
        process = started(project)
        until(process, pattern, work)
        assert process.poll() is None
        process.send_signal(how)
        process.communicate(timeout=60)
        assert process.returncode == (-signal.SIGKILL if how == signal.SIGKILL else 130)
        assert not list(project.frozen.glob("sst2-lora/[a-z]*"))
    assert (work / "seed-0" / "found.json").is_file()
    done = project.experiments("run", "sst2-lora", "--profile", "smoke")
    assert done.returncode == 0, done.stderr
    for table in ALIKE:
        whole = smoke_runs / "runs" / "smoke" / "frozen" / "sst2-lora" / table
        assert (project.frozen / "sst2-lora" / table).read_bytes() == whole.read_bytes()
    cost = (project.frozen / "sst2-lora" / "cost.csv").read_text("utf-8").splitlines()
    place = cost[0].split(",").index("interruptions")
    assert sum(int(line.split(",")[place]) for line in cost[1:]) >= 1


def test_two_runs_at_once_do_not_share_a_folder(project):
    process = started(project)
    until(process, "made-from.txt", project.folder / "runs" / "sst2-lora" / "smoke")
    second = project.experiments("run", "sst2-lora", "--profile", "smoke", "--into", str(project.folder / "elsewhere"))
    process.kill()
    process.communicate()
    assert second.returncode == 1
    assert "another process is at work in runs/sst2-lora/smoke" in second.stderr
