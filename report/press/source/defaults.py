"""The value of an option for one cell: its own, the chapter's, the book's, or Quarto's default."""

from collections.abc import Mapping
from typing import Any

from report.press.source.blocks import Cell, Chapter
from report.press.source.subset import PAGE_DEFAULTS
from report.rendering.project import Project

_DEFAULTS = {"eval": True, "echo": True, "include": True, "output": True, "warning": True, "error": False}


def defaults_of(project: Project, chapter: Chapter) -> dict[str, Any]:
    """The options that hold for a cell of the chapter unless it sets its own."""
    shared = {
        key: value
        for metadata in (project.metadata, chapter.metadata)
        for key, value in metadata.items()
        if key in PAGE_DEFAULTS
    }
    return {**_DEFAULTS, **shared, **project.execute, **chapter.metadata.get("execute", {})}


def effective(cell: Cell, defaults: Mapping[str, Any], option: str) -> Any:
    """The value of `option` for `cell`; None where nobody set it and Quarto has no default."""
    return cell.options.get(option, defaults.get(option))
