"""`report check --since REV`: the claims that come out another way on the tables of a git revision."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from experiments.cli.progress import show_progress
from experiments.freezing import run_study
from experiments.study_files import load_study
from experiments.tables.errors import UserError
from report.checking.since import Change, changes_since
from report.rendering.project import load_project

CONFIG = "project: {{type: book}}\nbook: {{title: Book, chapters: [{}]}}\n"
INDEX = """# Start

```{python}
from analysis.facts import open_chapter
page = open_chapter("index")
before, after = (page.table("published-x/figures").at(figure=name)["value"] for name in ("before", "after"))

def told():
    if after > before:
        return page.say("It rises to {v}.", v=after, rests_on=[after > before])
    return page.say("It does not rise: {v}.", v=after, rests_on=[after <= before])
```

```{python}
#| eval: false
1 / 0
```

`{python} page.claim("tuned-wins", "holds" if after > before else "fails", "{v} it is.", v=after)`

`{python} told()`

`{python} page.claim("always", "holds", "{v} was first.", v=before)`
"""
COSTS = INDEX.replace('"index"', '"costs"').replace("tuned-wins", "it-pays")
STUDY = """\
study: published-x
system: published
title: A document
sources: {doc: {title: A document, place: whole text}}
figures:
  - {figure: before, quantity: accuracy, method: zero-shot, printed: "13%", printed_unit: percent, place: p}
  - {figure: after, quantity: accuracy, method: fine-tuned, printed: "95%", printed_unit: percent, place: p}
claims:
  - {claim: it-rises, statement: So it is., place: p, predicate: rises, of: {quantity: accuracy}, along: method,
     steps: [zero-shot, fine-tuned]}
  - {claim: it-is-small, statement: So it is., place: p, predicate: less, left: {quantity: accuracy, method: zero-shot},
     right: {value: 0.5}}
"""


def git(folder: Path, *arguments: str) -> None:
    name = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *name, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A book in git whose last state has another figure than the one before: `root`, and its `project`."""
    root = tmp_path_factory.mktemp("since")
    chapters = {"index.qmd": INDEX, "report/costs.qmd": COSTS, "report/prose.qmd": "# Prose\n"}
    with pytest.MonkeyPatch.context() as patch:
        yield frozen_twice(root, chapters, STUDY, STUDY.replace('"95%"', '"9.5%"'), patch)


def frozen_twice(root: Path, chapters: dict[str, str], first: str, last: str, patch) -> SimpleNamespace:
    """A book whose study was frozen and committed, then frozen as it is in the end: `root`, and its `project`."""
    names = ", ".join(chapters)
    files = {"_quarto.yml": CONFIG.format(names), **chapters}
    files |= {
        "experiments/studies/published-x.yaml": first,
        "lockfiles/experiments.txt": "",
        "lockfiles/report.txt": "numpy==2.0\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    (root / ".gitignore").write_text("runs/\n_ledger/\n")
    patch.chdir(root)
    for variable in [name for name in os.environ if name.startswith("COLOPHON_")]:
        patch.delenv(variable)
    patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(Path(__file__).parents[3]), *sys.path[:1]])))

    def freeze() -> None:
        run_study(load_study("published-x"), root / "experiments" / "frozen", show_progress)

    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "nothing is frozen")
    freeze()
    git(root, "add", "-A")
    git(root, "commit", "-qm", "the tuned model wins")
    (root / "experiments" / "studies" / "published-x.yaml").write_text(last, "utf-8")
    freeze()
    return SimpleNamespace(root=root, project=load_project(root))


def test_each_claim_that_turned_over_is_listed_and_no_other(book):
    found = changes_since(book.project, "HEAD")
    assert found.notes == []
    changes = {change.claim: (change.before, change.now) for change in found.changes}
    turned = [name for name in changes if " against " in name]
    assert {name: value for name, value in changes.items() if name not in turned} == {
        "claim it-rises of published-x": ("holds", "fails"),
        "index.qmd: tuned-wins": ("holds", "fails"),
        "report/costs.qmd: it-pays": ("holds", "fails"),
    }
    assert [changes[name] for name in turned] == [(">", "<=")] * 2
    assert found.compared == 8
    assert len(found.lines) == len(changes) + 1
    assert not (book.root / "_ledger").exists()


def test_a_sentence_is_told_with_spaces_that_everybody_can_read():
    assert str(Change("it", "holds", "fails", "From 1\u00a0to\u00a02.")) == "it: holds -> fails (From 1 to 2.)"


def test_nothing_changes_where_the_tables_are_the_same(book, monkeypatch):
    git(book.root, "stash")
    try:
        found = changes_since(book.project, "HEAD")
    finally:
        git(book.root, "stash", "pop")
    assert (found.changes, found.notes) == ([], [])


def test_a_state_without_tables_says_what_could_not_be_compared(book):
    found = changes_since(book.project, "HEAD~1")
    assert {change.before for change in found.changes} == {None}
    assert [note.partition(",")[0] for note in found.notes] == ["index.qmd", "report/costs.qmd"]


@pytest.mark.parametrize("revision", ["nowhere", "--all", ""])
def test_a_revision_that_is_not_there_is_one_line(book, revision):
    with pytest.raises(UserError, match=f"^there is no revision .*{revision}.* in the repository around [^ ]+$"):
        changes_since(book.project, revision)


def test_a_claim_over_a_run_of_another_seed_is_the_same_claim(tmp_path, monkeypatch):
    index = """# Start

```{python}
from analysis.facts import open_chapter
page = open_chapter("index")
runs = [row for row in page.table("published-x/figures").rows if "seed" in str(row["figure"].data)]
first, last = (row["value"] for row in runs)
```

`{python} page.say("It rises to {v}.", v=last, rests_on=[last > first])`
"""
    study = STUDY.replace("figure: before", "figure: untuned-seed-0").replace("figure: after", "figure: tuned-seed-0")
    chapters = {"index.qmd": index}
    book = frozen_twice(tmp_path, chapters, study, study.replace("seed-0", "seed-7"), monkeypatch)
    found = changes_since(book.project, "HEAD")
    assert (found.changes, found.notes, found.compared) == ([], [], 3)
