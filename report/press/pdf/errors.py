"""Typst's errors in the reader's terms: the chapter, the section, and the construct."""

import re
from collections.abc import Mapping

from experiments.tables.errors import UserError
from report.press.book.model import ChapterDoc
from report.press.pdf.compile import CompileError


class PdfError(UserError):
    """The PDF cannot be made; a fault in a chapter is a BookError instead."""


def explained(
    error: CompileError, chapters: Mapping[str, ChapterDoc], sources: Mapping[str, str], folder: str
) -> UserError:
    """The error to raise for `error`. `chapters` and `sources` go by the name of a chapter's Typst file in `folder`."""
    place = error.file or ""
    image = place.removeprefix(folder)
    for doc in chapters.values():
        if image in doc.resources:
            return doc.error(f"image {image} cannot be printed: {error.message}", image.rpartition("/")[2])
    if place not in chapters or not error.line:
        where = f" ({place}:{error.line})" if place else ""
        return PdfError(f"Typst cannot make the PDF: {error.message}{where}")
    lines = sources[place].splitlines()[: error.line]
    section = next((found.group(1) for line in reversed(lines) if (found := re.match(r"=+ (.+)", line))), None)
    within = f" in section {section!r}" if section else ""
    message = f"Typst cannot set `{lines[-1].strip()[:120]}`{within}: {error.message}"
    return chapters[place].error(message, section and f"# {section}")
