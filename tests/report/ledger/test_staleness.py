"""A chapter is stale exactly when something that it was made from changed, and every reason is named."""

import shutil

import pytest

from analysis.facts import open_chapter
from report.ledger.frozen import drop_stale, frozen_folder
from report.ledger.logs import chapter_log, renew_opening
from report.ledger.site_facts import facts_of, gather
from report.ledger.staleness import stale_chapters
from report.ledger.version import write_stamp
from report.rendering.project import load_project
from tests.report.conftest import run_chapter


def test_nothing_changed_nothing_is_stale(project):
    assert stale_chapters(project, "quarto") == {}
    (project.root / "report" / "prose.qmd").write_text("# Prose\n\nOther words.\n")
    assert stale_chapters(project, "quarto") == {}


def test_one_cell_makes_its_readers_stale(project, rewrite_counts):
    rewrite_counts(4)
    ((chapter, (reason,)),) = stale_chapters(project, "quarto").items()
    assert chapter == "counting"
    assert reason.startswith("table counting/counts changed: ")


def test_the_same_bytes_frozen_again_change_nothing(project, rewrite_counts):
    rewrite_counts(3)
    assert stale_chapters(project, "quarto") == {}


CHANGES = {
    "include report/_part.qmd changed": ("index", lambda root: (root / "report" / "_part.qmd").write_text("Other.\n")),
    "include report/_part.qmd is gone": ("index", lambda root: (root / "report" / "_part.qmd").unlink()),
    "report/counting.qmd changed": (
        "counting",
        lambda root: (root / "report" / "counting.qmd").write_text("```{python}\nopen_chapter('counting')\n```\n"),
    ),
    "report/figures/counting-parts.svg is gone": (
        "counting",
        lambda root: (root / "report" / "figures" / "counting-parts.svg").unlink(),
    ),
    "table counting/counts: experiments/frozen/counting/counts.json: missing": (
        "counting",
        lambda root: shutil.rmtree(root / "experiments" / "frozen" / "counting"),
    ),
    "nothing is known of its last run": (
        "counting",
        lambda root: (root / "_ledger" / "quarto" / "counting.jsonl").write_bytes(b'{"line":"op'),
    ),
}


@pytest.mark.parametrize("reason", CHANGES)
def test_every_other_reason(project, reason):
    chapter, change = CHANGES[reason]
    change(project.root)
    found = stale_chapters(project, "quarto")
    assert list(found) == [chapter]
    assert any(line.startswith(reason) for line in found[chapter]), found


def test_a_log_that_is_renewed_stands_for_the_present_text(project):
    chapter = project.chapter("counting")
    chapter.path.write_text(chapter.path.read_text() + "\nMore words.\n")
    assert list(stale_chapters(project, "quarto")) == ["counting"]
    shown = chapter_log(project, "quarto", chapter).facts
    renew_opening(project, "quarto", chapter)
    assert stale_chapters(project, "quarto") == {}
    assert chapter_log(project, "quarto", chapter).facts == shown != []


def test_facts_are_made_anew_only_where_cells_ran_anew(project, rewrite_counts):
    chapter = project.chapter("counting")
    before = facts_of(chapter_log(project, "quarto", chapter))
    chapter.path.write_text(chapter.path.read_text() + "\nMore words.\n")
    renew_opening(project, "quarto", chapter)
    assert facts_of(chapter_log(project, "quarto", chapter)) is before
    rewrite_counts(4)
    run_chapter(project.root, chapter.path.read_text())
    after = facts_of(chapter_log(project, "quarto", chapter))
    assert [fact.value for fact in after] != [fact.value for fact in before]


def test_the_lock_file_counts_by_its_pins_alone(project):
    lockfile = project.root / "lockfiles" / "report.txt"
    lockfile.write_text("# a comment\nnumpy==2.4.6 --hash=sha256:0\n")
    assert stale_chapters(project, "quarto") == {}
    lockfile.write_text("numpy==2.4.7\n")
    assert {chapter: len(reasons) for chapter, reasons in stale_chapters(project, "quarto").items()} == {
        "index": 1,
        "counting": 1,
    }


def test_an_analysis_module_makes_stale_whoever_imports_it(project, monkeypatch):
    from analysis.facts import dependencies

    digest = dependencies.code_digest
    monkeypatch.setattr(
        dependencies, "code_digest", lambda m, *_: "0" * 64 if "analysis.figures.stacked" in m else digest(m, *_)
    )
    found = stale_chapters(project, "quarto")
    assert list(found) == ["counting"]
    assert found["counting"][0].startswith("module analysis.figures.stacked changed: ")


def test_engines_are_judged_by_their_own_logs(project):
    assert set(stale_chapters(project, "press")) == {"index", "counting"}


def freeze(project, chapter: str, shows: str) -> None:
    folder = frozen_folder(project, project.chapter(chapter)) / "execute-results"
    folder.mkdir(parents=True)
    for name in ("html.json", "typ.json"):
        (folder / name).write_text('{"result": {"markdown": "[2]{.fact data-fact=\\"' + shows + '\\"}"}}')


