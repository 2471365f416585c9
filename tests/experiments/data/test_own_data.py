"""A data set of one's own: described by a mapping, in whatever format it comes, without a line of Python."""

import gzip
import json
import re
import tracemalloc
import zipfile

import pyarrow
import pyarrow.parquet
import pytest
import yaml
from pydantic import ValidationError

from experiments.data.load import load_split, local_paths
from experiments.data.mapping import Entry
from experiments.data.registry import dataset_entry, dataset_names
from experiments.tables.errors import UserError
from experiments.tables.locations import PACKAGE_ROOT

ROWS = [("It rains.", "It is wet.", "0"), ('She, "Ada",\nsang.', "NA", "1"), ("None", "007", "2"), ("a", "b", "-1")]
COLUMNS = ("premise", "hypothesis", "label")
NLI = {
    "name": "own",
    "kind": "pair",
    "labels": ["entailment", "neutral", "contradiction"],
    "origin": "study",
    "splits": {"all": "all.csv"},
}


def described(**changed):
    return Entry.model_validate({**NLI, **changed})


def table(rows=ROWS, columns=COLUMNS, delimiter=","):
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in (columns, *rows)]
    return "\n".join(delimiter.join(row) for row in quoted) + "\n"


def as_objects(rows=ROWS, columns=COLUMNS):
    return [dict(zip(columns, row, strict=True)) for row in rows]


def parquet(path):
    columns = dict(zip(COLUMNS, zip(*ROWS, strict=True), strict=True))
    columns["label"] = [int(label) for label in columns["label"]]
    pyarrow.parquet.write_table(pyarrow.table({name: list(cells) for name, cells in columns.items()}), path)


