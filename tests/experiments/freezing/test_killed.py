"""A freeze that is killed at any point leaves the old tables or the new ones, never a mix."""

import os
from pathlib import Path

import pytest

from experiments.cli.progress import show_progress
from experiments.freezing import recover_all, run_study
from experiments.study_files import load_study
from experiments.tables.errors import TableError
from experiments.tables.read import read_table

TABLES = ("toy/powers", "toy/sums")
KILLED = 9

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")


def freeze_and_die(project, step: int, after: bool) -> int:
    """Freeze in a forked process that is killed at its `step`-th change of the disk, before or after it happens."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    done = 0

    def fatal(call):
        def counted(*arguments, **options):
            nonlocal done
            done += 1
            mine = done == step
            if mine and not after:
                os._exit(KILLED)
            try:
                return call(*arguments, **options)
            finally:
                if mine:
                    os._exit(KILLED)

        return counted

    code = 1
    try:
        for name in ("replace", "fsync", "unlink", "open"):
            setattr(os, name, fatal(getattr(os, name)))
        run_study(load_study("toy"), project.root, show_progress)
        code = 0
    finally:
        os._exit(code)


def digests(root: Path) -> tuple[str, ...] | None:
    """The digests of the verified tables; None where one of them does not verify."""
    try:
        return tuple(read_table(table_id, root).digest for table_id in TABLES)
    except TableError:
        return None


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_killed_freeze_leaves_old_or_new(project, after):
    study = project.study.read_text("utf-8")
    run_study(load_study("toy"), project.root, show_progress)
    old = digests(project.root)
    project.study.write_text(study.replace("[1, 2, 3]", "[1, 2, 3, 4]"), "utf-8")
    run_study(load_study("toy"), project.root, show_progress)
    new = digests(project.root)
    assert old != new

    outcomes, step, current, target = [], 0, new, old
    while True:
        step += 1
        numbers = "[1, 2, 3]" if target == old else "[1, 2, 3, 4]"
        project.study.write_text(study.replace("[1, 2, 3]", numbers), "utf-8")
        code = freeze_and_die(project, step, after)
        unrecovered = digests(project.root)
        assert unrecovered in (None, current, target)
        recover_all(project.root)
        found = digests(project.root)
        assert found in (current, target), f"a mix after step {step}"
        left = {path.name for path in (project.root / "toy").iterdir()} - {".lock", ".holder.json"}
        assert left == {"powers.csv", "powers.json", "sums.csv", "sums.json"}
        if code == 0:
            assert found == target
            break
        assert code == KILLED
        outcomes.append(found == target)
        if found == target:
            current, target = target, current
    assert True in outcomes
    assert False in outcomes
    assert step > 12
