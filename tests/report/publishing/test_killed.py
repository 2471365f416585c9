"""A publish that is killed, at whatever step, leaves the old site whole; the next one goes through without cleaning."""

import random
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.files import files
from tests.hardening.ended import At, run
from tests.report.publishing.conftest import Report, checkout, git

pytestmark = pytest.mark.skipif(
    shutil.which("git") is None or sys.platform != "linux", reason="needs git, and a process that can be forked"
)

KILLS = 12


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
    publish = ("report", "publish", "--to", target)
    steps = run(publish, report.root).steps
    new = published()
    assert new != old
    seen = []
    for step in sorted(random.Random(12).sample(range(1, steps + 1), KILLS)):
        shutil.rmtree(tmp_path / to)
        shutil.copytree(spare, tmp_path / to)
        assert run(publish, report.root, At(step=step)).code == -signal.SIGKILL
        seen.append(published())
    assert all(found in (old, new) for found in seen)
    assert seen[0] == old
    assert report.publish("--to", target)[0] == 0
    assert published() == new
    assert git(report.root, "status", "--porcelain") == ""