def zipped(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("set/all.csv", table())


FORMATS = {
    "all.csv": lambda path: path.write_text(table(), "utf-8"),
    "all.csv.gz": lambda path: path.write_bytes(gzip.compress(table().encode())),
    "all.zip": zipped,
    "all.jsonl": lambda path: path.write_text("\n\n".join(map(json.dumps, as_objects())), "utf-8"),
    "lines.json": lambda path: path.write_text("\n".join(map(json.dumps, as_objects())), "utf-8"),
    "all.json": lambda path: path.write_text(json.dumps(as_objects()), "utf-8"),
    "all.parquet": parquet,
}


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_rows_come_out_of_every_format(tmp_path, name):
    FORMATS[name](tmp_path / name)
    file = f"{name}/set/all.csv" if name.endswith(".zip") else name
    split = load_split(described(splits={"all": file}), "all", tmp_path)
    assert [(e.premise, e.hypothesis, e.label) for e in split.examples] == [
        ("It rains.", "It is wet.", "entailment"),
        ('She, "Ada",\nsang.', "NA", "neutral"),
        ("None", "007", "contradiction"),
    ]
    assert split.unlabelled == 1
    assert list(split.digests) == ["own/all"]


def test_a_table_with_tabs_is_read_without_quoting(write):
    folder = write("all.tsv", 'premise\thypothesis\tlabel\n"a\tb "c"\t1\n')
    [pair] = load_split(described(splits={"all": "all.tsv"}), "all", folder).examples
    assert (pair.premise, pair.hypothesis) == ('"a', 'b "c"')


@pytest.mark.parametrize(
    ("labels", "written", "read"),
    [
        (["no", "yes"], ["0", "1", "no", "1.0"], ["no", "yes", "no", "yes"]),
        (["2", "1"], ["1", "2"], ["1", "2"]),  # names that are numbers mean themselves
        ([1.0, 2.0], ["1", "2.0"], ["1.0", "2.0"]),
        ({1.0: "no", "2.0": "yes"}, ["1", "2.0"], ["no", "yes"]),
        ({3: "no", "LABEL_1": "yes", "unsure": None}, ["LABEL_1", "unsure", "3"], ["yes", "no"]),
    ],
)
def test_labels_by_list_or_by_map(write, labels, written, read):
    folder = write("all.csv", table([("a", "b", label) for label in written]))
    split = load_split(described(labels=labels), "all", folder)
    assert [pair.label for pair in split.examples] == read
    assert split.unlabelled == len(written) - len(read)


@pytest.mark.parametrize(
    ("unlabelled", "left_out"), [(None, {"-1", "-", ""}), (["?"], {"?"}), ([""], {""}), ([-1], {"-1"})]
)
def test_values_that_mean_no_gold_label_are_left_out_and_counted(write, unlabelled, left_out):
    more = {} if unlabelled is None else {"unlabelled": unlabelled}
    folder = write("all.csv", table([("a", "b", "0"), *(("a", "b", value) for value in sorted(left_out))]))
    assert load_split(described(**more), "all", folder).unlabelled == len(left_out)
    for other in {"-1", "-", "", "?"} - left_out:
        write("all.csv", table([("a", "b", "0"), ("c", "d", other)]))
        with pytest.raises(UserError, match=r"all.csv:3: unknown label"):
            load_split(described(**more), "all", folder)


@pytest.mark.parametrize(
    ("changed", "written"),
    [
        ({"labels": [1, 2, 3]}, "0"),  # no first of labels that are numbers
        ({"labels": [3, 2, 1]}, "0"),
        ({"labels": [-1, 1]}, "0"),
        ({"labels": ["no", "yes"], "unlabelled": [0]}, "1.5"),
    ],
)
def test_a_number_is_no_label_that_nobody_named(write, changed, written):
    folder = write("all.csv", table([("a", "b", written)]))
    with pytest.raises(UserError, match=f"unknown label '{written}'"):
        load_split(described(**changed), "all", folder)


def test_what_is_said_to_be_no_label_is_none_even_where_it_could_be_a_number_of_one(write):
    folder = write("all.csv", table([("a", "b", "0.0"), ("c", "d", "1")]))
    split = load_split(described(labels=["no", "yes"], unlabelled=[0.0]), "all", folder)
    assert ([pair.label for pair in split.examples], split.unlabelled) == (["yes"], 1)


@pytest.mark.parametrize("cell", ["inf", "1e999", "1_0", "nan", True, 2.5])
def test_a_whole_number_is_one(write, cell):
    free = {"kind": "free", "labels": [], "fields": {"year": {"column": "y", "type": "integer"}}}
    folder = write("all.json", json.dumps([{"y": cell}]))
    with pytest.raises(UserError, match=r"all.json\[0\]: y is .*must be"):
        load_split(described(**free, splits={"all": "all.json"}), "all", folder)


def test_no_answer_is_lost_for_want_of_its_start(write):
    row = {"id": "1", "question": "Who?", "context": "Eve met Ada."}
    folder = write("all.json", json.dumps([{**row, "answers": {"text": ["Eve", "Ada"], "answer_start": [0]}}]))
    with pytest.raises(UserError, match="2 texts and 1 starts"):
        load_split(described(kind="question", labels=[], splits={"all": "all.json"}), "all", folder)


def test_fields_name_the_columns_and_the_first_that_there_is_counts(write):
    folder = write("all.csv", table([("p7", "a", "b", "yes")], ("pairID", "s1", "s2", "gold")))
    fields = {"id": "pairID", "premise": ["text1", "s1"], "hypothesis": "s2", "label": "gold"}
    [pair] = load_split(described(fields=fields, labels=["no", "yes"]), "all", folder).examples
    assert (pair.id, pair.premise, pair.hypothesis, pair.label) == ("p7", "a", "b", "yes")


def test_a_split_may_lie_in_several_files(write):
    write("part-2.csv", table(ROWS[2:3]))
    folder = write("part-1.csv", table(ROWS[:2]))
    split = load_split(described(splits={"all": "part-*.csv"}), "all", folder)
    assert [(pair.id, pair.hypothesis) for pair in split.examples] == [
        ("all-1", "It is wet."),
        ("all-2", "NA"),
        ("all-3", "007"),
    ]
    assert local_paths(described(splits={"all": "part-*.csv"}), ("all",), folder).keys() == split.digests.keys()
    write("part-2.csv", table([("a", "b", "x")]))
    with pytest.raises(UserError, match=r"part-2.csv:2: unknown label 'x'; .*; add it to labels, or to unlabelled"):
        load_split(described(splits={"all": "part-*.csv"}), "all", folder)


def test_snli_as_its_archive_has_it(tmp_path):
    rows = [
        {
            "gold_label": "neutral",
            "sentence1": "a",
            "sentence2": "b",
            "annotator_labels": ["neutral"],
            "pairID": "1r1n",
        },
        {"gold_label": "-", "sentence1": "a", "sentence2": "c", "annotator_labels": ["neutral", "-"], "pairID": "1r1c"},
    ]
    with zipfile.ZipFile(tmp_path / "snli_1.0.zip", "w") as archive:
        archive.writestr("snli_1.0/snli_1.0_dev.jsonl", "\n".join(map(json.dumps, rows)) + "\n")
    split = load_split("snli", "dev", tmp_path)
    assert [(pair.premise, pair.hypothesis, pair.label) for pair in split.examples] == [("a", "b", "neutral")]
    assert split.unlabelled == 1
    assert local_paths("snli", ("dev",), tmp_path) == {"snli/dev": tmp_path / "snli_1.0.zip"}


def test_mnli_as_glue_has_it(write):
    header = "index\tgenre\tsentence1\tsentence2\tlabel1\tgold_label\n"
    folder = write("MNLI/dev_matched.tsv", header + "0\tfiction\tHe left.\tHe stayed.\tneutral\tcontradiction\n")
    [pair] = load_split("mnli", "dev", folder).examples
    assert (pair.premise, pair.hypothesis, pair.label) == ("He left.", "He stayed.", "contradiction")


def test_questions_of_a_table_have_their_answers_looked_for(write):
    header = ("id", "query", "passage", "answer")
    folder = write("all.csv", table([("1", "Who?", "Eve met Ada.", "Ada"), ("2", "Why?", "Eve met Ada.", "")], header))
    fields = {"question": "query", "context": "passage", "answers": "answer"}
    one, two = load_split(described(kind="question", labels=[], fields=fields), "all", folder).examples
    assert [(answer.text, answer.start) for answer in one.answers] == [("Ada", 8)]
    assert not two.answerable
    write("all.csv", table([("1", "Who?", "Eve met Ada.", "Bob")], header))
    with pytest.raises(UserError, match=r"all.csv:2: answer holds 'Bob', which does not stand in the context"):
        load_split(described(kind="question", labels=[], fields=fields), "all", folder)


def test_instructions_may_have_no_input(write):
    folder = write("all.jsonl", json.dumps({"prompt": "Name a bird.", "response": "Wren."}))
    fields = {"instruction": "prompt", "output": "response", "input": None}
    entry = described(kind="instruction", labels=[], fields=fields, splits={"all": "all.jsonl"})
    [example] = load_split(entry, "all", folder).examples
    assert (example.instruction, example.input, example.output) == ("Name a bird.", "", "Wren.")


SONGS = {
    "kind": "free",
    "labels": [],
    "fields": {
        "id": "track",
        "words": "lyrics",
        "mood": "mood",
        "tempo": {"column": "bpm", "type": "number", "at_least": 1},
        "tags": {"column": "tags", "type": "list"},
    },
    "targets": ["mood", "tempo"],
    "conditions": {"fast": {"field": "tempo", "above": 100}},
    "example": "Song",
}
HEADER = ("track", "lyrics", "mood", "bpm", "tags")


def test_free_fields_have_types_conditions_and_targets(write):
    rows = [
        ("t1", "la", "glad", "120", "a, b"),
        ("t2", "lo", "", "90", ""),
        ("t3", "le", "sad", "", ""),
        ("t4", "li", "sad", "99.5", ""),
    ]
    split = load_split(described(**SONGS), "all", write("all.csv", table(rows, HEADER)))
    assert [(e.id, e.words, e.mood, e.tempo, e.tags, e.fast) for e in split.examples] == [
        ("t1", "la", "glad", 120.0, ("a", "b"), True),
        ("t4", "li", "sad", 99.5, (), False),
    ]
    assert split.unlabelled == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("t1", "", "glad", "120", ""), "all.csv:2: lyrics is empty; put the field under targets"),
        (("t1", "la", "glad", "fast", ""), "all.csv:2: bpm is 'fast'; it must be a number from 1"),
        (("", "la", "glad", "120", ""), "all.csv:2: track is empty"),
    ],
)
def test_a_wrong_free_field_is_one_line_with_its_place(write, row, said):
    with pytest.raises(UserError, match=said):
        load_split(described(**SONGS), "all", write("all.csv", table([row], HEADER)))


