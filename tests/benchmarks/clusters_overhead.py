"""What it costs to have parts made elsewhere: clusters_overhead.py PARTS WORKERS, with parts of 1 ms each on Ray.

Prints the wall time for each part beyond the millisecond itself, and processor time for each part: that of Ray and its
workers together, and that of the caller, who sends it, waits for it and reads its record.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import psutil

TESTS = Path(__file__).resolve().parents[1] / "experiments" / "clusters"
STUDY = "study: counting\ntitle: Totals\nsystem: counting\nparts: {parts}\nsteps: 1\nseconds: 0.001\n"


def main(parts: int, workers: int) -> None:
    """Run a study of so many parts in a project of its own."""
    from experiments.clusters.kept import Kept
    from experiments.clusters.protocol import Needs
    from experiments.clusters.ray import RayCluster
    from experiments.clusters.run import OnCluster, job_for
    from experiments.freezing.execute import fingerprint
    from experiments.freezing.work import Work
    from experiments.study_files import load_study
    from experiments.system import SYSTEMS, parts_of_run

    SYSTEMS["counting"] = "countingsystem.system"
    study = load_study("counting")
    with Work(Path("runs").absolute()) as work:
        folder = work.open(mark := fingerprint(study, None))
    keeps = {spec.name: spec.keeps for spec in parts_of_run(study)}
    job, kept = job_for(study, None, (), folder, Path("frozen").absolute(), mark), Kept(folder)
    cluster = RayCluster(Needs(), None, processors=workers)
    warm = {part: keeps.pop(part) for part in list(keeps)[: 4 * workers]}
    run = OnCluster(cluster, Path("frozen"), lambda standing: None, print)
    run.make(job, kept, warm, len(warm))  # every worker has imported what it needs
    begun, busy, others = time.perf_counter(), time.process_time(), busy_below()
    run.make(job, kept, keeps, len(keeps))
    wall, busy, others = time.perf_counter() - begun, time.process_time() - busy, busy_below() - others
    cluster.close()
    done = len(keeps)
    assert all(kept.is_there(part) for part in keeps)
    print(f"{done} parts of 1 ms on {workers} workers, {os.cpu_count()} processors: {wall:.1f} s")
    print(f"overhead: {1000 * wall / done - 1 / workers:.2f} ms of wall time for each part")
    print(f"Ray and its workers: {1000 * others / done:.2f} ms of processor time for each part")
    print(f"caller: {1000 * busy / done:.2f} ms of processor time for each part")


def busy_below() -> float:
    """Seconds of processor time of all processes that this one has started, and those that these have."""
    below = psutil.Process().children(recursive=True)
    return sum(sum(process.cpu_times()[:2]) for process in below if process.is_running())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="overhead-") as project:
        root = Path(project)
        (root / "experiments" / "studies").mkdir(parents=True)
        (root / "experiments" / "studies" / "counting.yaml").write_text(STUDY.format(parts=sys.argv[1]), "utf-8")
        (root / "lockfiles").mkdir()
        for lock in ("report", "experiments"):
            (root / "lockfiles" / f"{lock}.txt").write_text("numpy==2.0.0\n", "utf-8")
        (root / "_quarto.yml").write_text("project: {type: book}\n", "utf-8")
        sys.path.insert(0, str(TESTS))
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH"))))
        os.chdir(root)
        main(int(sys.argv[1]), int(sys.argv[2]))
