"""A project with a study that counts in parts, and the command `experiments` in a process of its own."""

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

import pytest

from experiments.tables.locations import PACKAGE_ROOT

ALONE = {
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # in spite of its name: the loopback address is taken as it is
    "RAY_USAGE_STATS_ENABLED": "0",
}
"""Variables with which Ray keeps to this machine."""
SMALL = {"num_cpus": 1, "node_ip_address": "127.0.0.1", "object_store_memory": 100 * 2**20}
"""What a node of Ray is given."""
HERE = Path(__file__).parent
RUN = (
    "import sys; from experiments.system import SYSTEMS; SYSTEMS['counting'] = 'countingsystem.system'; "
    "from experiments.cli import main; main()"
)


def until(condition, process):
    """Wait for what a command is to do."""
    while not condition():
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.05)


class Project:
    """The project; `run` starts a command in it, and `steps` says who made each step of each part."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "experiments" / "studies").mkdir(parents=True)
        (root / "lockfiles").mkdir()
        for name in ("report", "experiments"):
            (root / "lockfiles" / f"{name}.txt").write_text("numpy==2.0.0\n", "utf-8")
        (root / "_quarto.yml").write_text("project: {type: book}\n", "utf-8")

    def write(self, study: str = "counting", **settings: object) -> None:
        """Write a study of the system that counts."""
        content = {"study": study, "title": "Totals", "system": "counting", **settings}
        (self.root / "experiments" / "studies" / f"{study}.yaml").write_text(json.dumps(content), "utf-8")

    def start(self, *arguments: str, **more: str) -> subprocess.Popen:
        """A command that goes on while the test does."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COLOPHON_")}
        path = os.pathsep.join(filter(None, (str(HERE), str(PACKAGE_ROOT), os.environ.get("PYTHONPATH"))))
        return subprocess.Popen(
            [sys.executable, "-c", RUN, *arguments],
            cwd=self.root,
            env={**kept, "PYTHONPATH": path, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, **more: str) -> tuple[int, str, str]:
        """Exit code, output and errors of a command that has ended."""
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=1800)
        return process.returncode, out, err

    def work(self, study: str = "counting") -> Path:
        return self.root / "runs" / study / "any"

    def steps(self, part: str, study: str = "counting") -> list[list[str]]:
        """Number and maker of each step of a part, in the order in which they were made."""
        place = self.work(study) / part / "steps.txt"
        return [line.split(" ", 1) for line in place.read_text("utf-8").splitlines()]

    def totals(self, study: str = "counting", into: str = "experiments/frozen") -> list[str]:
        """The rows of the frozen table, costs left out."""
        lines = (self.root / into / study / "totals.csv").read_text("utf-8").splitlines()
        return [line.rpartition(",")[0] for line in lines]


def begin_ray():
    """A cluster with a head alone. Ray gives a node half a minute to begin, which a busy machine may not keep to."""
    from ray.cluster_utils import Cluster

    os.environ.update(ALONE)
    # The path of a socket must be short.
    os.environ["RAY_TMPDIR"] = mkdtemp(dir="/tmp")
    asked = {"initialize_head": True, "head_node_args": {**SMALL, "include_dashboard": False}}
    for _ in range(2):
        with suppress(Exception):
            return Cluster(**asked)
    return Cluster(**asked)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)