@pytest.mark.parametrize("name", ["all.csv", "all.jsonl"])
def test_a_file_of_which_few_rows_are_wanted_is_not_held_in_memory(tmp_path, monkeypatch, name):
    texts = (f"a text with the number {n} that goes on for some eighty characters in all" for n in range(150_000))
    lines = [f'{{"text": "{text}", "label": 1}}\n' if name.endswith("l") else f"{text},1\n" for text in texts]
    (tmp_path / name).write_text(("" if name.endswith("l") else "text,label\n") + "".join(lines), "utf-8")
    size = (tmp_path / name).stat().st_size
    del lines
    monkeypatch.setenv("COLOPHON_DATA_DIR", str(tmp_path))
    entry = described(kind="sentence", labels=["a", "b"], splits={"all": name}, rows=50)
    load_split(entry.model_copy(update={"rows": 1}), "all")  # what reading loads itself is not counted
    tracemalloc.start()
    try:
        assert len(load_split(entry, "all").examples) == 50
        assert tracemalloc.get_traced_memory()[1] < size / 2
    finally:
        tracemalloc.stop()


def test_one_file_is_cut_into_two_splits_in_the_proportions_of_the_labels(write):
    folder = write("all.csv", table([(f"p {n}", f"h {n}", str(n % 3)) for n in range(60)]))
    entry = described(cut={"split": "all", "into": ["train", "test"], "share": 0.8, "seed": 3})
    train, test = (load_split(entry, split, folder).examples for split in ("train", "test"))
    assert [[pair.label for pair in part].count("neutral") for part in (train, test)] == [16, 4]
    assert sorted(pair.id for pair in (*train, *test)) == sorted(
        p.id for p in load_split(entry, "all", folder).examples
    )
    assert (train, test) == tuple(load_split(entry, split, folder).examples for split in ("train", "test"))


