"""What a machine of a cluster does: see that it is to make the same as the machine that asked, and make one part.

Whatever goes wrong becomes one line that names the part and the machine; nothing is raised. As a program it takes
parts from its standard input, one a line, and answers each with what it has to say.
"""

import errno
import json
import os
import platform
import queue
import signal
import threading
import time
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import asdict
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TypeVar

from experiments.clusters.kept import Doing, Kept, node_name, open_for_making
from experiments.clusters.made_tables import write_tables
from experiments.clusters.protocol import TABLES, Job, Said
from experiments.freezing.work import MADE_FROM
from experiments.tables.errors import UserError, printable
from experiments.tables.files import replace_file

T = TypeVar("T")
SECONDS_BETWEEN = 2.0  # two tellings of how far a part is


def make(job: Job, part: str, keeps: str, node: str | None = None) -> Said:
    """Make one part of a run and keep it, unless it is there already; `node` is what the cluster calls this machine."""
    begun, node, kept = time.monotonic(), node or node_name(), open_for_making(job)
    error = note = None
    try:
        prepare(job)
        if not kept.is_made(part):
            note = _make(job, part, keeps, kept, node, begun)
    except UserError as problem:
        error = str(problem).splitlines()[0]
    except OSError as problem:
        error = _about_files(problem, job)
    except Exception as problem:
        error = f"{type(problem).__name__}: {printable(str(problem), 200)} (its log: {kept.log(part)})"
    finally:
        kept.tell(part, None)
    said = Said(part, node, error, note, round(time.monotonic() - begun, 3))
    if error is not None:
        kept.fail(said)
    return said


def prepare(job: Job) -> None:
    """Bring this process to where the run takes place, and see that it is what the caller has.

    Raises UserError where it is not: then no part is made here.
    """
    if not Path(job.project).is_dir():
        raise UserError(f"there is no {job.project} here: the project must lie in a folder that all machines share")
    if Path.cwd() != Path(job.project):
        os.chdir(job.project)
    os.environ.update(job.environment)
    folder = Path(job.folder)
    if not job.address and not folder.is_dir():
        raise UserError(
            f"there is no {folder} here: COLOPHON_RUNS must name a folder that all machines share, or an address"
        )
    asked = (job.study, job.fingerprint, *job.packages.items())
    if asked not in _checked:
        _check(job)
        _checked.add(asked)
    if not job.address and (folder / MADE_FROM).read_text("utf-8") != job.fingerprint:
        raise UserError(f"{folder} belongs to a run of other settings by now; this one is out of date")


def packages() -> dict[str, str]:
    """The versions here that can change a value, by name."""
    from experiments.freezing.provenance import PACKAGES

    found = {"Python": platform.python_version()}
    for name in PACKAGES.values():
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


_checked: set[tuple] = set()


def _check(job: Job) -> None:
    """Raises UserError for what this machine has otherwise than the one that asked."""
    from experiments.freezing.execute import made_from
    from experiments.study_files import load_study
    from experiments.system import SYSTEMS

    SYSTEMS.update(job.systems)
    here = packages()
    for name, version in job.packages.items():
        if here.get(name) != version:
            raise UserError(f"{name} {here.get(name, 'is missing')} here, {version} where the run was begun")
    for name, digest in made_from(load_study(job.study), job.profile).items():
        if job.made_from.get(name, digest) != digest:
            raise UserError(f"{name} is another here than where the run was begun; bring both to the same state")


def _make(job: Job, part: str, keeps: str, kept: Kept, node: str, begun: float) -> str | None:
    from experiments.freezing.execute import make_part, make_results
    from experiments.system import Choice

    study, choice, root = _study(job.study, job.fingerprint), Choice(job.profile, tuple(job.seeds)), Path(job.frozen)
    kept.tell(part, Doing(node, "beginning"))
    mine = kept.claim(part, keeps, f"{time.time_ns():020}-{os.getpid()}")

    def progress(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
        return _told(items, what, total, lambda done, of: kept.tell(part, Doing(node, what, done, of)))

    if part.startswith(TABLES):
        kept.fetch_all()
        replace_file(mine / keeps, write_tables(make_results(study, root, progress, choice, kept.folder)))
    else:
        make_part(study, root, progress, choice, part, mine)
    return kept.put(part, keeps, mine, node, time.monotonic() - begun)


@lru_cache(maxsize=8)
def _study(name: str, fingerprint: str):
    from experiments.study_files import load_study

    return load_study(name)


def _told(items: Iterable[T], what: str, total: int | None, tell) -> Iterator[T]:
    """Pass items on, and tell now and then how many are done."""
    total = len(items) if total is None and isinstance(items, Sized) else total
    last = 0.0
    for done, item in enumerate(items):
        if time.monotonic() - last > SECONDS_BETWEEN:
            tell(done, total)
            last = time.monotonic()
        yield item


def _about_files(problem: OSError, job: Job) -> str:
    if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"there is no room left where {problem.filename or job.folder} lies"
    return f"{problem.filename or job.folder}: {problem.strerror or problem}"


@contextmanager
def logged(job: Job, part: str) -> Iterator[None]:
    """Append what is written to standard output and error to the log of the part."""
    place = open_for_making(job).log(part)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        log = place.open("a", encoding="utf-8")
    except OSError:
        yield
        return
    with log, redirect_stdout(log), redirect_stderr(log):
        yield


def main() -> None:
    """Read the run from the first line of standard input, and make the part that each further line names.

    Ends with the process that asks, also amid a part.
    """
    asked, answers = os.fdopen(os.dup(0), encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer
    job, parts = Job(**json.loads(asked.readline())), queue.SimpleQueue()
    threading.Thread(target=_take, args=(job, asked, parts), daemon=True).start()
    while True:
        part, keeps = parts.get()
        with logged(job, part):
            said = make(job, part, keeps)
        with suppress(BrokenPipeError):
            print(json.dumps(asdict(said)), file=answers, flush=True)


def _take(job: Job, asked: Iterable[str], parts: queue.SimpleQueue) -> None:
    """Pass on which parts are asked for; once nobody can ask any more, end this process and those that it has begun.

    What an attempt has kept by then the next one goes on with.
    """
    part = None
    for line in asked:
        part, keeps = json.loads(line)
        parts.put((part, keeps))
    if part is not None:
        open_for_making(job).tell(part, None)
    if os.name == "posix" and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGTERM)
    os._exit(1)


if __name__ == "__main__":
    main()
