"""Run a study in memory: its declared tables, sealed, in the order in which the system yields them."""

from collections.abc import Iterator
from pathlib import Path

from experiments.freezing.dependencies import dependencies
from experiments.freezing.provenance import Meter, provenance
from experiments.freezing.seal import Sealed, seal
from experiments.study import StudyBase
from experiments.system import Context, Progress, TableSpec, load_system
from experiments.tables.errors import UserError
from experiments.tables.read import FrozenTable, read_table


def execute(study: StudyBase, root: Path, progress: Progress) -> Iterator[Sealed]:
    """Yield every table of the study. Nothing is written.

    Input tables are read from `root`, those of the same study from what this run has yielded so far. Raises UserError
    where the system yields a table that it did not declare, yields one twice, or leaves one out.
    """
    system = load_system(study.system)
    declared = {spec.name: spec for spec in system.tables(study)}
    meter = Meter()
    made: dict[str, FrozenTable] = {}

    def read(table_id: str) -> FrozenTable:
        if table_id in made:
            return made[table_id]
        if table_id.startswith(f"{study.study}/"):
            raise UserError(f"{study.study}: reads {table_id} before it makes it")
        return read_table(table_id, root)

    for result in system.run(study, Context(read=read, progress=progress)):
        spec = declared.pop(result.name, None)
        if spec is None:
            raise UserError(f"{study.study}: the system {study.system} made {result.name}, undeclared or a second time")
        now = dependencies(study, spec, lambda table_id: read(table_id).digest)
        how = provenance(f"experiments run {study.study}", meter, result.seeds)
        sealed = seal(study, spec, result, now, how)
        made[sealed.sidecar.id] = sealed.table()
        yield sealed
    if declared:
        raise UserError(f"{study.study}: the system {study.system} did not make {', '.join(declared)}")


def specs(study: StudyBase) -> dict[str, TableSpec]:
    """The tables that a study declares, by their ids."""
    return {f"{study.study}/{spec.name}": spec for spec in load_system(study.system).tables(study)}
