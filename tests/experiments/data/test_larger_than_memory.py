"""Data sets that are larger than memory: the same examples, which lie on the disk."""

import csv
import json
import os
import subprocess
import sys
import tempfile

import pyarrow
import pyarrow.parquet
import pytest

from experiments.data.load import load_split
from experiments.data.mapping import Entry
from experiments.data.overlap import overlap, without
from experiments.data.registry import dataset_entry, dataset_names
from experiments.data.splits import cut, digest, first, grouped, sample, stratified
from experiments.tables.errors import UserError

SMOKE = [name for name in dataset_names() if name.startswith("smoke-")]
COLUMNS = ("id", "text", "label")
ROWS = [(f"r{n}", f'A "long", text: {n % 7}\t' * (n % 3 + 1), ["a", "b", "-"][n % 3]) for n in range(30)]
MEGABYTE = 2**20
BYTES, GROWTH = 40 * MEGABYTE, 16 * MEGABYTE
CODE = """
import json, resource, sys
from pathlib import Path
from experiments.data.load import load_split
from experiments.data.mapping import Entry
from experiments.data.splits import digest, sample, stratified

def peak():
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

for name in sys.argv[2:]:
    entry = Entry.model_validate({
        "name": "own", "kind": "sentence", "labels": ["a", "b"], "origin": "study", "splits": {"all": name},
        "stream": True, "fields": {"id": "id"},
    })
    few = load_split(entry.model_copy(update={"rows": 40}), "all", Path(sys.argv[1])).examples
    stratified(few, 0.5, 0)  # what is imported for this does not count
    before = peak()
    split = load_split(entry, "all", Path(sys.argv[1]))
    one, other = stratified(split.examples, 0.75, 0)
    found = [len(one), len(other), split.unlabelled, digest(sample(one, 100, 0)), digest(split.examples)]
    print(json.dumps([found, peak() - before]))
"""


def write(path, rows):
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *rows])
    elif path.suffix == ".tsv":
        lines = ["\t".join(cell.replace("\t", " ") for cell in row) + "\n" for row in (COLUMNS, *rows)]
        path.write_text("".join(lines), "utf-8")
    elif path.suffix == ".jsonl":
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(dict(zip(COLUMNS, row, strict=True))) + "\n" for row in rows)
    else:
        columns = dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
        pyarrow.parquet.write_table(pyarrow.table(columns), path, use_dictionary=False, compression="none")


def described(name, **more):
    kind = {"name": "own", "kind": "sentence", "labels": ["a", "b"], "origin": "study", "fields": {"id": "id"}}
    return Entry.model_validate({**kind, "splits": {"all": name}, **more})


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of memory is read otherwise there")
def test_files_of_several_times_the_memory_are_read_and_split(tmp_path):
    rows = [(f"r{n}", f"{n} " + "to be or not to be " * 128, "ab"[n % 2]) for n in range(BYTES // 2440)]
    names = [f"all.{suffix}" for suffix in ("jsonl", "csv", "parquet")]
    for name in names:
        write(tmp_path / name, rows)
        assert (tmp_path / name).stat().st_size >= BYTES > 2 * GROWTH
    command = [sys.executable, "-c", CODE, str(tmp_path), *names]
    environment = {**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"}  # the other one keeps what it was given back
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    found, growth = zip(*map(json.loads, done.stdout.splitlines()), strict=True)
    assert found[0] == found[1] == found[2]
    assert max(growth) < GROWTH, [
        f"{name}: {grown / MEGABYTE:.0f} MB" for name, grown in zip(names, growth, strict=True)
    ]


@pytest.mark.parametrize("name", ["all.csv", "all.tsv", "all.jsonl", "all.parquet"])
def test_a_streamed_file_gives_what_it_gives_without(tmp_path, name):
    write(tmp_path / name, ROWS)
    cutting = {"cut": {"split": "all", "into": ["train", "test"], "share": 0.7, "seed": 3}}
    for split in ("all", "train", "test"):
        whole, streamed = (load_split(described(name, stream=how, **cutting), split, tmp_path) for how in (False, True))
        assert isinstance(whole.examples, tuple)
        assert not isinstance(streamed.examples, tuple)
        assert tuple(streamed.examples) == whole.examples
        assert (streamed.digests, streamed.unlabelled) == (whole.digests, whole.unlabelled)
        assert digest(streamed.examples) == digest(whole.examples)
    assert len(load_split(described(name, stream=True, rows=5), "all", tmp_path).examples) == 4


def test_a_file_that_is_here_is_streamed_rather_than_the_hub(tmp_path):
    write(tmp_path / "all.csv", ROWS)
    hub = {"repo": "own/texts", "revision": "a" * 40}
    split = load_split(described("all.csv", stream=True, hub=hub), "all", tmp_path)
    assert (split.how, len(split.examples)) == ("folder", 20)


@pytest.mark.parametrize("name", SMOKE)
def test_examples_of_every_kind_come_back_as_they_were(name):
    entry = dataset_entry(name)
    for split in entry.split_names:
        whole = load_split(entry, split)
        streamed = load_split(entry.model_copy(update={"stream": True}), split)
        assert list(map(repr, streamed.examples)) == list(map(repr, whole.examples))
        assert repr(streamed.examples[-1]) == repr(whole.examples[-1])
        assert repr(tuple(streamed.examples[3:9:2])) == repr(whole.examples[3:9:2])


def test_rules_choose_the_same_examples(tmp_path):
    write(tmp_path / "all.csv", ROWS)
    rules = [
        lambda found: first(found, 5),
        lambda found: sample(found, 7, 1),
        lambda found: stratified(found, 0.6, 2)[1],
        lambda found: cut(found, 0.6, 2)[0],
        lambda found: grouped(found, 0.5, 0, lambda example: example.text[:18])[0],
        lambda found: without(found, sample(found, 3, 5)),
        lambda found: sample(without(found, found[:2]), 4, 0),
    ]
    whole, streamed = (load_split(described("all.csv", stream=how), "all", tmp_path).examples for how in (False, True))
    for rule in rules:
        assert tuple(rule(streamed)) == tuple(rule(whole))
    assert overlap(streamed, streamed[4:]) == overlap(whole, whole[4:])


def test_an_id_that_stands_twice_is_told_with_both_lines(tmp_path):
    write(tmp_path / "all.csv", [*ROWS, ("r4", "another", "a")])
    with pytest.raises(UserError, match=r"all.csv:32: the id r4 stands a second time, first at .*all.csv:6$"):
        load_split(described("all.csv", stream=True), "all", tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
def test_no_room_for_the_examples_is_one_line(tmp_path, monkeypatch):
    write(tmp_path / "all.csv", ROWS)
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **more: open("/dev/full", "w+b"))  # noqa: SIM115
    with pytest.raises(UserError, match="No space left on device; make room, or name another folder by TMPDIR"):
        load_split(described("all.csv", stream=True), "all", tmp_path)
