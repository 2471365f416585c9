"""The systems that ship, in `smoke`: a cluster comes to the tables of one machine to the byte, costs aside."""

import shutil
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from experiments.freezing.smoke import table_smoke_digest
from experiments.study_files import load_study
from experiments.system import parts_of_run
from experiments.tables.read import read_sidecar
from tests.experiments.clusters.conftest import ALONE, SMALL, Project, begin_ray
from tests.experiments.clusters.slurm_here import Slurm, why_not
from tests.experiments.smoke import experiments, make_project

STUDIES = ("sst2-lora", "squad-lora", "early-exit-alpaca", "layer-probe-movies", "sst2-mistakes")
"""The last one reads tables of the others."""
JUDGING = "judge-by-layer"  # of answers that one of the others has made; it trains nothing, and has no seed
SMOKE = ("--profile", "smoke", "--into")
SEED = ("--seed", "0")
FROZEN = "runs/smoke/frozen"


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> Project:
    """A project in which one process has made the tables, into `one`."""
    project = Project.__new__(Project)
    project.root = make_project(tmp_path_factory.mktemp("smoke"))
    for asked in ((*STUDIES, *SEED), (JUDGING,)):
        made = experiments(project.root, "run", *asked, *SMOKE, "one")
        assert made.returncode == 0, made.stderr
    return project


@pytest.fixture
def smoke_mistakes(smoke_runs, smoke_exits, smoke_probes, tmp_path) -> Path:
    """A project after the run of the study that reads tables of the others."""
    project = make_project(tmp_path / "smoke")
    for made in (smoke_runs, smoke_exits, smoke_probes):
        shutil.copytree(made / FROZEN, project / FROZEN, dirs_exist_ok=True)
    run = experiments(project, "run", "sst2-mistakes", "--profile", "smoke")
    assert run.returncode == 0, run.stderr
    return project


def steady(project, into) -> dict[str, str]:
    """The digest of every table by its id, without what differs from run to run."""
    root = project.root / into
    ids = [f"{path.parent.name}/{path.stem}" for path in root.glob("*/*.json")]
    return {table: table_smoke_digest(read_sidecar(table, root)) for table in ids if not table.endswith("/.holder")}


@pytest.mark.parametrize(
    ("made", "name"),
    [
        ("smoke_runs", "sst2-lora"),
        ("smoke_runs", "squad-lora"),
        ("smoke_exits", "early-exit-alpaca"),
        ("smoke_exits", JUDGING),
        ("smoke_probes", "layer-probe-movies"),
        ("smoke_mistakes", "sst2-mistakes"),
    ],
)
def test_the_parts_that_a_system_lists_are_those_that_it_keeps(made, name, request):
    """What is kept is found below the names that `--plan` and a cluster go by."""
    root = request.getfixturevalue(made)
    work = root / "runs" / name / "smoke"
    listed = parts_of_run(load_study(name, root / "experiments" / "studies").at("smoke"))
    assert listed
    for part in listed:
        assert list(work.glob(part.keeps)), part.name
        assert part.whole is None or (work / part.whole).is_file()


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is in a lock file of its own: make ray")
def test_all_systems_on_ray_while_a_node_is_killed(alone):
    cluster = begin_ray()
    try:
        second = cluster.add_node(**SMALL)
        on = ("--on", "ray", "--address", cluster.address)
        process = alone.start("run", *STUDIES, *SEED, *SMOKE, "two", *on, HF_HUB_OFFLINE="1", **ALONE)
        at_work = second.node_id[:8]
        while not any(at_work in path.read_text("utf-8") for path in alone.root.glob("runs/*/smoke/.now/*.json")):
            assert process.poll() is None, process.communicate()[1]
            time.sleep(0.05)
        cluster.remove_node(second, allow_graceful=False)
        _, err = process.communicate(timeout=1800)
        assert process.returncode == 0, err
        code, _, err = alone.run("run", JUDGING, *SMOKE, "two", *on, HF_HUB_OFFLINE="1", **ALONE)
        assert code == 0, err
    finally:
        cluster.shutdown()
    assert steady(alone, "two") == steady(alone, "one")


@pytest.mark.skipif(find_spec("submitit") is None, reason="submitit is in a lock file of its own: make slurm")
@pytest.mark.skipif(why_not() is not None, reason=why_not() or "")
def test_a_system_on_slurm(alone, tmp_path):
    slurm = Slurm(tmp_path)
    try:
        slurm.start()
        on = ("--on", "slurm", "--cpus", "2")
        code, _, err = alone.run("run", "sst2-lora", *SEED, *SMOKE, "three", *on, HF_HUB_OFFLINE="1", **slurm.variables)
    finally:
        slurm.stop()
    assert code == 0, err
    found = steady(alone, "three")
    assert found
    assert found.items() <= steady(alone, "one").items()
