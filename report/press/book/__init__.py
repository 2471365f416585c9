"""From woven markdown to a numbered, cross-referenced book: Pandoc documents that a format writes out.

`parse_chapter(woven)` has Pandoc read a chapter; `build(project, parsed, to)` passes them through small steps (one
file each) for a format, resolves references over the whole book, and returns the chapters in reading order.
`report.press.book.model` describes the shape that the writers (`report.press.html`, `report.press.pdf`) can rely on.
"""

from report.press.book.build import build, parse_chapter
from report.press.book.model import BookError, ChapterDoc, Heading

__all__ = ["BookError", "ChapterDoc", "Heading", "build", "parse_chapter"]
