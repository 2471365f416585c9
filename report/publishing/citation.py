"""`CITATION.cff`, checked before it is published: the Citation File Format 1.2.0, as far as the file may go wrong."""

from pathlib import Path
from typing import Annotated, Any, Literal

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from experiments.tables.closed import Closed
from report.publishing.places import PublishError
from report.rendering.settings import SettingsError, read_yaml

FILE = "CITATION.cff"
_Text = Annotated[str, Field(min_length=1)]
_Date = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[012])-(0[1-9]|[12]\d|3[01])$")]
_Address = Annotated[str, Field(pattern=r"^(https?|s?ftp)://.+")]
_Doi = Annotated[str, Field(pattern=r"^10\.\d{4,9}(\.\d+)?/\S+$")]


def _check_license(name: str) -> str:
    """The identifier of a licence on the list of SPDX. Raises ValueError for any other word."""
    try:
        if canonicalize_license_expression(name) == name and " " not in name and not name.startswith("LicenseRef-"):
            return name
    except InvalidLicenseExpression:
        pass
    raise ValueError(f"{name!r} is no identifier of a licence on the list of SPDX, such as MIT or Apache-2.0")


_License = Annotated[str, AfterValidator(_check_license)]


def _spelled(name: str) -> str:
    return name.replace("_", "-")


class _Part(Closed):
    model_config = ConfigDict(alias_generator=_spelled)


class _Author(_Part):
    """A person, or an entity, which alone has a `name`."""

    name: _Text | None = None
    family_names: _Text | None = None
    given_names: _Text | None = None
    name_particle: _Text | None = None
    name_suffix: _Text | None = None
    alias: _Text | None = None
    affiliation: _Text | None = None
    email: Annotated[str, Field(pattern=r"^\S+@\S+\.\S{2,}$")] | None = None
    orcid: Annotated[str, Field(pattern=r"^https://orcid\.org/\d{4}-\d{4}-\d{4}-\d{3}[\dX]$")] | None = None
    website: _Address | None = None
    address: _Text | None = None
    city: _Text | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    post_code: _Text | int | None = None
    region: _Text | None = None
    location: _Text | None = None
    tel: _Text | None = None
    fax: _Text | None = None
    date_start: _Date | None = None
    date_end: _Date | None = None


class _Identifier(_Part):
    type: Literal["doi", "url", "swh", "other"]
    value: _Text
    description: _Text | None = None


class Citation(_Part):
    """The file's keys. Works that it refers to are taken as they are."""

    cff_version: Literal["1.2.0"]
    message: _Text
    title: _Text
    authors: Annotated[list[_Author], Field(min_length=1)]
    type: Literal["software", "dataset"] = "software"
    version: _Text | float | int | None = None
    date_released: _Date | None = None
    license: _License | list[_License] | None = None
    license_url: _Address | None = None
    abstract: _Text | None = None
    keywords: Annotated[list[_Text], Field(min_length=1)] | None = None
    doi: _Doi | None = None
    identifiers: Annotated[list[_Identifier], Field(min_length=1)] | None = None
    url: _Address | None = None
    repository: _Address | None = None
    repository_code: _Address | None = None
    repository_artifact: _Address | None = None
    commit: _Text | None = None
    contact: Annotated[list[_Author], Field(min_length=1)] | None = None
    preferred_citation: dict[str, Any] | None = None
    references: list[dict[str, Any]] | None = None


def read_citation(root: Path) -> Citation | None:
    """The project's `CITATION.cff`; None without one. Raises PublishError, naming the key."""
    path = root / FILE
    if not path.is_file():
        return None
    try:
        found = read_yaml(path)
        # YAML reads an unquoted date as one; the format means its text.
        return Citation.model_validate({key: _as_text(value) for key, value in found.items()})
    except SettingsError as error:
        raise PublishError(str(error)) from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise PublishError(f"{FILE}: {key}: {first['msg'][0].lower()}{first['msg'][1:]}") from None


def _as_text(value: object) -> object:
    return value if isinstance(value, str | int | float | list | dict) or value is None else str(value)
