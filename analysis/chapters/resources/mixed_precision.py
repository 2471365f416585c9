"""Which trainings had products in bfloat16: the tables of costs do not say it, the settings in a study's file do."""

from collections.abc import Iterator, Mapping

from analysis.chapters.common import Study
from experiments.tables import safe_yaml
from experiments.tables.locations import studies_root


def has_mixed_precision(study: Study, part: str | None = None) -> bool:
    """Whether the study's file asks for it in the profile of the frozen costs.

    Of a study with several trainings `part` is the approach, or else the model. False where there is no such file. A
    file that was edited since has stale tables, which `experiments status` and `report audit` tell.
    """
    path = studies_root() / f"{study.name}.yaml"
    if not path.is_file():
        return False
    content = safe_yaml.load(safe_yaml.read_text(path))
    profile = study.table("cost").about("provenance.profile").data
    found = list(_trainings(content.get("profiles", {}).get(profile)))
    named = found if len(found) == 1 else [each for each in found if part in each[0]]
    return any(training.get("mixed_precision") is True for _, training in named)


def _trainings(settings: object) -> Iterator[tuple[set[object], Mapping[str, object]]]:
    """The settings of each training, with the names of the approach and of the model that is trained."""
    if isinstance(settings, list):
        for each in settings:
            yield from _trainings(each)
    elif isinstance(settings, dict):
        if isinstance(training := settings.get("training"), dict):
            model = settings.get("model", settings)
            yield {settings.get("name"), model.get("name") if isinstance(model, dict) else model}, training
        for each in settings.values():
            yield from _trainings(each)
