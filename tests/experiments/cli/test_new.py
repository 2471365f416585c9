"""`experiments new`: a commented study that validates, after each study that ships, for data of every kind."""

import csv
import gzip
import json

import pytest
import yaml

from experiments.data.load import load_split
from experiments.mistakes.study import ALL_MISTAKES, Settings
from experiments.new_study import EXAMPLES, example_names, new_study
from experiments.study_files import load_study
from experiments.tables.presentation import Presentation

NLI = [
    {"premise": f"Tom has {n} cats.", "hypothesis": f"Tom has {n % 5} pets.", "label": -1 if n == 7 else n % 3}
    for n in range(45)
]
SONGS = [
    {"song": f"s{n}", "words": f"la la {n}", "mood": ["glad", "sad", "calm"][n % 3], "bpm": 60 + n, "band": f"b{n % 4}"}
    for n in range(45)
]
LONG_PROMPTS = ("squad-lora", "judge-by-layer", "judge-by-layer-gemma", "layer-probe-source-prompt")
QUESTIONS = [{"id": n, "query": "Who?", "passage": f"Ada has {n}.", "answer": "Ada", "title": n // 2} for n in range(9)]


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A project with data files of its own, as the current folder."""
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLOPHON_STUDIES", raising=False)
    (tmp_path / "data").mkdir()
    for name, rows in (("nli", NLI), ("songs", SONGS), ("questions", QUESTIONS)):
        with (tmp_path / "data" / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    told = [{"prompt": f"Say {n}.", "response": f"{n}."} for n in range(9)]
    (tmp_path / "data" / "told.jsonl").write_text("\n".join(map(json.dumps, told)))
    return tmp_path


@pytest.mark.parametrize("like", example_names())
def test_a_study_after_each_that_ships_validates_and_says_what_its_keys_mean(own, experiments, like):
    done = experiments("new", "mine", "--like", like)
    assert (done.code, done.err) == (0, "")
    study = load_study("mine")
    assert "full" not in study.profile_names
    text = (own / "experiments" / "studies" / "mine.yaml").read_text("utf-8")
    assert text.count("#") > 4
    assert max(map(len, text.splitlines())) <= 120 or like in LONG_PROMPTS


@pytest.mark.parametrize("like", example_names())
def test_what_is_written_is_what_the_example_says(own, like):
    shipped = load_study(like, EXAMPLES)
    made = new_study("mine", like)
    (own / "experiments" / "studies").mkdir(parents=True)
    (own / "experiments" / "studies" / "mine.yaml").write_text(made, "utf-8")
    profile = "cpu" if "cpu" in shipped.profile_names else None
    same = {"study": "", "title": "", "report": Presentation()} | (
        {"reports": (), "configurations": ()} if profile is None else {}
    )
    assert load_study("mine").at(profile).model_copy(update=same) == shipped.at(profile).model_copy(update=same)


@pytest.mark.parametrize(
    ("like", "data", "model"),
    [
        ("sst2-lora", "nli.csv", "smoke-decoder"),
        ("sst2-head", "nli.csv", "smoke-encoder"),
        ("snli-qlora", "nli.csv", None),
        ("layer-probe-movies", "songs.csv", "smoke-encoder"),
        ("squad-lora", "questions.csv", "smoke-encoder"),
        ("early-exit-alpaca", "told.jsonl", "smoke-decoder"),
        ("sst2-lora", "mnli", None),
        ("layer-probe-movies", "snli", None),
        ("squad-lora", "squad-v1", None),
        ("judge-by-layer", "smoke-instructions", "smoke-decoder"),
        ("sst2-mistakes", "nli.csv", "smoke-decoder"),
    ],
)
def test_data_and_model_of_ones_own_go_into_the_profile_cpu(own, experiments, like, data, model):
    given = ["--data", f"data/{data}" if "." in data else data, *(["--model", model] if model else [])]
    done = experiments("new", "mine", "--like", like, *given)
    assert (done.code, done.err) == (0, "")
    settings = load_study("mine").at("cpu").chosen
    found = settings.answers.data if like == "judge-by-layer" else settings.data
    assert found.name == data.partition(".")[0]
    assert model is None or model in (own / "experiments" / "studies" / "mine.yaml").read_text()


def test_a_new_study_of_mistakes_lists_them_with_what_the_list_does():
    lines = new_study("mine", "sst2-mistakes").splitlines()
    place = lines.index("    mistakes:")
    described = Settings.model_fields["mistakes"].description
    comment = " ".join(line.strip().removeprefix("# ") for line in lines[place - 2 : place])
    assert comment == described
    assert [line.strip(" -") for line in lines[place + 1 : place + 1 + len(ALL_MISTAKES)]] == [*ALL_MISTAKES]


@pytest.mark.parametrize("like", ["squad-lora", "sst2-lora"])
def test_lora_goes_on_layers_that_another_model_has(own, like):
    """The layers of BERT by name are none of DistilBERT's, and PEFT has no default ones for it."""
    (own / "models" / "tiny").mkdir(parents=True)
    config = {"model_type": "distilbert", "n_layers": 2}
    (own / "models" / "tiny" / "config.json").write_text(json.dumps(config))
    settings = yaml.safe_load(new_study("mine", like, model="./models/tiny"))["profiles"]["cpu"]
    trained = [each["training"]["lora"] for each in (settings, *settings.get("approaches", ())) if "training" in each]
    assert {lora["targets"] for lora in trained} == {"all-linear"}


@pytest.mark.parametrize("like", ["early-exit-alpaca", "squad-lora"])
@pytest.mark.parametrize("template", [False, True])
def test_a_model_without_a_template_is_not_asked_in_a_chat(own, like, template):
    (own / "models" / "tiny").mkdir(parents=True)
    config = {"model_type": "llama", "num_hidden_layers": 2}
    (own / "models" / "tiny" / "config.json").write_text(json.dumps(config))
    if template:
        (own / "models" / "tiny" / "chat_template.jinja").write_text("{{ messages }}")
    settings = yaml.safe_load(new_study("mine", like, model="./models/tiny"))["profiles"]["cpu"]
    assert ("'chat': True" in str(settings)) == template


def test_rows_of_json_need_not_have_the_same_fields(own, experiments):
    rows = [{"text": "a", "label": "x"}, {"text": "b"}, {"text": "c", "label": "y", "more": 1}]
    (own / "data" / "rows.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    for like, name in (("sst2-lora", "mine"), ("layer-probe-movies", "other")):
        done = experiments("new", name, "--like", like, "--data", "data/rows.jsonl")
        assert "Error" not in done.err
        assert "Traceback" not in done.err
    assert load_study("mine").at("cpu").chosen.data.labels == ("x", "y")


def test_a_judge_in_a_folder_is_named_after_it(own, experiments):
    (own / "models" / "tiny").mkdir(parents=True)
    (own / "models" / "tiny" / "config.json").write_text(json.dumps({"model_type": "llama", "num_hidden_layers": 2}))
    done = experiments("new", "mine", "--like", "judge-by-layer", "--model", "./models/tiny")
    assert (done.code, done.err) == (0, "")
    assert [judge.name for judge in load_study("mine").at("cpu").chosen.judges if judge.kind == "local"] == [
        "models-tiny"
    ]


@pytest.mark.parametrize("like", ["sst2-lora", "squad-lora", "parameter-counts"])
def test_a_new_study_has_no_name_of_its_example_in_the_chapters(like):
    assert yaml.safe_load(new_study("mine", like))["report"] == {"order": 0, "show": True}


def test_files_and_folders_are_named_by_the_way_there_from_the_project(own, experiments, tmp_path_factory):
    beside = tmp_path_factory.mktemp("beside")
    (beside / "nli.csv").write_bytes((own / "data" / "nli.csv").read_bytes())
    (own / "data" / "tiny").mkdir()
    given = ("--data", str(beside / "nli.csv"), "--model", str(own / "data" / "tiny"))
    done = experiments("new", "mine", "--like", "snli-qlora", *given)
    assert done.code == 0, done.err
    assert "nli.csv lies outside the project" in done.out
    settings = load_study("mine").at("cpu").chosen
    assert settings.data.entry.splits["all"].file == (f"../{beside.name}/nli.csv",)
    assert settings.model.folder == "./data/tiny"


def test_what_a_file_holds_is_described(own):
    said = yaml.safe_load(new_study("mine", "sst2-lora", "data/nli.csv"))["profiles"]["cpu"]["data"]
    assert said["labels"] == {"0": "label-0", "1": "label-1", "2": "label-2"}
    assert "-1" in said["unlabelled"]
    said = yaml.safe_load(new_study("mine", "layer-probe-movies", "data/songs.csv"))["profiles"]["cpu"]
    assert said["targets"] == [
        {"kind": "classification", "field": "mood"},
        {"kind": "regression", "field": "bpm"},
    ]


def test_a_text_that_recurs_is_no_class_where_another_column_has_short_names(own):
    rows = [
        f"Song {n},{('rain falls down tonight', 'a slow river sleeps')[n % 2]},{'sad' if n % 13 else ''},{60 + n}\n"
        for n in range(60)
    ]
    text = "name,words,mood,bpm\n" + "".join(rows).replace("sad", "glad", 7)
    (own / "data" / "recurs.csv").write_text(text)
    said = yaml.safe_load(new_study("mine", "layer-probe-movies", "data/recurs.csv"))["profiles"]["cpu"]
    assert said["data"]["targets"] == ["mood", "bpm"]
    assert "{words}" in said["prompt"]
    assert "{mood}" not in said["prompt"]
    (own / "data" / "recurs.csv").write_text(text.replace("sad", "sad as a day of rain").replace(",glad", ","))
    said = yaml.safe_load(new_study("mine", "layer-probe-movies", "data/recurs.csv"))["profiles"]["cpu"]
    assert said["data"]["targets"] == ["words", "bpm"]  # nothing else could be a class


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_a_csv_without_commas_is_read_by_what_parts_its_cells(own, experiments, mark):
    lines = ["text,label", *(f"a {n},{'yn'[n % 2]}" for n in range(9))]
    (own / "data" / "parted.csv").write_text("\n".join(lines).replace(",", mark))
    assert "Error" not in experiments("new", "mine", "--like", "sst2-lora", "--data", "data/parted.csv").err
    data = load_study("mine").at("cpu").chosen.data
    assert (data.delimiter, data.labels) == (mark, ("n", "y"))


@pytest.mark.parametrize(
    ("content", "labels"),
    [
        ('text;label\n"a; b";5\nb;1\n"c ""d""";5\ne;1\n', {"5": "label-5", "1": "label-1"}),
        ("text;label\nHello, world;1\nb;0\nc, d, e;1\nf;0\n", {"0": "label-0", "1": "label-1"}),
        ('\ufeff"a, text";text;label\nx;Hello, world;y\nx;b;n\nx;c, d;y\nx;f;n\n', ("n", "y")),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_commas_and_quotes_in_cells_do_not_hide_the_semicolons(own, experiments, content, labels, packed):
    path = own / "data" / ("sem.csv.gz" if packed else "sem.csv")
    path.write_bytes(gzip.compress(content.encode()) if packed else content.encode())
    done = experiments("new", "mine", "--like", "sst2-lora", "--data", f"data/{path.name}")
    assert (done.code, done.err) == (0, "")
    data = load_study("mine").at("cpu").chosen.data
    assert (data.delimiter, data.labels, said_of(own)["fields"]["text"]) == (";", labels, "text")
    rows = load_split(data.entry, "all").examples
    assert [row.text for row in rows] == [line[1 if "a, text" in content else 0] for line in cells_of(content)]


def said_of(own):
    """What the study `mine` says of its data."""
    text = (own / "experiments" / "studies" / "mine.yaml").read_text("utf-8")
    return yaml.safe_load(text)["profiles"]["cpu"]["data"]


def cells_of(content):
    """The rows of a table of semicolons below its header."""
    return list(csv.reader(content.removeprefix("\ufeff").splitlines(), delimiter=";"))[1:]


def test_a_table_of_commas_stays_one_whatever_else_stands_in_its_header(own, experiments):
    (own / "data" / "c.csv").write_text("text,label;or class\n" + "".join(f"a;b {n},{'yn'[n % 2]}\n" for n in range(9)))
    assert (
        experiments(
            "new", "mine", "--like", "sst2-lora", "--data", "data/c.csv", "--field", "label=label;or class"
        ).code
        == 0
    )
    data = load_study("mine").at("cpu").chosen.data
    assert data.delimiter is None
    assert said_of(own)["fields"] == {"text": "text", "label": "label;or class"}


def test_a_line_for_excel_is_told_as_what_it_is(own, experiments):
    (own / "data" / "x.csv").write_text("sep=;\ntext;label\na;1\nb;0\n")
    failed = experiments("new", "mine", "--like", "sst2-lora", "--data", "data/x.csv")
    assert (failed.code, failed.err.count("\n")) == (1, 1)
    assert "data/x.csv:1" in failed.err
    assert not (own / "experiments" / "studies" / "mine.yaml").exists()


def write_strange(own, names):
    rows = "".join(f"one {n},another {n},{'yn'[n % 2]},{n}\n" for n in range(30))
    (own / "data" / "strange.csv").write_text(f"{names}\n{rows}")


@pytest.mark.parametrize(
    ("like", "names", "given", "kind", "fields"),
    [
        (
            "sst2-lora",
            "text_a,text_b,lab,no",
            ["label=lab"],
            "pair",
            {"premise": "text_a", "hypothesis": "text_b", "label": "lab"},
        ),
        ("sst2-lora", "x,y,lab,no", ["label=lab", "text=y"], "sentence", {"text": "y", "label": "lab"}),
        (
            "sst2-head",
            "x,y,lab,no",
            ["label=lab", "premise=y", "hypothesis=x", "id=no"],
            "pair",
            {"premise": "y", "hypothesis": "x", "label": "lab", "id": "no"},
        ),
        (
            "sst2-lora",
            "premise,hypothesis,label,no",
            ["text=premise"],
            "sentence",
            {"text": "premise", "label": "label"},
        ),
        (
            "squad-lora",
            "q,c,a,n",
            ["question=q", "context=c", "answers=a", "id=n"],
            "question",
            {"question": "q", "context": "c", "answers": "a", "id": "n"},
        ),
        (
            "early-exit-alpaca",
            "p,r,x,n",
            ["instruction=p", "output=r"],
            "instruction",
            {"instruction": "p", "output": "r", "input": None},
        ),
        ("layer-probe-movies", "x,y,Stimmung,no", ["mood=Stimmung"], "free", None),
    ],
)
def test_columns_of_other_names_are_said_by_their_fields(own, experiments, like, names, given, kind, fields):
    write_strange(own, names)
    options = [part for each in given for part in ("--field", each)]
    done = experiments("new", "mine", "--like", like, "--data", "data/strange.csv", *options)
    assert (done.code, done.err) == (0, "")
    data = load_study("mine").at("cpu").chosen.data
    assert data.kind == kind
    if fields is None:
        assert said_of(own)["fields"]["mood"] == "Stimmung"
        assert "mood" in data.targets
    else:
        assert said_of(own)["fields"] == fields


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ([], 1, "--field label=COLUMN"),
        (["--field", "label=labb"], 1, "there is no column labb for label; there are x, y, lab, no"),
        (["--field", "label=lab", "--field", "context=x"], 1, "context"),
        (["--field", "label"], 2, "FIELD=COLUMN"),
        (["--field", "label=lab", "--field", "label=no"], 2, "once"),
    ],
)
def test_a_field_that_does_not_fit_is_one_line(own, experiments, options, code, said):
    write_strange(own, "x,y,lab,no")
    failed = experiments(
        "new", "mine", "--like", "sst2-lora", "--data", "data/strange.csv", "--field", "text=x", *options
    )
    assert failed.code == code
    assert said in " ".join(failed.err.replace("│", " ").split())
    assert code == 2 or failed.err.count("\n") == 1
    assert not (own / "experiments" / "studies" / "mine.yaml").exists()


def test_a_field_needs_a_file(own, experiments):
    failed = experiments("new", "mine", "--like", "sst2-lora", "--data", "mnli", "--field", "label=lab")
    assert (failed.code, failed.err.count("\n")) == (1, 1)
    assert "--field" in failed.err


def test_a_column_of_objects_is_told_before_a_study_is_written(own, experiments):
    rows = [{"text": {"a": "x"}, "label": "yn"[n % 2]} for n in range(9)]
    (own / "data" / "rows.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    done = experiments("new", "mine", "--like", "sst2-lora", "--data", "data/rows.jsonl")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "data/rows.jsonl: text holds objects" in done.err
    assert not (own / "experiments").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--like", "nope"), "there is no study nope to go by; there are early-exit-alpaca"),
        (("--like", "sst2-lora", "--data", "nope.csv"), "nope.csv: there is no such file"),
        (("--like", "sst2-lora", "--data", "data"), "data: is a folder"),
        (("--like", "sst2-lora", "--data", "nope"), "unknown data set nope"),
        (("--like", "sst2-lora", "--data", "data/songs.csv"), "data/songs.csv: which column is the text?"),
        (("--like", "squad-lora", "--data", "snli"), "snli has no questions"),
        (("--like", "sst2-lora", "--model", "nope"), "unknown model nope"),
        (("--like", "parameter-counts", "--data", "snli"), "parameter-counts counts parameters and takes no --data"),
    ],
)
def test_what_does_not_go_together_is_one_line_and_nothing_is_written(own, experiments, arguments, said):
    done = experiments("new", "mine", *arguments)
    assert done.code == 1
    assert said in done.err
    assert len(done.err.splitlines()) == 1
    assert not (own / "experiments").exists()


def test_a_study_that_is_there_stays(own, experiments):
    assert experiments("new", "mine", "--like", "sst2-lora").code == 0
    before = (own / "experiments" / "studies" / "mine.yaml").read_text()
    done = experiments("new", "mine", "--like", "sst2-head")
    assert done.code == 1
    assert "is there already" in done.err
    assert (own / "experiments" / "studies" / "mine.yaml").read_text() == before
    assert experiments("new", "Mine", "--like", "sst2-head").code == 2
