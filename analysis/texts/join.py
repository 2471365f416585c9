"""The texts behind a table of examples, as escaped markdown: whatever a data set holds, a reader sees only text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.facts import Chapter, Markdown, Row, View
from analysis.facts.escape import clean, markdown
from analysis.texts.files import Parts, read_texts

LONGEST = 280
ABSENT = Markdown("*not on this machine*")


@dataclass(frozen=True)
class Texts:
    """The texts that were found, by the id of their example. `complete` tells whether every data file was here."""

    parts: Mapping[str, Parts]
    complete: bool

    def __call__(self, row: Row) -> Markdown:
        """The text of the example of a row: a table's column, and a part of a sentence."""
        found = self.parts.get(str(row["id"].data))
        return Markdown("; ".join(_named(name, text) for name, text in found)) if found else ABSENT


def texts_of(page: Chapter, examples: View) -> Texts:
    """The texts of the examples, read from the very files that the table's sidecar names by their SHA-256."""
    files = {name: digest for name, digest in examples.table.sidecar.digests.data.items() if "/" in name}
    found = {name: page.data_file(name, digest) for name, digest in sorted(files.items())}
    parts = {
        example: texts
        for name, path in found.items()
        if path is not None
        for example, texts in read_texts(path, name.partition("/")[2]).items()
    }
    return Texts(parts, bool(files) and None not in found.values())


def _named(name: str, text: str) -> str:
    escaped = markdown(_shortened(clean(text)))
    return f"*{name}:* {escaped}" if name else escaped


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rsplit(' ', 1)[0]} …"
