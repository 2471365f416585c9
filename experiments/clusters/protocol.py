"""The interface of a cluster, which makes the parts of a run on its machines.

It takes parts, and reports what became of each. Queues, priorities and placement are its own affair. What a part finds
does not travel through it: it is kept in a folder that all machines share, or at an address (see `kept`).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from experiments.tables.sidecar import Profile

TABLES = "=tables"
"""Begins the name of what is no part: all parts put together, on a machine of the cluster."""


@dataclass(frozen=True)
class Needs:
    """What every part is given by a cluster.

    `memory` is in bytes, and a cluster may stop a part after `minutes`; None is the cluster's own. `more` are further
    options of the cluster.
    """

    gpus: int = 0
    cpus: int = 1
    memory: int | None = None
    minutes: int | None = None
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """One run of a study: what the machines that make its parts have to know.

    `folder` is the work folder of the run, `frozen` that of the frozen tables, both shared. `made_from` and `packages`
    are what this machine has: another one that has something else makes nothing. `fingerprint` says which run the
    folder belongs to. `address` is where parts are shared by machines that share no folder; empty where they do.
    """

    study: str
    profile: Profile | None
    seeds: tuple[int, ...]
    project: str
    folder: str
    frozen: str
    fingerprint: str
    made_from: Mapping[str, str]
    packages: Mapping[str, str]
    environment: Mapping[str, str]
    systems: Mapping[str, str]
    address: str = ""

    @property
    def name(self) -> str:
        """What a cluster shows of it."""
        return "-".join(filter(None, (self.study, self.profile)))


@dataclass(frozen=True)
class Said:
    """What a machine says at the end of a part; without an `error` it is kept."""

    part: str
    node: str
    error: str | None = None
    note: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Record:
    """What is known of a part that was made: `files` are SHA-256, `steady` one of all that must come out again."""

    part: str
    node: str
    seconds: float
    files: dict[str, str]
    steady: str


@dataclass(frozen=True)
class Seen:
    """What has become of a part: `ended` without what it `said` is lost, with its process or its machine."""

    part: str
    state: Literal["waiting", "running", "ended"]
    node: str | None = None
    said: Said | None = None
    why: str = ""


class Cluster(Protocol):
    """Where parts are made. Each raises UserError where it is not there or refuses."""

    name: str
    lasting: bool
    """Whether what is under way goes on when this process ends."""

    def find(self, job: Job) -> Collection[str]:
        """The parts of the run that an earlier call has sent, and that are not at their end."""
        ...

    def submit(self, job: Job, parts: Mapping[str, str], avoid: Collection[str] = ()) -> None:
        """Send parts, by name with what is kept of each (see `PartSpec`), but not to the machines in `avoid`."""
        ...

    def look(self, job: Job) -> Iterator[Seen]:
        """What has changed since the last look."""
        ...

    def cancel(self, job: Job) -> None:
        """End what is under way, take back what waits, and forget the run."""
        ...

    def close(self) -> None:
        """Let go of the cluster; what is under way goes on where it can."""
        ...
