"""How long a run will take, before it begins: as long as the run that is frozen took."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from experiments.freezing.declared import specs
from experiments.freezing.execute import chosen_profile
from experiments.study import StudyBase
from experiments.system import Choice, parts_of_run
from experiments.tables.errors import TableError
from experiments.tables.read import read_sidecar, read_table

COST, WALL, CPU = "cost", "wall_seconds", "cpu_seconds"


@dataclass(frozen=True)
class Expected:
    """Seconds of wall time and of processor time, which is what a busy machine leaves of it; `other_settings` says that
    the study has been edited since that run."""

    seconds: float
    cpu_seconds: float
    other_settings: bool


def expected(study: StudyBase, root: Path, choice: Choice) -> Expected | None:
    """What the last run in this profile took, by how many seeds it had and this one has; None where none is frozen.

    A run that was interrupted is as long as all its stages in the table of costs.
    """
    profile = chosen_profile(study, choice)
    found = []
    for table_id, spec in specs(study, profile).items():
        with suppress(TableError):
            sidecar = read_sidecar(table_id, root)
            if spec.made == "run" and sidecar.provenance.profile == profile:
                found.append(sidecar)
    if not found:
        return None
    last = max(found, key=lambda sidecar: sidecar.provenance.cost.wall_seconds)
    cost = last.provenance.cost
    seconds, cpu_seconds = cost.wall_seconds, cost.cpu_seconds
    with suppress(TableError):
        rows = read_table(f"{study.study}/{COST}", root).rows
        seconds = max(seconds, sum(row.get(WALL) or 0 for row in rows))
        cpu_seconds = max(cpu_seconds, sum(row.get(CPU) or 0 for row in rows))
    before, now = last.provenance.seeds, _seeds(study.at(profile), choice)
    share = len(now) / len(before) if before and now else 1
    return Expected(seconds * share, cpu_seconds * share, last.digests.study != study.at(profile).digest())


def _seeds(study: StudyBase, choice: Choice) -> set[str]:
    """The seeds of the parts of a run, as their names have them; none where no part has one."""
    names = (name for part in parts_of_run(study, choice.seeds) for name in part.name.split("/"))
    return {name for name in names if name.startswith("seed-")}
