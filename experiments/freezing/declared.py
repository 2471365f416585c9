"""The tables that studies declare, without running them, and the order in which they read each other's."""

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from experiments.freezing.places import add_place_to_errors
from experiments.study import StudyBase
from experiments.study_files import load_study
from experiments.system import TableSpec, load_system
from experiments.tables.errors import UserError
from experiments.tables.sidecar import Profile


def specs(study: StudyBase, profile: Profile | None = None) -> dict[str, TableSpec]:
    """The tables that a study makes in `profile` (its default one without), by their ids."""
    profile = profile or study.default_profile
    chosen = study.at(profile)
    with add_place_to_errors(chosen, profile):
        return {f"{study.study}/{spec.name}": spec for spec in load_system(study.system).tables(chosen)}


def every_spec(study: StudyBase) -> dict[str, dict[Profile | None, TableSpec]]:
    """The tables that any profile of the study makes, by their ids: what each of these profiles declares of it.

    The default profile's tables, and its word on each, come first.
    """
    names = sorted(study.profile_names, key=lambda name: name != study.default_profile) or [None]
    found: dict[str, dict[Profile | None, TableSpec]] = {}
    for profile in names:
        for table_id, spec in specs(study, profile).items():
            found.setdefault(table_id, {})[profile] = spec
    return found


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