def test_no_more_rows_are_read_than_the_study_asks_for(write):
    folder = write("all.csv", table([("a", "b", "0"), ("c", "d", "1"), ("e", "f", "what is this")]))
    assert len(load_split(described(rows=2), "all", folder).examples) == 2


BAD_FILES = {
    "short row": ("all.csv", "premise,hypothesis,label\na,b,0\na,b\n", "all.csv:3: 2 cells, but the header has 3"),
    "long row": ("all.csv", "premise,hypothesis,label\na,b,0,1\n", "all.csv:2: 4 cells, but the header has 3"),
    "column twice": ("all.csv", "premise,premise,label\na,b,0\n", "all.csv:1: the column premise stands twice"),
    "other column": (
        "all.csv",
        "text,hypothesis,label\na,b,0\n",
        "all.csv:1: there is no column premise; there are text",
    ),
    "semicolons": ("all.csv", "premise;hypothesis;label\na;b;0\n", "say which delimiter stands between the cells"),
    "latin-1": ("all.csv", "premise,hypothesis,label\na,b,0\nä,b,0\n".encode("latin-1"), "all.csv:3: is not UTF-8"),
    "no gold label at all": ("all.csv", "premise,hypothesis,label\na,b,-1\n", "none of its 1 rows has a label"),
    "spreadsheet": ("all.xlsx", b"PK", "all.xlsx: unknown format; known: .csv"),
    "named parquet": ("all.parquet", "premise,hypothesis,label\n", "all.parquet: cannot be read as parquet"),
    "named gz": ("all.csv.gz", "premise,hypothesis,label\n", "all.csv.gz: cannot be unpacked"),
    "line of another sort": (
        "all.jsonl",
        '{"premise": "a", "hypothesis": "b", "label": 0}\n3\n',
        "all.jsonl:2: must be an object",
    ),
    "absent": ("other.csv", "", "all.csv, the split all of own, is not there"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_wrong_file_is_one_line_with_its_place(write, case):
    name, content, said = BAD_FILES[case]
    folder = write(name, content)
    with pytest.raises(UserError) as error:
        load_split(described(splits={"all": name if case != "absent" else "all.csv"}), "all", folder)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"labels": ["one"]}, "name two labels or more"),
        ({"labels": ["a", "a"]}, "a label stands twice"),
        ({"labels": ["1", "1.0"]}, "a label stands twice"),
        ({"unlabelled": ["neutral"]}, "unlabelled: neutral is a label, too"),
        ({"labels": {0: "a", 1: "b"}, "unlabelled": ["0.0"]}, "unlabelled: 0 is a label, too"),
        ({"labels": [True, False]}, "put the label in quotes"),
        ({"fields": {"text": "x"}}, "a pair has no text; it has hypothesis"),
        ({"fields": {"premise": None}}, "premise needs a column"),
        ({"splits": {}}, "name the splits and their files"),
        ({"splits": {"all": {"hub": "train"}}}, "needs the repository under hub"),
        ({"splits": {"all": {"hub": "../../other/all.csv"}}}, "must lie in its repository"),
        ({"splits": {"all": {"hub": "/etc/*.csv"}}}, "must lie in its repository"),
        ({"kind": "free", "labels": []}, "name the fields of a record"),
        ({**SONGS, "targets": ["nope"]}, "there is no free field nope"),
        ({"cut": {"split": "nope", "into": ["a", "b"], "share": 0.5}}, "a split that there is"),
        ({"stream": True, "hub": {"repo": "own/glue"}}, "the revision of the hub must be pinned"),
        ({"colums": {}}, "Extra inputs"),
    ],
)
def test_a_wrong_description_says_what_to_mend(changed, said):
    with pytest.raises(ValidationError, match=said):
        described(**changed)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project, as the current folder."""
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\n")
    (tmp_path / "experiments" / "registry" / "data").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_project_has_a_registry_of_its_own(project, write):
    file = project / "experiments" / "registry" / "data" / "weather.yaml"
    file.write_text("kind: sentence\nfields: {text: said}\nlabels: [dry, wet]\nsplits: {dev: weather/dev.csv}\n")
    write("weather/dev.csv", "said,label\nIt pours.,1\nSun.,\n")
    split = load_split("weather", "dev")
    assert ([(e.text, e.label) for e in split.examples], split.unlabelled) == ([("It pours.", "wet")], 1)
    assert {"weather", "snli"} <= set(dataset_names())
    assert dataset_entry("weather").counts_unlabelled
    # A changed description makes tables stale like a changed file.
    assert local_paths("weather", ("dev",)) == {"weather/dev": project / "weather" / "dev.csv", "weather.yaml": file}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("weather", "kind: sentence\nlabels: [dry]\nsplits: {dev: a.csv}\n", "weather.yaml:1: .*two labels"),
        ("weather", "kind: sentence\nlabels: [dry, wet]\nsplit: {dev: a.csv}\n", "weather.yaml:3: split: there is no"),
        ("weather", "kind: [\n", "weather.yaml:2:1: not YAML"),
        ("snli", "kind: sentence\n", "snli.yaml: there is a data set of this name in the package"),
    ],
)
def test_what_is_wrong_in_a_registry_has_its_file_and_line(project, name, content, said):
    (project / "experiments" / "registry" / "data" / f"{name}.yaml").write_text(content)
    with pytest.raises(UserError, match=said):
        dataset_entry(name)


def test_a_file_of_the_project_is_noticed_once_it_comes(project):
    entry = described(splits={"all": "nli/all.csv"})
    assert local_paths(entry, ("all",)) == {"own/all": project / "nli" / "all.csv"}


def test_what_contributing_describes_is_a_data_set():
    text = (PACKAGE_ROOT / "CONTRIBUTING.md").read_text("utf-8")
    section = text[text.index("## Add a data set") : text.index("## Add a model")]
    examples = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)]
    kinds = [Entry.model_validate({"name": "own", "origin": "project", **example}).kind for example in examples]
    assert kinds == ["pair", "free"]
