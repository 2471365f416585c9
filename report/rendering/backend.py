"""The one place where an embedded renderer plugs in, for machines without Quarto: the module that `EMBEDDED` names.

Nothing here imports it before it is asked for, and where its folder was deleted everything else works with Quarto.
"""

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from experiments.tables.errors import UserError
from report.rendering.project import ChapterRef, Project
from report.rendering.request import Listener, Request

if TYPE_CHECKING:
    from report.ledger.model import SiteFacts

EMBEDDED = "report.press.backend"


class Write(Protocol):
    """Writes a report."""

    def __call__(
        self, project: Project, request: Request, selected: Sequence[ChapterRef], output: Path, listener: Listener
    ) -> AbstractContextManager[tuple["SiteFacts", Callable[[], None]]]:
        """Write the formats asked for to the folder `output`; no `selected` chapters means all. Raises UserError.

        Gives, once the pages are there, the facts of the book, as they are written there too, and what waits for the
        rest. Leaving waits too, or ends the work where there was an error.
        """


class Backend(Protocol):
    """What the module offers."""

    def begin(self, project: Project) -> AbstractContextManager[Write]:
        """What writes the report, which begins at once with what takes long and needs no table."""

    def problems(self, project: Project) -> list[str]:
        """Everything in the chapters that it could not render, a line each; runs no cell."""


class NoBackend(UserError):
    """The embedded renderer was deleted."""


def has_embedded_renderer() -> bool:
    """Whether there is one; looks for its package without importing it."""
    try:
        return importlib.util.find_spec(EMBEDDED.rpartition(".")[0]) is not None
    except (ImportError, ValueError):  # ValueError: what blocks an import may leave a module without a spec
        return False


def embedded_renderer() -> Backend:
    """The embedded renderer. Raises NoBackend where it is absent."""
    try:
        return importlib.import_module(EMBEDDED)
    except ModuleNotFoundError as missing:
        if not missing.name or not f"{EMBEDDED}.".startswith(f"{missing.name}."):
            raise
        raise NoBackend(f"the embedded renderer ({EMBEDDED}) is not here; install Quarto >= 1.9") from None
