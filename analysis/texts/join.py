"""The texts behind a table of examples, as escaped markdown: whatever a data set holds, a reader sees only text."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from analysis.facts import Chapter, Markdown, Row, Value, View
from analysis.facts.escape import clean, markdown
from analysis.texts.files import Text, read_texts

LONGEST = 280
_ENDS = (".", "!", "?", "…", '."', '!"', '?"')
ABSENT = Markdown("*not on this machine*")


@dataclass(frozen=True)
class Texts:
    """The texts that were found, by the id of their example. `complete` tells whether every data file was here."""

    found: Mapping[str, Text]
    complete: bool

    def __call__(self, row: Row) -> Markdown:
        """The text of the example of a row, for the column of a table."""
        text = self.found.get(str(row["id"].data))
        if text is None:
            return ABSENT
        return _marked("".join(_joined(text.parts)))

    def span(self, row: Row, start: Value, end: Value) -> Markdown:
        """The characters `start` to `end` of the paragraph of a row; empty where one of them is missing."""
        text = self.found.get(str(row["id"].data))
        if text is None or start.missing or end.missing:
            return ABSENT if text is None else Markdown("")
        return _marked(_named("", text.paragraph[start.number() : end.number()]))


def texts_of(page: Chapter, examples: View) -> Texts:
    """The texts of the examples, read from the very files that the table's sidecar names by their SHA-256."""
    files = {name: digest for name, digest in examples.table.sidecar.digests.data.items() if "/" in name}
    paths = {name: page.data_file(name, digest) for name, digest in sorted(files.items())}
    found: dict[str, Text] = {}
    for name, path in paths.items():
        if path is not None:
            described = json.dumps(page.data_description(name), default=str)
            found |= _texts(path, files[name], name.partition("/")[2], described)
    return Texts(found, bool(files) and None not in paths.values())


@lru_cache(maxsize=32)
def _texts(path: Path, digest: str, split: str, described: str) -> Mapping[str, Text]:
    """The texts of the file with this digest, once for all places of a chapter; `described` is JSON."""
    return read_texts(path, split, json.loads(described))


def _marked(text: str) -> Markdown:
    """A text of a data set, whose numbers and comparisons no table is asked for."""
    return Markdown(f"[{text}]{{.example-text}}")


def _joined(parts: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The parts one after another, with a semicolon after one that has no end of its own."""
    for number, (name, part) in enumerate(parts, start=1):
        yield _named(name, part)
        if number < len(parts):
            yield " " if part.rstrip().endswith(_ENDS) else "; "


def _named(name: str, text: str) -> str:
    escaped = markdown(_shortened(clean(text)))
    return f"*{name}:* {escaped}" if name else escaped


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rsplit(' ', 1)[0]} …"
