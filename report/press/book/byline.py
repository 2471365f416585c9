"""Who wrote a chapter, and when, where its front matter says so: a line below the title."""

import calendar
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import panflute as pf

from report.press.book.pandoc import words
from report.rendering.project import author_names


def byline(metadata: Mapping[str, Any], source: Path) -> list[pf.Block]:
    """The line as a paragraph, none where neither an author nor a date is named."""
    when = metadata.get("date")
    texts = [*author_names(metadata.get("author")), *([spelled_out(_iso(str(when), source))] if when else [])]
    return [pf.Para(pf.Span(*words(", ".join(texts)), classes=["provenance"]))] if texts else []


def _iso(written: str, source: Path) -> str:
    """A date as it is written, or the day that one of Quarto's words means."""
    if written in ("today", "now"):
        return date.today().isoformat()
    if written == "last-modified":
        return datetime.fromtimestamp(source.stat().st_mtime, UTC).date().isoformat()
    return written


def spelled_out(written: str) -> str:
    """ "2026-11-20" as "20 November 2026", as Quarto is told to write it; what is no ISO date stays."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
        return written
    year, month, day = map(int, written.split("-"))
    return f"{day} {calendar.month_name[month]} {year}" if 1 <= month <= 12 else written
