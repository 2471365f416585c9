"""Files that somebody prepared, or that a disk or a network damaged: each is read, or refused in one line."""

import json
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from experiments.data.rows import DataFile, read_rows
from experiments.parameters.adapter_file import read_adapter
from experiments.parameters.catalogue import find_model
from experiments.parameters.checkpoint import count_checkpoint
from experiments.parameters.count import count
from experiments.study_files import read_yaml
from experiments.tables.parquet import read_parquet
from experiments.tables.sidecar import Column
from tests.hardening.contained import Case, try_all
from tests.hardening.damaged_texts import LLAMA, MEMBER, good_parquet, texts
from tests.hardening.damaged_weights import file_of, weights
from tests.hardening.trial import Trial

SERIES = "damaged file read"
WEIGHTS, TEXTS = 10_488, 1200
"""How many inputs of each sort the full run has; of weights all but every 23rd, an index of shards, have a header."""


def measure(seed: int) -> Iterator[Trial]:
    return trials(seed, WEIGHTS, TEXTS)


def trials(seed: int, of_weights: int, of_texts: int) -> Iterator[Trial]:
    """How many of so many inputs were read or refused in one line, by class."""
    cases = _cases(random.Random(seed), of_weights, of_texts)
    tried, held, failures = Counter(), Counter(), {}
    for case, came in zip(cases, try_all(cases, _warm_up if of_texts else lambda: None), strict=True):
        tried[case.group] += 1
        held[case.group] += came.harm is None
        if came.harm is not None:
            failures.setdefault(case.group, []).append(came.harm)
    for group, number in tried.items():
        yield Trial(SERIES, group, number, held[group], tuple(failures.get(group, ())))


def _warm_up() -> None:
    """Import what readers import when they are first used. Before a fork it would not do: Arrow has threads."""
    from transformers.models.auto import configuration_auto, modeling_auto  # noqa: F401

    configuration_auto.CONFIG_MAPPING["llama"]()  # whose defaults stand in for sizes that a config leaves out
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (
            ("a.csv", b"a,b\n1,2\n"),
            ("a.jsonl", b'{"a": 1}\n{"a": 2}\n'),
            ("a.parquet", good_parquet()),
        ):
            _read_rows(file_of(name, content)(Path(folder)))


def _cases(chance: random.Random, of_weights: int, of_texts: int) -> list[Case]:
    found = [Case(group, write, count_checkpoint) for group, write in islice(weights(chance), of_weights)]
    return found + [Case(group, write, READERS[group]) for group, write in islice(texts(chance), of_texts)]


def _count_config(path: Path) -> object:
    return count(find_model(str(path)))


def _count_adapter(path: Path) -> object:
    adapter = read_adapter(path)
    (path.parent / "config.json").write_text(json.dumps(LLAMA))
    return count(find_model(str(path.parent)), adapter.head, None, adapter.lora)


def _read_rows(path: Path) -> object:
    return list(read_rows(DataFile(path)))


def _read_member(path: Path) -> object:
    return list(read_rows(DataFile(path, (path.parent / MEMBER).read_text())))


def _read_frozen(path: Path) -> object:
    columns = [
        Column(name="text", type="string", meaning="a text"),
        Column(name="label", type="integer", meaning="a label"),
    ]
    return read_parquet(path.read_bytes(), columns, path.name)


READERS = {
    "a model's config": _count_config,
    "an adapter's config": _count_adapter,
    "YAML": read_yaml,
    "JSON": _read_rows,
    "CSV": _read_rows,
    "Parquet, of data": _read_rows,
    "Parquet, frozen": _read_frozen,
    "archives: gz": _read_rows,
    "archives: zip": _read_member,
}
