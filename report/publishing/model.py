"""What a published site says of its versions: `versions.json` at its root, `changes.json` in each version."""

from typing import Literal

from pydantic import Field

from experiments.tables.closed import Closed


class Version(Closed):
    """One published version, as the switcher and the index of versions know it."""

    version: str = Field(description="its name, and that of its folder below v/")
    shown: str = Field(description="as its title page has it")
    commit: str | None
    date: str | None
    tables: str = Field(description="digest over the tables that it shows")
    pdf: str | None = Field(description="the PDF in its folder")
    pages: tuple[str, ...] = Field(description="the pages in its folder")
    content: str = Field(description="digest over what was published, before anything was added for publishing")


class Versions(Closed):
    """`versions.json`: the version published last comes first, and is what `latest/` holds."""

    schema_version: Literal[1] = 1
    versions: tuple[Version, ...] = ()


class Number(Closed):
    """A number that reads otherwise than in the version before; null where it is new or gone."""

    chapter: str
    how: str = Field(description="its cell, or how it was worked out from cells")
    before: str | None
    after: str | None


class Verdict(Closed):
    """A claim whose verdict is another one than in the version before; null where it is new or gone."""

    chapter: str
    claim: str
    statement: str
    before: str | None
    after: str | None


class Changes(Closed):
    """`changes.json`: what changed from the version published before."""

    schema_version: Literal[1] = 1
    since: str
    tables_changed: tuple[str, ...]
    tables_added: tuple[str, ...]
    tables_removed: tuple[str, ...]
    numbers: tuple[Number, ...]
    claims: tuple[Verdict, ...]
    compared: bool = Field(description="whether numbers and claims could be: not where either lists none that we read")
