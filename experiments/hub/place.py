"""Where a thing lies on the hub, and where it was found on this machine."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from experiments.tables.closed import Closed
from experiments.tables.pieces import Pieces


def leads_out(path: str) -> bool:
    """Whether what should be a path inside a repository, or a pattern of such, is one from the root or upwards."""
    return path.startswith(("/", "~", "\\")) or ".." in path.replace("\\", "/").split("/")


Revision = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$", description="a commit of the repository, 40 hex digits")]
How = Literal["folder", "package", "hub cache", "hub", "recipe"]
RepoType = Literal["model", "dataset"]


class HubPlace(Closed):
    """A repository of the hub. Without a revision it is read from the local cache only, until somebody pins one."""

    repo: str = Field(pattern=r"^[\w.-]+/[\w.-]+$", description="owner/name")
    revision: Revision | None = Field(None, description="the pinned commit; none: whoever runs the study pins it")
    revision_source: str | None = Field(None, description="how the pinned commit was come by, where not from the hub")
    gated: bool = Field(False, description="whether its licence must be accepted on the hub first")


@dataclass(frozen=True)
class Located:
    """A folder on this machine, how it was found, and the commit where it came from the hub.

    `gguf` is the file that holds the whole model, where it is not weights, config and tokenizer apart; it may lie in
    pieces.
    """

    name: str
    folder: Path
    how: How
    revision: str | None = None
    gguf: Path | Pieces | None = None
