"""Predictions of another run take the place of those frozen: sentences follow their tests, and nothing is refused."""

import subprocess

import pytest
from bs4 import BeautifulSoup

from report.rendering.cli import main
from tests.experiments.smoke import experiments
from tests.new_project import start_project
from tests.own_data import write_csv

GOLD = ["neg", "pos"] * 60
OTHER = {"neg": "pos", "pos": "neg"}
WORDS = {"gain": "rises", "loss": "falls", "open": "not significant"}
BEFORE, AFTER = {0, 1, 2, 3}, {"gain": {0}, "loss": {0, 1, 2, 3, 4, 5, 6}, "open": {4, 5, 6, 7}}
"""Which examples of ten are wrong."""


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A new project with the chapters that tell of a classifier, as the current folder."""
    chapters = ["index.qmd", "report/classification.qmd"]
    return start_project(tmp_path, monkeypatch, chapters, ["report/claims.qmd"])


def freeze(root, outcome: str) -> None:
    for name, wrong in (("before", BEFORE), ("after", AFTER[outcome])):
        rows = [(n, gold, OTHER[gold] if n % 10 in wrong else gold) for n, gold in enumerate(GOLD)]
        write_csv(root / f"{name}.csv", ("id", "label", "guess"), rows)
    files = ["--before", "before.csv", "--after", "after.csv", "--map", "id=id,gold=label,predicted=guess"]
    done = experiments(root, "adopt", "--study", "mine", *files)
    assert done.returncode == 0, done.stderr


def claims(root) -> str:
    """The sentences of the chapter that rest on comparisons."""
    page = BeautifulSoup((root / "_site/report/classification.html").read_text("utf-8"), "html.parser")
    return " ".join(" ".join(each.get_text().split()) for each in page.select("main .claim"))


def git(root, *arguments: str) -> None:
    name = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *name, *arguments], cwd=root, check=True, capture_output=True)


def test_sentences_turn_over_with_the_predictions_and_the_check_stays_clean(root, capsys):
    git(root, "init", "-q")
    for outcome in ("gain", "loss", "open"):
        freeze(root, outcome)
        assert main(["render", "--engine", "press"]) == 0, capsys.readouterr().err
        if outcome == "gain":
            assert main(["accept"]) == 0
        capsys.readouterr()
        since = ["--since", "HEAD"] if outcome != "gain" else []
        assert main(["check", *since]) == 0, capsys.readouterr().err
        told = capsys.readouterr().out
        assert ("report/classification.qmd: " in told) == bool(since)
        said = claims(root)
        assert [each for each, words in WORDS.items() if words in said] == [outcome], said
        git(root, "add", "-A")
        git(root, "commit", "-qm", outcome)
