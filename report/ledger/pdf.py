"""The PDF beside the facts that are listed for it: each is found in its text, where it belongs.

Facts come in the order of the document. A number counts where it stands alone and not far from the one before, of the
text or of the tables: these float, so that text runs ahead of them; a name counts where its words stand, whatever line
breaks and narrow columns do to them.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DecodedStreamObject, NameObject

from experiments.tables.digest import sha256_file
from experiments.tables.files import replace_json
from report.ledger.model import Fact
from report.rendering.beside import beside

PRINTED = Path("_ledger") / "printed.txt"
"""Where `_extensions/colophon/print.lua` lists, under Quarto, the ids of the facts in the PDF, in its order."""
KEPT = Path(".press") / "printed.json"
"""Where the text of the last PDF is kept, below the project's root."""
WORTH_TWO = 40
"""Pages from which two processes share the reading; a page takes about 25 ms."""
REACH = 600
"""How many numbers further on or back the next one may stand: between two of the text there may be a page of tables."""
NEAR = 20
"""The same for the numbers in a name, which only tell how far the text has come: many rows of a table may be names."""
BREAKABLE = 6
"""Characters from which a number may be broken over lines in a narrow column."""
UNPRINTED = ("point", "alt")
_NUMBER = re.compile(r"[−-]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[−-]?\d+)?")
# Running heads and feet, which repeat numbers of page, chapter and version.
_PAGINATION = re.compile(rb"/Artifact\s*<<[^>]*/Pagination[^>]*>>\s*BDC.*?\bEMC", re.DOTALL)
# A group of operators without text and other groups in it (Typst writes text as strings in parentheses), and in what is
# left, moves, lines and curves.
_GROUP = re.compile(rb"\bq [^()qQ]*\bQ\s")
_LINES = re.compile(rb"(?:-?[\d.]+ ){2,6}(?:[mlc]|re)\s")
_WORD = re.compile(r"[A-Za-z0-9]+")
# Hyphens at the end of a line, and what Typst may break a long word at.
_BREAKS = re.compile(r"[-\u2010\u00ad]?\s+|\u200b|\u00ad")


def pdf_problems(path: Path, facts: Iterable[Fact], kept: Path | None = None) -> list[str]:
    """The facts that the PDF does not show, a line each.

    `facts` are those that are printed, in the order of the document and as often as they stand in it; points of figures
    are drawn, and alternative texts are for those who do not see them. `kept` is as for `pdf_text`.
    """
    facts = [fact for fact in facts if fact.form not in UNPRINTED]
    if not facts:
        return []
    try:
        text = "\n".join(pdf_text(path, kept))
    except (PyPdfError, OSError) as error:
        return [f"{path.name}: cannot be read back: {error}"]
    return [f"{path.name}: {problem}" for problem in _missing(text, facts)]


def pdf_text(path: Path, kept: Path | None = None) -> list[str]:
    """The text of each page, without its running head and foot.

    It is kept in the file `kept`, and taken from there as long as the PDF is the same one.

    Raises PyPdfError or OSError for what cannot be read.
    """
    if kept is None:
        return _pages(path)
    digest = sha256_file(path)
    with suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads(kept.read_bytes())
        if known["digest"] == digest:
            return list(known["pages"])
    pages = _pages(path)
    with suppress(OSError):
        replace_json(kept, {"digest": digest, "pages": pages})
    return pages


def _pages(path: Path) -> list[str]:
    count = len(PdfReader(path).pages)
    if count < WORTH_TWO:
        return _read(path, range(count))
    with beside(partial(_read, path, range(count // 2, count))) as rest:
        return [*_read(path, range(count // 2)), *rest()]


def _read(path: Path, numbers: range) -> list[str]:
    reader = PdfReader(path)
    return [unicodedata.normalize("NFKC", _text(reader.pages[number])) for number in numbers]


def _text(page: PageObject) -> str:
    """The text of a page without its running head and foot.

    It is read without the lines of its figures, which would take most of the time.
    """
    content = page.get_contents()
    if content is None:
        return ""
    text_alone = DecodedStreamObject()
    body = _PAGINATION.sub(b"", content.get_data())
    lettered = _GROUP.sub(lambda group: group[0] if b"Do" in group[0] else b"", body)
    text_alone.set_data(_LINES.sub(b"", lettered))
    page[NameObject("/Contents")] = text_alone
    return page.extract_text()


def _missing(text: str, facts: Sequence[Fact]) -> Iterator[str]:
    there = [_plain(number) for number in _NUMBER.findall(text)]
    unbroken = _plain(_BREAKS.sub("", text))
    free: dict[str, list[int]] = {}
    for place, number in enumerate(there):
        free.setdefault(number, []).append(place)
    last = {"text": 0, "tables": 0}
    for fact in facts:
        stream = "text" if fact.form in ("inline", "sentence") else "tables"
        named = isinstance(fact.value, str)
        for number in map(_plain, _NUMBER.findall(fact.text)):
            places = free.get(number, [])
            nearest = min(places, key=lambda place: abs(place - last[stream]), default=None)
            if nearest is not None and abs(nearest - last[stream]) <= (NEAR if named else REACH):
                places.remove(nearest)
                last[stream] = nearest
            elif not named and (len(number) < BREAKABLE or number not in unbroken):
                yield f"{number} is not where it belongs; chapter {fact.chapter}: fact {fact.id} ({fact.how}) shows it"
        words = (
            [] if not named and _NUMBER.search(fact.text) else _WORD.findall(unicodedata.normalize("NFKC", fact.text))
        )
        if lost := [word for word in words if word not in unbroken]:
            yield f"{', '.join(lost)}: not there; chapter {fact.chapter}: fact {fact.id} ({fact.how}) shows it"


def _plain(text: str) -> str:
    return text.replace("−", "-")
