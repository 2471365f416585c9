"""The tables that a study declares, without running it."""

from experiments.freezing.places import told_with_place
from experiments.study import StudyBase
from experiments.system import TableSpec, load_system
from experiments.tables.sidecar import Profile


def specs(study: StudyBase, profile: Profile | None = None) -> dict[str, TableSpec]:
    """The tables that a study makes in `profile` (its default one without), by their ids."""
    profile = profile or study.default_profile
    chosen = study.at(profile)
    with told_with_place(chosen, profile):
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
