"""Training over several GPUs: one process for each, started by `accelerate launch`. What they do is in `launched`."""

import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.tables.errors import printable
from experiments.tables.locations import PACKAGE_ROOT, shown_path
from experiments.training.faults import TrainingError
from experiments.training.fitting import Fitted, Job, ShowSteps

if TYPE_CHECKING:
    from transformers import PreTrainedModel

FOLDER = "processes"  # below that of the training
JOB, LAUNCHER, RESULT, FAULT, LOG = "job.pt", "launcher.json", "result", "fault", "log"
STEPS, STEP = "steps ", "step\n"  # begin the line with the number of steps, and are the line of each


def count_processes(model: "PreTrainedModel", batch_size: int) -> int:
    """One for each GPU in sight, as far as they share a batch evenly; one for a model that is not wholly on one GPU."""
    import torch

    kinds = {parameter.device for parameter in model.parameters()}
    if len(kinds) > 1 or kinds.pop().type != "cuda":
        return 1
    return max(n for n in range(1, torch.cuda.device_count() + 1) if batch_size % n == 0)


def fit_in_processes(job: Job, show: ShowSteps) -> Fitted:
    """Do what `fit` does in `job.processes` processes; the weights are in the checkpoints, not in `job.model`.

    Starting the processes counts as warm-up. Raises TrainingError where one of them fails. None of them outlives this
    call, nor this process.
    """
    begun = time.perf_counter()
    folder = job.folder / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)  # what lies in it is unpickled: nobody else may write there
    with _on_the_cpu(job.model):
        _hand_over(job, folder)
        process = _start(job, folder)
        try:
            _follow(process, show)
        finally:
            process.stdin.close()
            process.kill()
            process.stdout.read()  # until the last process that could write into it has ended
            process.wait()
            (folder / JOB).unlink()
    if not (folder / RESULT).is_file():
        raise TrainingError(_fault(job, folder))
    # Our own file, which a process of ours has just written.
    fitted = pickle.loads((folder / RESULT).read_bytes())
    shutil.rmtree(folder)
    warm_up = time.perf_counter() - begun - fitted.usage.wall_seconds
    return replace(fitted, usage=replace(fitted.usage, warm_up_seconds=warm_up))


@contextmanager
def _on_the_cpu(model: "PreTrainedModel") -> Iterator[None]:
    """Inside, the model leaves its GPU to the processes."""
    import torch

    device = next(model.parameters()).device
    model.to("cpu")
    if device.type == "cuda":
        torch.cuda.empty_cache()
    try:
        yield
    finally:
        model.to(device)


def _hand_over(job: Job, folder: Path) -> None:
    """Write what the processes read. Models have hooks that are functions inside of functions: dill can write them."""
    import dill
    import torch

    try:
        whole = replace(job, rows=list(job.rows), validation=list(job.validation))  # they may lie in a file of this one
        torch.save(whole, folder / JOB, pickle_module=dill)
    except (OSError, RuntimeError) as error:
        shutil.rmtree(folder)
        what = f"{job.what}: the model cannot be written for {job.processes} processes: {printable(str(error), 200)}"
        raise TrainingError(f"{what}; is the disk of {shown_path(job.folder)} full?") from None


def _start(job: Job, folder: Path) -> subprocess.Popen:
    settings = {  # all that a configuration of the user's own could decide
        "compute_environment": "LOCAL_MACHINE",
        "distributed_type": "MULTI_GPU",
        "mixed_precision": "no",  # Trainer decides
        "num_processes": job.processes,
        "num_machines": 1,
        "machine_rank": 0,
        "gpu_ids": "all",
        "main_process_port": 0,  # any that is free
        "use_cpu": False,
        "debug": False,
    }
    (folder / LAUNCHER).write_text(json.dumps(settings), "utf-8")
    launcher = [sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(folder / LAUNCHER)]
    path = os.pathsep.join(filter(None, (str(PACKAGE_ROOT), os.environ.get("PYTHONPATH"))))
    with (folder / LOG).open("wb") as log:
        return subprocess.Popen(
            [*launcher, "-m", "experiments.training.launched", str(folder), job.device],
            stdin=subprocess.PIPE,  # closes when this process ends, at which the others end themselves
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            errors="replace",
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,  # an interrupt from the keyboard is ours to pass on
        )


def _follow(process: subprocess.Popen, show: ShowSteps) -> None:
    """Show the steps that the first process tells of, until all processes have ended."""
    shown = iter(())
    for line in process.stdout:
        if line.startswith(STEPS):
            total, what = json.loads(line.removeprefix(STEPS))
            shown = show(range(total), what)
        elif line == STEP:
            next(shown, None)
    for _ in shown:  # the last step is done, or nothing more will be
        pass


def _fault(job: Job, folder: Path) -> str:
    """The signal that the first to fail was killed by, or what it said itself, else the last lines of the log."""
    log = (folder / LOG).read_text("utf-8", "replace")
    if killed := re.search(r"failed \(exitcode: -(\d+)\) local_rank: (\d+)", log):
        memory = "; was there too little memory?" if killed[1] == "9" else ""
        reason = f"process {killed[2]} was ended by signal {killed[1]}{memory}"
    elif (folder / FAULT).is_file():
        return (folder / FAULT).read_text("utf-8")
    else:
        last = " | ".join(log.strip().split("\n")[-3:])
        reason = f"{job.processes} processes gave no result: {printable(last, 300)}"
    return f"{job.what}: {reason}; the log is {shown_path(folder / LOG)}"
