"""Parts on a real Ray cluster: two nodes on the loopback address of this machine, one of which is killed."""

import signal

import pytest

from tests.experiments.clusters.conftest import ALONE, SMALL, begin_ray, until

ray = pytest.importorskip("ray", reason="Ray is in a lock file of its own: make ray")


@pytest.fixture(scope="module")
def cluster():
    """A head, and what tests add to it; all of it listens on this machine alone."""
    started = begin_ray()
    yield started
    started.shutdown()


@pytest.fixture
def second(cluster):
    """A second node, which the test may kill."""
    node = cluster.add_node(**SMALL)
    yield node
    if node in cluster.worker_nodes:
        cluster.remove_node(node)


def test_a_killed_node_changes_no_table(project, cluster, second):
    project.write(parts=4, steps=5, seconds=0.5)
    assert project.run("run", "counting", "--into", "one")[0] == 0
    process = project.start("run", "counting", "--on", "ray", "--address", cluster.address, "--into", "two", **ALONE)
    makers = lambda: {line.split()[1] for path in project.work().rglob("steps.txt") for line in path.open()}  # noqa: E731
    until(lambda: len(makers()) == 2, process)
    cluster.remove_node(second, allow_graceful=False)
    _, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    assert project.totals(into="one") == project.totals(into="two")
    for number in range(4):
        assert [step for step, _ in project.steps(f"part-{number}")] == [str(step) for step in range(5)]


def test_a_part_that_fails_on_one_node_is_made_on_another(project, cluster, second):
    project.write(parts=2)
    (project.root / "fail-on").write_text(second.node_id, "utf-8")
    code, _, err = project.run("run", "counting", "--on", "ray", "--address", cluster.address, **ALONE)
    assert code == 0, err
    assert len(project.totals()) == 3
    (project.root / "fail-on").write_text(f"{second.node_id} {cluster.head_node.node_id}", "utf-8")
    code, _, err = project.run("run", "counting", "--on", "ray", "--address", cluster.address, **ALONE)
    assert code == 1
    lines = [line for line in err.splitlines() if line.startswith("error")]
    assert all(any(f"part-{number}" in line and "told to fail" in line for line in lines) for number in range(2))
    assert second.node_id[:8] in "".join(lines)


def test_short_parts_go_several_to_a_task_and_each_counts_for_itself(project, cluster):
    project.write(parts=60)
    (project.root / "ends-its-process").write_text("\n".join(["part-50"] * 5), "utf-8")
    code, _, err = project.run("run", "counting", "--on", "ray", "--address", cluster.address, **ALONE)
    assert code == 0, err
    assert len(project.totals()) == 61
    assert not (project.root / "ends-its-process").read_text("utf-8"), "a part that ended its process was sent again"
    assert {step for number in range(60) for step in project.steps(f"part-{number}") if step[0] != "0"} == set()


def test_parts_that_were_left_are_found_again_and_cancelled_ones_are_gone(project, cluster):
    project.write(parts=2, steps=3)
    (project.root / "hold").touch()
    on = ("run", "counting", "--on", "ray", "--address", cluster.address)
    process = project.start(*on, "--leave", **ALONE)
    until(lambda: list(project.work().rglob("steps.txt")), process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    process = project.start(*on, "--cancel", **ALONE)
    until(lambda: "from an earlier call" in process.stderr.readline(), process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    (project.root / "hold").unlink()
    code, _, err = project.run(*on, **ALONE)
    assert code == 0, err
    assert "from an earlier call" not in err
    for number in range(2):
        assert [step for step, _ in project.steps(f"part-{number}")] == ["0", "1", "2"]


def test_no_cluster_at_the_address_and_too_large_a_wish_are_one_line(project, cluster):
    project.write(parts=1)
    for arguments in (("--address", "127.0.0.1:1"), ("--address", cluster.address, "--gpus", "3")):
        code, _, err = project.run("run", "counting", "--on", "ray", *arguments, **ALONE)
        assert code == 1
        assert "Traceback" not in err
        [line] = [line for line in err.splitlines() if line.startswith("error")]
        assert "Ray cluster" in line
