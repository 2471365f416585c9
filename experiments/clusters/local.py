"""Several processes of this machine as a cluster: one for each GPU, or as many as are asked for."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from experiments.clusters.kept import node_name
from experiments.clusters.protocol import Job, Needs, Said, Seen
from experiments.tables.locations import PACKAGE_ROOT


class LocalCluster:
    """See `protocol.Cluster`. Parts end with this process; what they have kept is gone on with."""

    name = "local"
    lasting = False

    def __init__(self, needs: Needs, workers: int) -> None:
        self._workers = [_Worker(number, gpus) for number, gpus in enumerate(share_gpus(needs.gpus, workers))]
        self._open: dict[str, dict[str, Seen | None]] = {}
        self._lock = threading.Lock()
        self._parts: queue.Queue[tuple[Job, str, str] | None] = queue.Queue()
        for worker in self._workers:
            threading.Thread(target=worker.serve, args=(self._parts, self._take), daemon=True).start()

    def find(self, job: Job) -> Collection[str]:
        """The parts of a job that were submitted by this process; processes of an earlier one ended with it."""
        return list(self._open.get(job.fingerprint, ()))

    def submit(self, job: Job, parts: Mapping[str, str], avoid: Collection[str] = ()) -> None:
        """Have parts wait for a process; there is one machine, so none can be avoided."""
        with self._lock:
            self._open.setdefault(job.fingerprint, {}).update(dict.fromkeys(parts))
        for part, keeps in parts.items():
            self._parts.put((job, part, keeps))

    def look(self, job: Job) -> Iterator[Seen]:
        """What the processes have said since the last look."""
        with self._lock:
            open_ = self._open.get(job.fingerprint, {})
            seen = [each for each in open_.values() if each is not None]
            for each in seen:
                if each.state == "ended":
                    del open_[each.part]
                else:
                    open_[each.part] = None
        yield from seen

    def cancel(self, job: Job) -> None:
        """Let the processes pass over what waits, and end those that are at a part of the run."""
        with self._lock:
            left = self._open.pop(job.fingerprint, None)
        for worker in self._workers if left else ():
            worker.stop(job)

    def close(self) -> None:
        """End the processes."""
        self._open.clear()
        for worker in self._workers:
            self._parts.put(None)
            worker.end()

    def _take(self, job: Job, seen: Seen) -> bool:
        """Take note of what a process is at; False where nobody waits for it any more."""
        with self._lock:
            open_ = self._open.get(job.fingerprint)
            if open_ is None or seen.part not in open_:
                return False
            open_[seen.part] = seen
            return True


def share_gpus(gpus: int, workers: int) -> list[str | None]:
    """The GPUs that each of so many processes sees; all of them see all where nobody asked for GPUs."""
    if not gpus:
        return [None] * workers
    here = visible_gpus()
    return [",".join(here[start : start + gpus]) for start in range(0, gpus * workers, gpus)]


def visible_gpus() -> list[str]:
    """The numbers of the GPUs of this machine that may be used, without asking a driver."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        return [each.strip() for each in chosen.split(",") if each.strip()]
    return [str(number) for number in range(len(list(Path("/dev").glob("nvidia[0-9]*"))))]


class _Worker:
    """A process that makes parts, and is started again after it was lost."""

    def __init__(self, number: int, gpus: str | None) -> None:
        self.name, self._gpus = f"{node_name()}, process {number + 1}", gpus
        self._process: subprocess.Popen | None = None
        self._job: Job | None = None
        self._ended = False

    def serve(self, parts: queue.Queue, tell: Callable[[Job, Seen], bool]) -> None:
        """Make parts as they come, until there is none."""
        while (taken := parts.get()) is not None and not self._ended:
            job, part, keeps = taken
            if tell(job, Seen(part, "running", self.name)):
                said = self._made(job, part, keeps)
                tell(job, Seen(part, "ended", self.name, said, "" if said else "its process ended"))

    def stop(self, job: Job) -> None:
        """End the process where it is at a part of a run."""
        if self._job is not None and self._job.fingerprint == job.fingerprint and self._process is not None:
            self._process.terminate()

    def end(self) -> None:
        """End the process, also amid a part."""
        self._ended = True
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def _made(self, job: Job, part: str, keeps: str) -> Said | None:
        if self._process is None or self._process.poll() is not None or self._job.fingerprint != job.fingerprint:
            self._begin(job)
        try:
            self._process.stdin.write(json.dumps([part, keeps]) + "\n")
            self._process.stdin.flush()
            return Said(**json.loads(self._process.stdout.readline()))
        except (OSError, ValueError):
            self._process.wait()
            return None

    def _begin(self, job: Job) -> None:
        if self._process is not None:
            self._process.terminate()
        own = {} if self._gpus is None else {"CUDA_VISIBLE_DEVICES": self._gpus}
        path = os.pathsep.join(filter(None, (str(PACKAGE_ROOT), os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "experiments.clusters.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **own, "PYTHONPATH": path, "COLOPHON_NODE": self.name},
            start_new_session=True,  # an interrupt from the keyboard is ours to pass on
        )
        self._process.stdin.write(json.dumps(asdict(job)) + "\n")
        self._job = job
