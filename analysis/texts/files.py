"""Read the texts of a split by the ids that frozen tables give its examples.

Sentences, pairs and instructions are numbered by their rows ("dev-1" is the first row of the split dev); questions have
the ids of the data set itself. Parquet, as the hub has it, is not read: rendering does without its library.
"""

import csv
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


def read_texts(path: Path, split: str, described: Mapping | None = None) -> Mapping[str, Text]:
    """The texts of a GLUE table (.tsv), of SNLI's lines (.jsonl), of SQuAD's articles or Alpaca's list (.json), by id.

    A data set that the project describes (`kind`, `fields`, `delimiter`) is read by its own columns, from a table
    (.csv, .tsv), from lines or a list of JSON. Raises FactError for a file of another format; nothing is read of one
    whose format or columns are unknown.
    """
    try:
        if described and described.get("kind") in PARTS and path.suffix in ROWS:
            return dict(_described(path, split, described))
        if path.suffix not in READERS:
            return {}
        return dict(READERS[path.suffix](path, split))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, csv.Error) as error:
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


def _described(path: Path, split: str, described: Mapping) -> Iterator[tuple[str, Text]]:
    """The texts of a data set of the project's own, by its fields; nothing where a column is missing."""
    columns = described.get("fields") or {}

    def cell(row: Mapping, field: str, *usual: str) -> str | None:
        said = columns.get(field, (field, *usual))
        names = [said] if isinstance(said, str) else said or ()
        found = next((row[name] for name in names if name in row), None)
        return None if found is None else str(found).strip()

    for number, row in enumerate(ROWS[path.suffix](path, described.get("delimiter") or ","), start=1):
        parts = [(name, cell(row, field, *usual)) for field, (name, *usual) in PARTS[described["kind"]].items()]
        example = cell(row, "id") if "id" in columns else f"{split}-{number}"
        if example and any(text for _, text in parts):
            yield example, Text(tuple((name, text) for name, text in parts if text))


def _csv_rows(path: Path, delimiter: str) -> Iterator[Mapping]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


def _tsv_rows(path: Path, delimiter: str) -> Iterator[Mapping]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def _json_lines(path: Path, delimiter: str) -> Iterator[Mapping]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _json_list(path: Path, delimiter: str) -> Iterator[Mapping]:
    yield from json.loads(path.read_text("utf-8"))


ROWS: Mapping[str, Callable[[Path, str], Iterator[Mapping]]] = {
    ".csv": _csv_rows,
    ".tsv": _tsv_rows,
    ".jsonl": _json_lines,
    ".json": _json_list,
}
PARTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sentence": {"text": ("", "sentence")},
    "pair": {"premise": ("Premise",), "hypothesis": ("Hypothesis",)},
    "instruction": {"instruction": ("Instruction",), "input": ("Input",), "output": ("Reference",)},
}
"""The parts of an example of each kind: our field, what readers call it, and other columns that it is taken from."""

READERS: Mapping[str, Callable[[Path, str], Iterator[tuple[str, Text]]]] = {
    ".tsv": _sentences,
    ".jsonl": _pairs,
    ".json": _articles_or_list,
}
