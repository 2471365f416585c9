"""What a published site says of its versions: `versions.json` at its root."""

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
