"""Compile Typst sources held in memory, with Typst's own fonts and no clock: the same bytes everywhere."""

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

MAIN = "main.typ"
FOLDER = "typst-sources/"
"""Below a temporary folder, where sources lie that are no text: what stands before it is of no use in a message."""


@dataclass(frozen=True)
class CompileError(Exception):
    """Typst's first error; `file` and `line` (from 1) say where, if it is known."""

    message: str
    file: str | None
    line: int | None


def compile_pdf(sources: Mapping[str, bytes], timestamp: int) -> tuple[bytes, list[str]]:
    """The PDF of `sources` (path -> content, beginning at `main.typ`), and Typst's warnings. Raises CompileError."""
    import typst

    try:
        with _readable(sources) as (main, root):
            pdf, warnings = typst.compile_with_warnings(
                main, root=root, format="pdf", ignore_system_fonts=True, font_paths=[], timestamp=timestamp
            )
    except typst.TypstError as error:
        # The first place is the error's own; those below say what included it.
        place = re.search(r"┌─ (.+?):(\d+):\d+", error.diagnostic or "")
        raise CompileError(
            message=" ".join(str(error.message).split()),
            file=place.group(1).rpartition(FOLDER)[2] if place else None,
            line=int(place.group(2)) if place else None,
        ) from None
    return pdf, [" ".join(str(warning.message).split()) for warning in warnings]


@contextmanager
def _readable(sources: Mapping[str, bytes]) -> Iterator[tuple[dict[str, bytes] | str, str | None]]:
    """The sources as Typst takes them: from memory, or from a folder where some are no text, such as photographs."""
    if all(_is_text(content) for content in sources.values()):
        yield dict(sources), None
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, FOLDER)
        for name, content in sources.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield str(folder / MAIN), str(folder)


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def timestamp(date: str | None) -> int:
    """Seconds since 1970 of the PDF's date: SOURCE_DATE_EPOCH if it is set, else `date` ("2026-11-20…"), else 0."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdecimal():
        return int(given)
    iso = re.match(r"\d{4}-\d{2}-\d{2}", date or "")
    if not iso:
        return 0
    try:
        return int(datetime.fromisoformat(iso.group()).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return 0
