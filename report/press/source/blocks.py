"""What a chapter consists of, in order: markdown to pass on, expressions to show, cells to run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from report.press.source.problems import Place
from report.rendering.project import ChapterRef


@dataclass(frozen=True)
class Markdown:
    """Text for Pandoc, shortcodes resolved; ends and begins wherever its neighbours do, also inside a line."""

    text: str


@dataclass(frozen=True)
class Inline:
    """An inline expression, `{python} expression`."""

    expression: str
    place: Place


@dataclass(frozen=True)
class Cell:
    """A code cell; `place` is its opening fence, `code_line` the line of the first line of `code`."""

    code: str
    options: Mapping[str, Any]
    place: Place
    code_line: int

    @property
    def label(self) -> str | None:
        return self.options.get("label")


Part = Markdown | Inline | Cell


@dataclass(frozen=True)
class Chapter:
    """A chapter, read and found to be within the subset."""

    ref: ChapterRef
    title: str
    """Its title heading's text in markdown; `attributes` is what stands between the heading's braces."""
    attributes: str
    metadata: Mapping[str, Any]
    parts: tuple[Part, ...]
    files: tuple[Path, ...]
    """The .qmd and all that it includes."""
    targets: Mapping[str, Place] = field(default_factory=dict)
    """Identifiers that its markdown and its cells' labels define."""
    references: tuple[tuple[str, Place], ...] = ()
    """Every `@key`: cross-references and citations."""
    links: tuple[tuple[str, Place], ...] = ()
    """Targets of its links and images."""
    images: tuple[tuple[str, Place], ...] = ()
    """Targets of its images alone."""

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(part for part in self.parts if isinstance(part, Cell))
