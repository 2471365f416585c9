"""A publish that is killed, at whatever step, leaves the old site whole; the next one goes through without cleaning."""

import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.report.publishing.conftest import Report, checkout, files, git

pytestmark = pytest.mark.skipif(
    shutil.which("git") is None or sys.platform != "linux", reason="needs git, and a process that can be forked"
)

STEPS = {"shutil.copyfile", "shutil.copytree", "shutil.rmtree", "os.link", "os.rename", "os.mkdir", "subprocess.Popen"}
STEPS |= {"os.remove", "open"}
KILLS = 12


def run_until(step: int, work: Callable[[], object]) -> int:
    """Do the work in a process of its own that kills itself before its step number `step`; returns how many it took,
    0 where it was killed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        return int(said or 0)
    taken = 0

    def count(event: str, arguments: tuple) -> None:
        nonlocal taken
        if event in STEPS:
            taken += 1
            if taken == step:
                os.kill(os.getpid(), signal.SIGKILL)

    try:
        sys.addaudithook(count)
        work()
        os.write(writer, str(taken).encode())
    finally:
        os._exit(0)


def _on_branch(report: Report, tmp_path: Path) -> Callable[[], dict[str, bytes]]:
    bare = tmp_path / "host.git"

    def published() -> dict[str, bytes]:
        shutil.rmtree(tmp_path / "seen", ignore_errors=True)
        return files(checkout(bare, tmp_path / "seen"))

    return published


def _in_folder(report: Report, tmp_path: Path) -> Callable[[], dict[str, bytes]]:
    return lambda: files(tmp_path / "www")


@pytest.mark.parametrize(("to", "look"), [("host.git", _on_branch), ("www", _in_folder)])
def test_a_killed_publish_leaves_the_old_site(report: Report, bare: Path, tmp_path: Path, to: str, look):
    target, published = str(tmp_path / to), look(report, tmp_path)
    report.publish("--to", target)
    report.release(2)
    old = published()
    spare = shutil.copytree(tmp_path / to, tmp_path / "spare")
    steps = run_until(0, lambda: report.publish("--to", target))
    new = published()
    assert new != old
    seen = []
    for step in sorted(random.Random(12).sample(range(1, steps + 1), KILLS)):
        shutil.rmtree(tmp_path / to)
        shutil.copytree(spare, tmp_path / to)
        assert run_until(step, lambda: report.publish("--to", target)) == 0
        seen.append(published())
    assert all(found in (old, new) for found in seen)
    assert seen[0] == old
    assert report.publish("--to", target)[0] == 0
    assert published() == new
    assert git(report.root, "status", "--porcelain") == ""
