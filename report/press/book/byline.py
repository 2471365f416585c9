"""Who wrote a chapter, and when, where its front matter says so: a line below the title."""

import calendar
import re
from collections.abc import Mapping
from typing import Any

import panflute as pf

from report.press.book.pandoc import words
from report.rendering.project import author_names


def byline(metadata: Mapping[str, Any], day: str | None) -> list[pf.Block]:
    """The line as a paragraph, none where neither an author nor a date is named. `day` is the date of the report."""
    when = metadata.get("date")
    texts = [*author_names(metadata.get("author")), *([spelled_out(_iso(str(when), day))] if when else [])]
    return [pf.Para(pf.Span(*words(", ".join(texts)), classes=["provenance"]))] if texts else []


def _iso(written: str, day: str | None) -> str:
    """A date as it is written; for Quarto's words the day of the report.

    Neither clocks nor files tell the same day on another machine.
    """
    return day or written if written in ("today", "now", "last-modified") else written


def spelled_out(written: str) -> str:
    """ "2026-11-20" as "20 November 2026", as Quarto is told to write it; what is no ISO date stays."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
        return written
    year, month, day = map(int, written.split("-"))
    return f"{day} {calendar.month_name[month]} {year}" if 1 <= month <= 12 else written
