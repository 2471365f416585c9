"""The tables of a study that runs in this process, in its profile smoke."""

from pathlib import Path

from experiments.freezing import run_study
from experiments.study import StudyBase
from experiments.system import Choice, Progress
from experiments.tables.read import read_table

Tables = dict[str, list[dict]]


def silent(items, what, total=None):
    """No progress is shown."""
    return iter(items)


def run_smoke(study: StudyBase, folder: Path, seeds: tuple[int, ...] = (), progress: Progress = silent) -> Tables:
    """The rows of every table, by its name."""
    made = run_study(study, folder, progress, Choice("smoke", seeds))
    return {sealed.sidecar.table: read_table(sealed.sidecar.id, folder).rows for sealed in made}


def predictable(tables: Tables) -> Tables:
    """The tables that are the same each time."""
    return {name: rows for name, rows in tables.items() if name != "cost"}
