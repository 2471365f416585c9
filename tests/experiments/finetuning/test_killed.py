"""A study that is killed for real, and one that Ctrl-C stops, end with the tables of one that ran through."""

import signal
import time

from tests.experiments.smoke import Command

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


RUN = ("run", "sst2-lora", "--profile", "smoke")


def until(command: Command, pattern: str, folder) -> None:
    """Wait until a file is there, or the run has come to its end."""
    while command.returncode is None and not any(folder.glob(pattern)):
        time.sleep(0.005)


def test_a_stopped_run_goes_on_to_the_same_tables(project, smoke_runs):
    work = project.folder / "runs" / "sst2-lora" / "smoke"
    # Killed amid the first training, as soon as it has a checkpoint; Ctrl-C amid the second one; then it may end.
    for how, pattern in (
        (signal.SIGKILL, "seed-0/checkpoint-*/complete.json"),
        (signal.SIGINT, "seed-1/checkpoint-*/*"),
    ):
        running = project.start(*RUN)
        until(running, pattern, work)
        assert running.returncode is None
        running.send_signal(how)
        assert running.wait(60).returncode == (-signal.SIGKILL if how == signal.SIGKILL else 130)
        assert not list(project.frozen.glob("sst2-lora/[a-z]*"))
    assert (work / "seed-0" / "found.json").is_file()
    done = project.experiments(*RUN)
    assert done.returncode == 0, done.stderr
    for table in ALIKE:
        whole = smoke_runs / "runs" / "smoke" / "frozen" / "sst2-lora" / table
        assert (project.frozen / "sst2-lora" / table).read_bytes() == whole.read_bytes()
    cost = (project.frozen / "sst2-lora" / "cost.csv").read_text("utf-8").splitlines()
    place = cost[0].split(",").index("interruptions")
    assert sum(int(line.split(",")[place]) for line in cost[1:]) >= 1


def test_two_runs_at_once_do_not_share_a_folder(project):
    first = project.start(*RUN)
    until(first, "made-from.txt", project.folder / "runs" / "sst2-lora" / "smoke")
    second = project.experiments(*RUN, "--into", str(project.folder / "elsewhere"))
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert second.returncode == 1
    assert "another process is at work in runs/sst2-lora/smoke" in second.stderr