def test_exactly_the_stale_frozen_outputs_are_dropped(project, rewrite_counts):
    freeze(project, "index", "index-1")
    freeze(project, "counting", "counting-5")
    assert drop_stale(project) == {}
    rewrite_counts(4)
    assert list(drop_stale(project)) == ["counting"]
    assert frozen_folder(project, project.chapter("index")).is_dir()
    assert not frozen_folder(project, project.chapter("counting")).exists()


def test_a_run_that_was_stopped_does_not_stand_for_the_older_frozen_output(project):
    freeze(project, "counting", "counting-1000")
    assert drop_stale(project) == {"counting": ["html.json shows values that its last run did not record"]}


def test_a_new_table_concerns_whoever_lists_them_all(project, write_table):
    page = open_chapter("index")
    assert [view.id for view in page.tables()] == ["counting/counts", "published/scores"]
    assert stale_chapters(project, "quarto") == {}
    write_table(project.root / "experiments" / "frozen", "new/one", "measured", ["a"], {"a": "string"}, [{"a": "b"}])
    assert stale_chapters(project, "quarto") == {"index": ["table new/one is new"]}


def test_a_chapter_without_a_log_is_followed_too(project):
    prose = project.chapter("prose")
    prose.path.write_text("# Prose\n\n```{python}\nprint(1)\n```\n\n{{< include _part.qmd >}}\n")
    freeze(project, "prose", "none")
    assert drop_stale(project) == {"prose": ["nothing is known of its last run"]}
    assert drop_stale(project) == {}
    freeze_again = frozen_folder(project, prose) / "execute-results"
    freeze_again.mkdir(parents=True)
    (freeze_again / "html.json").write_text("{}")
    assert drop_stale(project) == {}
    (project.root / "report" / "_part.qmd").write_text("Included, now with more.\n")
    (reason,) = drop_stale(project)["prose"]
    assert reason.startswith("include report/_part.qmd changed: ")
    assert drop_stale(project) == {}


READS = """# Prose

```{python}
import helpers
from analysis.facts import open_chapter
page = open_chapter("prose")
inputs = ["notes/named.csv"]
for name in ("computed", "twice"):
    text = open(f"notes/{name}.csv").read()
with open("notes/written.txt", "w") as file:
    file.write("x")
open("notes/written.txt").read()
```
"""
OWN = {
    "helpers.py": "import more_helpers\n",
    "more_helpers.py": "ONE = 1\n",
    "notes/named.csv": "a\n",
    "notes/computed.csv": "a\n",
    "notes/twice.csv": "a\n",
    "notes/unread.csv": "a\n",
}


@pytest.fixture
def reader(project):
    """The book after a run of the chapter above, which reads files and modules of the project."""
    (project.root / "notes").mkdir()
    for name, text in OWN.items():
        (project.root / name).write_text(text)
    project.chapter("prose").path.write_text(READS)
    run_chapter(project.root, READS)
    return project


def test_files_of_the_project_that_were_read_count(reader):
    assert stale_chapters(reader, "quarto") == {}
    for name, text in OWN.items():
        (reader.root / name).write_text(text + "b = 2\n")
        found = stale_chapters(reader, "quarto").get("prose", [])
        (reader.root / name).write_text(text)
        assert len(found) == (name != "notes/unread.csv"), name
    (reader.root / "helpers.py").write_text("# A remark.\nimport more_helpers\n")
    (reader.root / "notes" / "written.txt").write_text("of another run")
    assert stale_chapters(reader, "quarto") == {}


WITHOUT_CELLS = {
    "only text": "# Counting\n\nOnly text now.\n",
    "cells that are shown alone": "# Counting\n\n```{{python}}\nopen_chapter('counting')\n```\n",
    "cells in a comment": "# Counting\n\n<!--\nopen_chapter('counting')\n-->\n",
    "code that is only shown": "# Counting\n\n```python\nimport analysis.facts\n```\n",
}


@pytest.mark.parametrize("text", WITHOUT_CELLS.values(), ids=WITHOUT_CELLS)
def test_a_chapter_whose_cells_are_taken_out_again_has_no_facts(reader, text):
    counting = reader.chapter("counting")
    freeze(reader, "counting", "counting-1")
    counting.path.write_text(text)
    assert list(drop_stale(reader)) == ["counting"]
    write_stamp(reader.root)
    assert {fact.chapter for fact in gather(reader, "quarto").facts} == {"index"}


def test_a_chapter_that_is_taken_out_of_the_book_has_no_facts(reader):
    config = reader.root / "_quarto.yml"
    config.write_text(config.read_text().replace("report/counting.qmd, ", ""))
    project = load_project(reader.root)
    write_stamp(project.root)
    drop_stale(project)
    assert {fact.chapter for fact in gather(project, "quarto").facts} == {"index"}
