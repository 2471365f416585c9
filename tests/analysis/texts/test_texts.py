"""The text of an example is joined from the very file that its table was made from, and stays text."""

import json

import pypandoc
import pytest

from analysis.facts import FactError, open_chapter
from analysis.facts.fact_log import fact_log_path, read_fact_log
from analysis.texts import texts_of
from analysis.texts.join import ABSENT
from experiments.tables.digest import sha256_file
from report.ledger.staleness import stale_chapters
from report.rendering.project import load_project

HOSTILE = "<script>alert(1)</script> {{< meta title >}} | $x$ `{python} 1` [a](b) @cite"
SQUAD = {
    "data": [
        {
            "paragraphs": [
                {
                    "context": "c",
                    "qas": [
                        {
                            "id": "5a",
                            "question": "Who?",
                            "answers": [{"text": "Ada"}, {"text": "Ada"}, {"text": "A. L."}],
                        },
                        {"id": "5b", "question": "Where?", "answers": []},
                    ],
                }
            ]
        }
    ]
}
ALPACA = [
    {"instruction": "Say yes.", "input": "", "output": HOSTILE},
    {"instruction": "Add up.", "input": "1, 2", "output": "3"},
]
FILES = {
    "sst2/dev.tsv": f"sentence\tlabel\nfine . \t1\n{HOSTILE}\t0\n",
    "snli/test.jsonl": json.dumps({"premise": "A dog.", "hypothesis": "A cat.", "label": "contradiction"}) + "\n",
    "squad/dev-v2.0.json": json.dumps(SQUAD),
    "alpaca/alpaca_data.json": json.dumps(ALPACA),
}


@pytest.fixture
def data(book, monkeypatch):
    folder = book / "data"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    monkeypatch.delenv("COLOPHON_DATA_DIR", raising=False)
    return folder


@pytest.fixture
def examples(book, data, write_table):
    """A function: the examples of a chapter that reads the table with these ids of a split."""

    def read(split: str, file: str, ids: list[str]):
        digests = {split: sha256_file(data / file), "part test": "0" * 64}
        rows = [{"id": name} for name in ids]
        write_table(
            book / "experiments" / "frozen", "study/examples", "measured", ["id"], {"id": "string"}, rows, digests
        )
        page = open_chapter("story")
        return page, page.table("study/examples")

    return read


@pytest.mark.parametrize(
    ("split", "file", "ids", "expected"),
    [
        ("sst2/dev", "sst2/dev.tsv", ["dev-1", "dev-2"], ["fine .", HOSTILE]),
        ("snli/test", "snli/test.jsonl", ["test-1"], ["Premise: A dog. Hypothesis: A cat."]),
        (
            "squad/dev",
            "squad/dev-v2.0.json",
            ["5a", "5b"],
            ["Question: Who? Answer: Ada; A. L.", "Question: Where? Answer: none"],
        ),
        # A file that is not named after its split is found by its digest.
        (
            "alpaca/all",
            "alpaca/alpaca_data.json",
            ["all-1", "all-2"],
            [f"Instruction: Say yes. Reference: {HOSTILE}", "Instruction: Add up. Input: 1, 2; Reference: 3"],
        ),
    ],
)
def test_the_texts_of_each_format_read_back_as_they_are(examples, split, file, ids, expected):
    page, view = examples(split, file, ids)
    texts = texts_of(page, view)
    assert texts.complete
    plain = [pypandoc.convert_text(texts(row), "plain", "markdown-smart", extra_args=["--wrap=none"]) for row in view]
    assert [text.strip() for text in plain] == expected


def test_an_answer_out_of_a_paragraph_is_marked_as_a_text_of_the_data(examples, data, book, write_table):
    """Its numbers are the data's own: the check asks no table for them."""
    squad = json.loads(FILES["squad/dev-v2.0.json"])
    squad["data"][0]["paragraphs"][0]["context"] = "The cat sat 8 times on 3 mats."
    (data / "squad" / "dev-v2.0.json").write_text(json.dumps(squad))
    digests = {"squad/dev": sha256_file(data / "squad" / "dev-v2.0.json")}
    columns = {"id": "string", "start": "integer", "end": "integer"}
    rows = [{"id": "5a", "start": 8, "end": 19}]
    write_table(book / "experiments" / "frozen", "study/answers", "measured", ["id"], columns, rows, digests)
    page = open_chapter("story")
    view = page.table("study/answers")
    [row] = view
    assert texts_of(page, view).span(row, row["start"], row["end"]) == "[sat 8 times]{.example-text}"


def test_another_file_of_the_same_name_is_not_read(examples, data, monkeypatch):
    page, view = examples("sst2/dev", "sst2/dev.tsv", ["dev-1"])
    (data / "sst2" / "dev.tsv").write_text("sentence\tlabel\nother\t1\n")
    texts = texts_of(page, view)
    assert not texts.complete
    assert [texts(row) for row in view] == [ABSENT]


