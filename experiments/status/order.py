"""Studies in the order of their dependencies."""

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from experiments.freezing.declared import specs
from experiments.study import StudyBase
from experiments.study_files import load_study
from experiments.tables.errors import UserError


def in_order(names: Iterable[str], with_needed: bool = False) -> list[StudyBase]:
    """The studies, each after those whose tables it reads; `with_needed` adds the ones that were not asked for."""
    asked, waiting = set(names), list(dict.fromkeys(names))
    studies: dict[str, StudyBase] = {}
    needs: dict[str, list[str]] = {}
    while waiting:
        name = waiting.pop(0)
        if name in studies:
            continue
        studies[name] = load_study(name)
        read = {table.partition("/")[0] for spec in specs(studies[name]).values() for table in spec.inputs} - {name}
        needs[name] = sorted(read)
        waiting += needs[name]
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise UserError(f"studies read each other's tables in a circle: {' -> '.join(error.args[1])}") from None
    return [studies[name] for name in order if with_needed or name in asked]
