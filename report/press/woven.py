"""A chapter after execution, as weaving hands it to the book."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from report.rendering.project import ChapterRef


@dataclass(frozen=True)
class Woven:
    """A chapter after execution: Pandoc markdown shaped like Quarto's, the same for every format."""

    chapter: ChapterRef
    metadata: Mapping[str, Any]
    """The chapter's front matter, shortcodes resolved."""
    markdown: str
    """Begins with the chapter's title as its only heading of level 1, attributes kept, however it was written."""
    resources: Mapping[str, Path] = field(default_factory=dict)
    """Files made by its cells: link as it stands in `markdown` (relative to the chapter's page) -> file on this disk.

    Other relative links are relative to the chapter's folder, and `/x` to the project's root."""