def test_the_folder_may_be_named_by_the_environment(examples, data, tmp_path, monkeypatch):
    page, view = examples("sst2/dev", "sst2/dev.tsv", ["dev-1"])
    data.rename(tmp_path / "elsewhere")
    assert not texts_of(page, view).complete
    monkeypatch.setenv("COLOPHON_DATA_DIR", str(tmp_path / "elsewhere"))
    assert texts_of(page, view).complete


def test_a_long_text_is_cut_between_words(examples, data):
    (data / "sst2" / "dev.tsv").write_text("sentence\tlabel\n" + "word " * 100 + "\t1\n")
    page, view = examples("sst2/dev", "sst2/dev.tsv", ["dev-1"])
    [text] = [texts_of(page, view)(row) for row in view]
    assert text.endswith("word …]{.example-text}")
    assert len(text) < 320


def test_a_file_that_is_no_such_data_is_an_error_in_one_line(examples, data):
    (data / "squad" / "dev-v2.0.json").write_text("[]")
    page, view = examples("squad/dev", "squad/dev-v2.0.json", ["5a"])
    with pytest.raises(FactError, match=r"dev-v2\.0\.json: not the format of the split dev"):
        texts_of(page, view)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("own.tsv", "review\tstars\nfine\t1\n"),
        ("own.jsonl", '{"text1": "a", "text2": "b"}\n'),
        ("own.json", '[{"prompt": "a", "response": "b"}]'),
    ],
)
def test_nothing_is_shown_of_a_data_set_with_columns_of_its_own(examples, data, file, content):
    (data / file).write_text(content)
    page, view = examples("own/dev", file, ["dev-1"])
    texts = texts_of(page, view)
    assert [texts(row) for row in view] == [ABSENT]


def test_a_chapter_is_stale_when_the_data_comes_or_goes(examples, book, data):
    (book / "_quarto.yml").write_text(
        "project: {type: book, output-dir: _site}\nbook: {title: Book, chapters: [index.qmd, report/story.qmd]}\n"
    )
    (book / "index.qmd").write_text("# Index\n")
    page, view = examples("sst2/dev", "sst2/dev.tsv", ["dev-1"])
    texts_of(page, view)
    assert read_fact_log(fact_log_path(book, "quarto", "story")).data == {
        ("sst2/dev", sha256_file(data / "sst2" / "dev.tsv")): True
    }
    project = load_project(book)
    (book / "report" / "story.qmd").write_text(
        "```{python}\nfrom analysis.facts import open_chapter\nopen_chapter('story')\n```\n"
    )
    texts_of(open_chapter("story"), view)
    assert stale_chapters(project, "quarto") == {}
    (data / "sst2" / "dev.tsv").rename(data / "dev.tsv")
    assert stale_chapters(project, "quarto") == {"story": ["the data file sst2/dev is gone or changed"]}


@pytest.mark.parametrize(
    ("name", "content", "kind", "more", "ids", "expected"),
    [
        (
            "pairs.csv",
            '\ufeffa;b;y\n"A dog; a cat.";Dogs.;0\nx;y;-1\nNo.;Yes.;1\n',
            "pair",
            {"fields": {"premise": "a", "hypothesis": ["c", "b"]}, "delimiter": ";"},
            ["all-1", "all-3"],
            ["Premise: A dog; a cat. Hypothesis: Dogs.", "Premise: No. Hypothesis: Yes."],
        ),
        ("few.tsv", 'text\tlabel\n"so\tx\n', "sentence", {}, ["all-1"], ['"so']),
        (
            "own.jsonl",
            '{"key": 7, "ask": "Sing."}\n',
            "instruction",
            {"fields": {"id": "key", "instruction": "ask", "input": None, "output": "none"}},
            ["7"],
            ["Instruction: Sing."],
        ),
    ],
)
def test_data_that_a_study_describes_is_read_by_its_own_columns(
    book, write_table, tmp_path, name, content, kind, more, ids, expected
):
    path = tmp_path / "elsewhere" / name
    path.parent.mkdir()
    path.write_text(content, "utf-8")
    cut = {"split": "all", "into": ["train", "test"], "share": 0.5}
    data = {"name": "own", "kind": kind, "splits": {"all": str(path)}, "cut": cut, **more}
    study = book / "experiments" / "studies" / "study.yaml"
    study.parent.mkdir(parents=True, exist_ok=True)
    study.write_text(json.dumps({"study": "study", "profiles": {"cpu": {"data": data}}}), "utf-8")
    digests = dict.fromkeys(("own/all", "own/test"), sha256_file(path))
    frozen, rows = book / "experiments" / "frozen", [{"id": each} for each in ids]
    write_table(frozen, "study/examples", "measured", ["id"], {"id": "string"}, rows, digests)
    page = open_chapter("story")
    view = page.table("study/examples")
    texts = texts_of(page, view)
    assert texts.complete
    plain = [pypandoc.convert_text(texts(row), "plain", "markdown-smart", extra_args=["--wrap=none"]) for row in view]
    assert [text.strip() for text in plain] == expected
