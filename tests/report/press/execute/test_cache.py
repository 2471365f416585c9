"""What the cache gives back, and what makes it forget."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from analysis.facts.fact_log import FactLogWriter, fact_log_path
from experiments.tables.digest import sha256_bytes
from report.press.execute.cache import ExecutionCache, dependencies
from report.press.execute.run import execute
from report.press.source.chapter import read_book
from report.rendering.project import load_project


@pytest.fixture
def book(write_book, write_table, monkeypatch):
    """A chapter that reads a table through the door, with the log and the figure that its run left."""
    root = write_book({"report/one.qmd": '# One\n\n```{python}\npage = open_chapter("one")\n```\n'})
    monkeypatch.chdir(root)
    monkeypatch.delenv("COLOPHON_DATA_DIR", raising=False)
    frozen = root / "experiments" / "frozen"
    write_table(frozen, "study/sizes", "computed", ["name"], {"name": "string"}, [{"name": "a"}])
    (root / "figure.svg").write_text("<svg/>")
    log = FactLogWriter(fact_log_path(root, "press", "one"))
    log.append("open", chapter="one")
    log.append("read", table="study/sizes", digest="0", sidecar="0")
    log.append("artefact", path="figure.svg", digest="0")
    log.close()
    return load_project(root)


def notebook(needs: object) -> nbformat.NotebookNode:
    made = new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "colophon": needs}})
    made.cells.append(new_code_cell("1", execution_count=1))
    return made


def test_figure_and_log_come_back_with_the_outputs(book):
    chapter = book.chapter("one")
    cache = ExecutionCache(book, book.root / "cache")
    cache.store(notebook({"a": 1}), chapter)
    path = fact_log_path(book.root, "press", "one")
    kept = path.read_bytes()
    (book.root / "figure.svg").unlink()
    path.write_text("of another run")
    assert cache.find(notebook({"a": 2})) is None
    assert path.read_text() == "of another run"
    assert cache.find(notebook({"a": 1})) is not None
    assert path.read_bytes() == kept
    assert (book.root / "figure.svg").read_text() == "<svg/>"


def test_a_log_of_the_same_run_keeps_what_it_says_of_the_text(book):
    chapter = book.chapter("one")
    path = fact_log_path(book.root, "press", "one")
    opening = {"line": "open", "chapter": "one", "modules": {"m": "1"}, "source_digest": "1", "includes": {}}
    _, _, rest = path.read_bytes().partition(b"\n")

    def write(**changed: object) -> bytes:
        path.write_bytes(json.dumps(opening | changed).encode() + b"\n" + rest)
        return path.read_bytes()

    kept = write()
    cache = ExecutionCache(book, book.root / "cache")
    cache.store(notebook({}), chapter)
    of_another_text = write(source_digest="2", includes={"part.qmd": "3"})
    assert cache.find(notebook({})) is not None
    assert path.read_bytes() == of_another_text
    for damage in (lambda: write(modules={"m": "2"}), lambda: path.write_bytes(kept + b"{}\n"), path.unlink):
        damage()
        assert cache.find(notebook({})) is not None
        assert path.read_bytes() == kept


def test_damaged_cache_is_an_empty_one(book):
    folder = book.root / "cache"
    ExecutionCache(book, folder).store(notebook({}), book.chapter("one"))
    (folder / "global.db").write_bytes(b"no database")
    cache = ExecutionCache(book, folder)
    assert cache.find(notebook({})) is None
    cache.store(notebook({}), book.chapter("one"))
    assert cache.find(notebook({})) is not None


def test_entry_whose_files_are_gone_is_none(book):
    cache = ExecutionCache(book, book.root / "cache")
    cache.store(notebook({}), book.chapter("one"))
    for file in (book.root / "cache").rglob("base.ipynb"):
        file.unlink()
    assert cache.find(notebook({})) is None


def test_dependencies_follow_the_tables_that_were_read(book, write_table):
    chapter = book.chapter("one")
    before = dependencies(book, chapter)
    assert dependencies(book, chapter) == before
    frozen = book.root / "experiments" / "frozen"
    write_table(frozen, "study/others", "computed", ["name"], {"name": "string"}, [{"name": "b"}])
    assert dependencies(book, chapter) == before
    write_table(frozen, "study/sizes", "computed", ["name"], {"name": "string"}, [{"name": "b"}])
    assert dependencies(book, chapter) != before


def test_without_a_log_a_chapter_that_opens_the_door_has_to_run(book):
    fact_log_path(book.root, "press", "one").unlink()
    assert dependencies(book, book.chapter("one")) is None
    assert dependencies(book, book.chapter("index")) is not None


def test_a_data_file_that_comes_is_another_key(book):
    with (book.root / "_ledger" / "press" / "one.jsonl").open("a") as log:
        log.write('{"line":"data","name":"sst2/dev","digest":"' + sha256_bytes(b"text") + '","found":false}\n')
    before = dependencies(book, book.chapter("one"))
    assert dependencies(book, book.chapter("one")) == before
    (book.root / "data" / "sst2").mkdir(parents=True)
    (book.root / "data" / "sst2" / "dev.tsv").write_text("text")
    assert dependencies(book, book.chapter("one")) != before


@pytest.mark.parametrize(
    "body",
    [
        "Only text now.",
        "```{python}\n# | eval: false\nopen_chapter('one')\n```",
        "```{{python}}\nopen_chapter('one')\n```",
        "<!-- the cells were here -->",
    ],
)
def test_of_a_chapter_of_which_no_cell_runs_any_more_no_facts_are_left(book, body):
    book.chapter("one").path.write_text(f"# One\n\n{body}\n")
    execute(book, read_book(book))
    assert not fact_log_path(book.root, "press", "one").exists()
