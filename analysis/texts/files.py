"""Read the texts of a split by the ids that frozen tables give its examples.

Sentences, pairs and instructions are numbered by their rows ("dev-1" is the first row of the split dev); questions have
the ids of the data set itself. Parquet, as the hub has it, is not read: rendering does without its library.
"""

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
    """The texts of a GLUE table (.tsv), of SNLI's lines (.jsonl), of SQuAD's articles or Alpaca's list (.json), by id.

    Raises FactError for a file of another format; nothing is read of one whose format or columns are unknown, as those
    of a data set that a project describes itself may be.
    """
    if path.suffix not in READERS:
        return {}
    try:
        return dict(READERS[path.suffix](path, split))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FactError(f"{path.name}: not the format of the split {split}: {error!r}") from None


def _sentences(path: Path, split: str) -> Iterator[tuple[str, Text]]:
    with path.open(encoding="utf-8", newline="\n") as lines:
        header = next(lines, "").rstrip("\r\n").split("\t")
        if "sentence" not in header:
            return
        sentence = header.index("sentence")
        for number, line in enumerate(lines, start=1):
            yield f"{split}-{number}", Text((("", line.rstrip("\r\n").split("\t")[sentence]),))


def _pairs(path: Path, split: str) -> Iterator[tuple[str, Text]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                pair = json.loads(line)
                if not {"premise", "hypothesis"} <= pair.keys():
                    return
                yield f"{split}-{number}", Text((("Premise", pair["premise"]), ("Hypothesis", pair["hypothesis"])))


def _articles_or_list(path: Path, split: str) -> Iterator[tuple[str, Text]]:
    content = json.loads(path.read_text("utf-8"))
    return _instructions(content, split) if content and isinstance(content, list) else _questions(content["data"])


def _instructions(rows: list, split: str) -> Iterator[tuple[str, Text]]:
    for number, row in enumerate(rows, start=1):
        if not {"instruction", "input", "output"} <= row.keys():
            return
        told = ("Instruction", row["instruction"]), ("Input", row["input"]), ("Reference", row["output"])
        yield f"{split}-{number}", Text(tuple(part for part in told if part[1]))


def _questions(articles: list) -> Iterator[tuple[str, Text]]:
    for article in articles:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                answers = "; ".join(dict.fromkeys(answer["text"] for answer in question["answers"]))
                parts = ("Question", question["question"]), ("Answer", answers or "none")
                yield question["id"], Text(parts, paragraph["context"])


READERS: Mapping[str, Callable[[Path, str], Iterator[tuple[str, Text]]]] = {
    ".tsv": _sentences,
    ".jsonl": _pairs,
    ".json": _articles_or_list,
}
