"""Read the texts of a split by the ids that frozen tables give its examples.

Sentences and pairs are numbered by their lines ("dev-1" is the first row of the split dev); questions have the ids of
the data set itself. Parquet, as the hub has it, is not read: rendering does without its library.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.facts import FactError


@dataclass(frozen=True)
class Text:
    """The texts of one example with their names; the only text of an example has none. `paragraph` holds the spans."""

    parts: tuple[tuple[str, str], ...]
    paragraph: str = ""


def read_texts(path: Path, split: str) -> Mapping[str, Text]:
    """The texts of a GLUE table (.tsv), of SNLI's lines (.jsonl) or of SQuAD's articles (.json), by id.

    Raises FactError for a file of another format; nothing is read of one whose format is unknown.
    """
    if path.suffix not in READERS:
        return {}
    try:
        return dict(READERS[path.suffix](path, split))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FactError(f"{path.name}: not the format of the split {split}: {error!r}") from None


def _sentences(path: Path, split: str) -> Iterator[tuple[str, Text]]:
    with path.open(encoding="utf-8", newline="\n") as lines:
        sentence = next(lines, "").rstrip("\r\n").split("\t").index("sentence")
        for number, line in enumerate(lines, start=1):
            yield f"{split}-{number}", Text((("", line.rstrip("\r\n").split("\t")[sentence]),))


def _pairs(path: Path, split: str) -> Iterator[tuple[str, Text]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                pair = json.loads(line)
                yield f"{split}-{number}", Text((("Premise", pair["premise"]), ("Hypothesis", pair["hypothesis"])))


def _questions(path: Path, split: str) -> Iterator[tuple[str, Text]]:
    for article in json.loads(path.read_text("utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                answers = "; ".join(dict.fromkeys(answer["text"] for answer in question["answers"]))
                parts = ("Question", question["question"]), ("Answer", answers or "none")
                yield question["id"], Text(parts, paragraph["context"])


READERS: Mapping[str, Callable[[Path, str], Iterator[tuple[str, Text]]]] = {
    ".tsv": _sentences,
    ".jsonl": _pairs,
    ".json": _questions,
}
