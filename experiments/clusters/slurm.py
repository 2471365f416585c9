"""A Slurm cluster, through submitit: the parts of a run are a job array.

A part whose time is over is put into the queue again and goes on where its checkpoint is; so is one whose machine was
lost. Which jobs belong to a run is kept in its work folder, so that a later call finds them. What became of a part
stands in its record: the queue is asked for no more than what it still holds, which needs no accounting database.
"""

import getpass
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

from experiments.clusters.kept import LOGS, open_for_asking
from experiments.clusters.protocol import Job, Needs, Said, Seen
from experiments.tables.errors import UserError, printable
from experiments.tables.files import replace_json
from experiments.tables.locations import PACKAGE_ROOT

JOBS = ".slurm.json"
NOT_INSTALLED = "submitit is not installed; install lockfiles/slurm.txt (`make slurm` does), or colophon[slurm]"
TIMEOUTS = 20  # how often a part may come to the end of its time and go on
MINUTES = 240  # of a part for which no time is given
WARNING_SECONDS = 90  # between the signal that the time is nearly over and its end
PATIENCE = 100  # looks in a row that Slurm may leave without an answer
GRACE_LOOKS = 3
"""How often a part may be neither in the queue nor on record before it is lost: the shared folder may be behind."""


class SlurmCluster:
    """See `protocol.Cluster`. Raises UserError where there is no Slurm on this machine."""

    name = "slurm"
    lasting = True

    def __init__(self, needs: Needs) -> None:
        try:
            import submitit
        except ModuleNotFoundError:
            raise UserError(NOT_INSTALLED) from None
        if not all(map(shutil.which, ("sbatch", "squeue", "scancel", "srun"))):
            raise UserError("there is no Slurm here: sbatch, squeue, scancel and srun are not all to be found")
        self._submitit, self._needs = submitit, needs
        self._jobs: dict[str, dict[str, str]] = {}
        self._states: dict[str, str] = {}
        self._missed: dict[str, int] = {}
        self._silent = 0

    def find(self, job: Job) -> Collection[str]:
        """The parts whose jobs an earlier call has left in the queue."""
        try:
            known = json.loads((Path(job.folder) / JOBS).read_bytes())
        except (OSError, ValueError):
            return ()
        queued = self._queue()
        self._jobs[job.fingerprint] = {part: number for part, number in known.items() if number in queued}
        return list(self._jobs[job.fingerprint])

    def submit(self, job: Job, parts: Mapping[str, str], avoid: Collection[str] = ()) -> None:
        """Send an array of jobs. Raises UserError with what Slurm says where it refuses."""
        submitit = self._submitit
        names = list(parts)
        executor = submitit.SlurmExecutor(Path(job.folder) / LOGS / "slurm", max_num_timeout=TIMEOUTS)
        executor.update_parameters(**parameters(job, self._needs, avoid))
        try:
            with redirect_stderr(StringIO()):  # where submitit prints what the error says, too
                made = executor.map_array(MakePart(job), names, list(parts.values()))
        except submitit.core.utils.FailedJobError as error:
            said = [line for line in str(error).splitlines() if "error" in line.lower()] or [str(error).strip()]
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            what = f"{names[0]}{more} of {job.name}"
            raise UserError(f"Slurm refuses {what}: {printable(said[0].strip(), 300)}") from None
        except OSError as error:
            raise UserError(f"{error.filename or job.folder}: {error.strerror or error}") from None
        jobs = self._jobs.setdefault(job.fingerprint, {})
        jobs |= {part: each.job_id for part, each in zip(names, made, strict=True)}
        replace_json(Path(job.folder) / JOBS, jobs)

    def look(self, job: Job) -> Iterator[Seen]:
        """What has changed in the queue and on record."""
        try:
            queued, kept = self._queue(), open_for_asking(job)
        except UserError:
            self._silent += 1
            if self._silent > PATIENCE:
                raise
            return
        self._silent = 0
        jobs = self._jobs.get(job.fingerprint, {})
        for part, number in list(jobs.items()):
            state, node = queued.get(number, ("", ""))
            if not state:
                kept.fetch(part)
            if kept.is_there(part) or (not state and kept.failure(part)):
                del jobs[part]
                record, failure = kept.record(part), kept.failure(part)
                said = Said(part, record.node, seconds=record.seconds) if kept.is_there(part) else failure
                yield Seen(part, "ended", said.node, said)
            elif not state:
                self._missed[number] = self._missed.get(number, 0) + 1
                if self._missed[number] > GRACE_LOOKS:
                    del jobs[part]
                    yield Seen(part, "ended", why=f"Slurm ended its job {number} (its log: {kept.log(part)})")
            elif self._states.get(number) != state + node:
                self._states[number] = state + node
                running = state in ("RUNNING", "COMPLETING", "CONFIGURING")
                yield Seen(part, "running" if running else "waiting", node or None)

    def cancel(self, job: Job) -> None:
        """Cancel all jobs of the run."""
        jobs = self._jobs.pop(job.fingerprint, {})
        if jobs:
            subprocess.run(["scancel", *jobs.values()], check=False, capture_output=True)
        (Path(job.folder) / JOBS).unlink(missing_ok=True)

    def close(self) -> None:
        """Do nothing: jobs of Slurm go on without us, and no connection is held open."""

    def _queue(self) -> dict[str, tuple[str, str]]:
        """State and machine of each job of ours in the queue, by its number."""
        command = ["squeue", "--noheader", "--array", "--user", getpass.getuser(), "--format", "%i|%T|%N"]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
        if asked.returncode != 0:
            said = asked.stderr.strip().splitlines() or ["squeue gave no reason"]
            raise UserError(f"Slurm does not answer: {printable(said[-1], 200)}")
        lines = (line.strip().split("|") for line in asked.stdout.splitlines())
        return {number: (state, node) for number, state, node in lines if state not in ENDED}


