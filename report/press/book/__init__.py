"""From woven markdown to a numbered, cross-referenced book: Pandoc documents that a format writes out.

`build(project, woven, to)` parses every chapter with Pandoc, passes it through small steps (one file each), resolves
references over the whole book, and returns the chapters in reading order. `report.press.book.model` describes the shape
that the writers (`report.press.html`, `report.press.pdf`) can rely on.
"""

from report.press.book.build import build
from report.press.book.model import BookError, ChapterDoc, Heading

__all__ = ["BookError", "ChapterDoc", "Heading", "build"]
