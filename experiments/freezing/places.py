"""Errors over what a study names, told with the line of the study that names it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile

from pydantic import BaseModel

from experiments.choices import DataChoice, ModelChoice
from experiments.data.errors import DataError, MissingFileError, SettingError
from experiments.study import StudyBase
from experiments.tables.errors import TableError, UserError
from experiments.tables.locations import studies_root
from experiments.tables.settings import place_of, place_of_key
from experiments.tables.sidecar import Profile

Keys = tuple[str | int, ...]


@contextmanager
def add_place_to_errors(study: StudyBase, profile: Profile | None) -> Iterator[None]:
    """Within it, an error over a model, data or a setting of the study begins with file, line and key of the study."""
    path = studies_root() / f"{study.study}.yaml"
    try:
        yield
    except MissingFileError as error:
        raise UserError(f"{place_of(path, error.written)}: {error}") from None
    except SettingError as error:
        above = ("profiles", profile) if profile else ()
        raise UserError(f"{place_of_key(path, *above, *error.keys)}: {'.'.join(error.keys)}: {error}") from None
    except UserError as error:
        keys = _asked_by(study, error) if path.is_file() else None
        if keys is None:
            raise
        raise UserError(f"{place_of_key(path, *keys)}: {'.'.join(map(str, keys))}: {error}") from None


def _asked_by(study: StudyBase, error: UserError) -> Keys | None:
    """The key of the study that asks for the model or data set that an error is about; None where it is about none.

    Of several that ask for the same it is what they stand below. Errors of models and data sets begin with their names,
    those of the content of data with a file.
    """
    if isinstance(error, TableError):
        return None
    of_data = isinstance(error, DataError)
    asking = [
        keys
        for keys, choice in _choices(study)
        if (
            isinstance(choice, DataChoice)
            if of_data
            else str(error).startswith((f"{choice.name}: ", f"{choice.name} "))
        )
    ]
    above = takewhile(lambda keys: len(set(keys)) == 1, zip(*asking, strict=False))
    return tuple(keys[0] for keys in above) or None


def _choices(value: object, keys: Keys = ()) -> Iterator[tuple[Keys, ModelChoice | DataChoice]]:
    """Every model and data set below a part of a study, with its keys."""
    if isinstance(value, ModelChoice | DataChoice):
        yield keys, value
    elif isinstance(value, BaseModel):
        for key, inner in value:
            yield from _choices(inner, (*keys, key))
    elif isinstance(value, tuple | list):
        for index, inner in enumerate(value):
            yield from _choices(inner, (*keys, index))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _choices(inner, (*keys, key))
