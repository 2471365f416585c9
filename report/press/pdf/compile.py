"""Compile Typst sources held in memory, with fonts out of packages and no clock: the same bytes everywhere.

The PDF is one for archives and for screen readers (PDF/A-2a, PDF/UA-1). These allow no character that cannot be shown:
where no font has it, a box stands for it. What else they do not allow takes the claim to them from the PDF, and a
warning says why.
"""

import re
import tempfile
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from analysis.figures.fonts import font_folder
from report.ledger.version import source_date

MAIN = "main.typ"
FOLDER = "typst-sources/"
"""Below a temporary folder, where sources lie that are no text: what stands before it is of no use in a message."""
STANDARDS = {"a-2a": "PDF/A-2a", "ua-1": "PDF/UA-1"}
BOX = "\N{WHITE SQUARE}"
_BREAK = "\N{ZERO WIDTH SPACE}"
_MANY = 12
"""Characters that a warning names."""
_UNSHOWN = re.compile(r"""(?:the text|codepoint) `"(.+?)"` ?(?:could not be displayed|$)""", re.MULTILINE)
# Before a `<` of the text Pandoc writes a backslash.
_LABEL = re.compile(r"""((?<!\\)<[^<>\s\\"]+>|#?label\("[^"]*"\))""")
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")


@dataclass(frozen=True)
class CompileError(Exception):
    """Typst's first error; `file` and `line` (from 1) say where, if it is known."""

    message: str
    file: str | None
    line: int | None
    unshown: frozenset[str] = frozenset()
    """The characters that cannot be shown, where this is what is wrong."""


def compile_pdf(sources: Mapping[str, bytes], timestamp: int) -> tuple[bytes, list[str]]:
    """The PDF of `sources` (path -> content, beginning at `main.typ`), and warnings. Raises CompileError."""
    standards, boxed, broken = list(STANDARDS), frozenset(), []
    while True:
        try:
            pdf, warnings = _compile(sources, timestamp, standards)
        except CompileError as error:
            against = [standard for standard in standards if STANDARDS[standard] in error.message]
            if error.unshown - boxed:
                sources = _with_boxes(sources, error.unshown)
                boxed |= error.unshown
            elif against:
                standards = [standard for standard in standards if standard not in against]
                broken.append(_told(error))
            else:
                raise
            continue
        unseen = [_listed(boxed)] if any(not _invisible(character) for character in boxed) else []
        return pdf, [*broken, *unseen, *warnings]


def _compile(sources: Mapping[str, bytes], timestamp: int, standards: list[str]) -> tuple[bytes, list[str]]:
    import typst

    try:
        with _readable(sources) as (main, root):
            pdf, warnings = typst.compile_with_warnings(
                main,
                root=root,
                format="pdf",
                ignore_system_fonts=True,
                font_paths=[font_folder()],
                timestamp=timestamp,
                pdf_standards=standards,
            )
    except typst.TypstError as error:
        said = error.diagnostic or ""
        # The first place is the error's own; those below say what included it.
        place = re.search(r"┌─ (.+?):(\d+):\d+", said)
        raise CompileError(
            message=" ".join(str(error.message).split()),
            file=place.group(1).rpartition(FOLDER)[2] if place else None,
            line=int(place.group(2)) if place else None,
            unshown=frozenset(character for text in _UNSHOWN.findall(said) for character in _read(text)),
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


def _read(text: str) -> str:
    """What Typst names: a character, or one with others upon it, of which ASCII is never at fault.

    What cannot be seen is at fault only where it stands alone: a place to break a long word at is named with the
    character beside it.
    """
    plain = _ESCAPE.sub(lambda code: chr(int(code[1], 16)), text)
    named = [character for character in plain if character > "~" or character < " "]
    return "".join([each for each in named if not _invisible(each)] or named)


def _with_boxes(sources: Mapping[str, bytes], characters: Collection[str]) -> dict[str, bytes]:
    boxes = {ord(character): "" if _invisible(character) else BOX for character in characters}
    if ord(_BREAK) in boxes:
        boxes[ord(_BREAK)] = "\N{SOFT HYPHEN}"  # or long words would run off the page
    return {
        name: _boxed(content.decode(), boxes).encode() if name.endswith(".typ") else content
        for name, content in sources.items()
    }


def _invisible(character: str) -> bool:
    """Whether it only says how others are set: joiners, marks of direction, places to break a line at, variants."""
    return unicodedata.category(character) == "Cf" or unicodedata.name(character, "").startswith("VARIATION SELECTOR")


def _boxed(text: str, boxes: Mapping[int, str]) -> str:
    """Labels stay as they are: a box is no part of a name."""
    parts = _LABEL.split(text)
    return "".join(part if number % 2 else part.translate(boxes) for number, part in enumerate(parts))


def _listed(characters: Collection[str]) -> str:
    """A warning that tells what the boxes stand for."""
    characters = [character for character in sorted(characters) if not _invisible(character)]
    shown = {character: f"{character} (U+{ord(character):04X})" for character in characters[:_MANY]}
    named = ", ".join(name if character.isprintable() else name[2:].strip("()") for character, name in shown.items())
    more = f" and {len(characters) - _MANY} more" if len(characters) > _MANY else ""
    return f"no font has {named}{more}; {BOX} stands there"


def _told(error: CompileError) -> str:
    """A warning that tells which standards the PDF does not meet, and what is in the way."""
    names, _, reason = error.message.partition(" error: ")
    place = f" ({error.file}:{error.line})" if error.file else ""
    return f"not {names}: {reason}{place}"


def timestamp(date: str | None) -> int:
    """Seconds since 1970 of the PDF's date: `date` ("2026-11-20…", of the commit), else SOURCE_DATE_EPOCH, else 0.

    Raises UserError for a SOURCE_DATE_EPOCH that is no time.
    """
    given = source_date()
    with suppress(ValueError):
        if iso := re.match(r"\d{4}-\d{2}-\d{2}", date or ""):
            given = datetime.fromisoformat(iso.group()).replace(tzinfo=UTC)
    return int(given.timestamp()) if given else 0
