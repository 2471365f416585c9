"""A run of the project's study as a machine of a cluster is told of it, in this process."""

import sys
from pathlib import Path

from experiments.clusters.protocol import Job
from experiments.clusters.run import job_for
from experiments.freezing.execute import fingerprint
from experiments.freezing.work import Work
from experiments.study_files import load_study
from experiments.system import SYSTEMS


def job_in(project, monkeypatch, study: str = "counting") -> Job:
    """The job, with its work folder open."""
    monkeypatch.chdir(project.root)
    monkeypatch.setitem(SYSTEMS, "counting", "countingsystem.system")
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    for name in [name for name in sys.modules if name.partition(".")[0] == "countingsystem"]:
        monkeypatch.delitem(sys.modules, name)
    loaded = load_study(study)
    with Work(project.work(study)) as work:
        folder = work.open(fingerprint(loaded, None)).resolve()
    return job_for(loaded, None, (), folder, project.root / "frozen", fingerprint(loaded, None))