ENDED = {"COMPLETED", "FAILED", "TIMEOUT", "CANCELLED", "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE", "NODE_FAIL"}


class MakePart:
    """What a job does; `checkpoint` is what submitit calls for when the time of the job is nearly over."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __call__(self, part: str, keeps: str) -> None:
        """Make the part. What is to be said of it is on record then."""
        from experiments.clusters.worker import logged, make

        with logged(self._job, part):
            make(self._job, part, keeps)

    def checkpoint(self, part: str, keeps: str) -> Any:
        """The job that Slurm is to run next: the same part, going on with what this attempt has kept."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self, part, keeps)


def parameters(job: Job, needs: Needs, avoid: Collection[str] = ()) -> dict[str, Any]:
    """What sbatch is asked for, in the words of submitit."""
    path = os.pathsep.join(filter(None, (str(PACKAGE_ROOT), os.environ.get("PYTHONPATH"))))
    asked: dict[str, Any] = {
        "job_name": job.name,
        "cpus_per_task": needs.cpus,
        "stderr_to_stdout": True,
        "setup": [f"export PYTHONPATH={shlex.quote(path)}"],
        "additional_parameters": {"requeue": True, "chdir": job.project},
    }
    if needs.gpus:
        asked["gpus_per_node"] = needs.gpus
    if needs.memory:
        asked["mem"] = f"{-(-needs.memory // 2**20)}M"
    asked["time"] = MINUTES if needs.minutes is None else max(needs.minutes, 1)
    asked["signal_delay_s"] = min(WARNING_SECONDS, 30 * asked["time"])
    if avoid:
        asked["exclude"] = ",".join(sorted(avoid))
    for name, value in needs.more.items():
        asked["additional_parameters"][name] = value
    return asked


def script(job: Job, needs: Needs, parts: Mapping[str, str]) -> str:
    """The job script as sbatch would get it. Raises UserError where submitit is not installed."""
    try:
        from submitit.slurm.slurm import _make_sbatch_string
    except ModuleNotFoundError:
        raise UserError(NOT_INSTALLED) from None
    folder = Path(job.folder) / LOGS / "slurm"
    command = f"{sys.executable} -u -m submitit.core._submit {folder}"
    return _make_sbatch_string(command, folder, map_count=len(parts), **parameters(job, needs))
