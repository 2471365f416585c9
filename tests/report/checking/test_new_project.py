"""What the product itself says on a page of a new project needs no entry in that project's `report/allowed.yaml`."""

import pytest
import yaml
from bs4 import BeautifulSoup

from analysis.audit import CHECKS
from analysis.audit.explained import explanations
from report.rendering.cli import main
from tests.experiments.smoke import experiments
from tests.new_project import start_project
from tests.own_data import write_csv

PAPER = {
    "study": "published-other",
    "system": "published",
    "title": "A README",
    "sources": {"other": {"title": "A README", "place": "README"}},
    "figures": [{"figure": "n", "quantity": "samples", "printed": "120", "printed_unit": "count", "place": "Results"}],
}
AUDIT = "findings = audit(page)"
EACH_CHECK = """\
from analysis.audit import CHECKS, Finding

printed = page.table("published-other/figures").at(figure="n")["printed"]
found = [
    Finding(check, "published-other", "other", ("n",), verdict, "It is {printed}.", {"printed": printed})
    for check in CHECKS for verdict in MEANINGS
]
not_found = [
    Finding(check, "published-other", "other", ("n",), "unverifiable", "It is not printed.", {}) for check in CHECKS
]
findings = """


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A blank project with one published figure, whose only chapter, beside the home page, is that on the audit."""
    root = start_project(tmp_path, monkeypatch, ["index.qmd", "report/audit.qmd"])
    (root / "experiments/studies/published-other.yaml").write_text(yaml.safe_dump(PAPER, sort_keys=False), "utf-8")
    done = experiments(root, "run", "published-other")
    assert done.returncode == 0, done.stderr
    return root


@pytest.mark.parametrize("found", ["found", "not_found"])
def test_what_the_audit_says_of_its_checks_is_no_finding(root, capsys, found):
    chapter = root / "report" / "audit.qmd"
    text = chapter.read_text("utf-8")
    assert AUDIT in text
    chapter.write_text(text.replace(AUDIT, EACH_CHECK + found), "utf-8")
    assert main(["render", "--engine", "press", "--to", "html"]) == 0, capsys.readouterr().err
    assert main(["check"]) == 0
    assert not capsys.readouterr().err
    page = BeautifulSoup((root / "_site/report/audit.html").read_text("utf-8"), "html.parser")
    shown = " ".join(page.get_text(" ").split())
    assert [name for name in CHECKS if explanations()[name].asks not in shown] == []
    recomputed = [name for name in CHECKS if explanations()[name].recomputes in shown]
    assert recomputed == (list(CHECKS) if found == "found" else [])


def test_adopted_predictions_of_three_models_have_no_findings(root, capsys):
    """A line of their figure is called after two of them."""
    rows = [(n, "ab"[n % 2], "a", "ab"[n % 2] if n % 9 else "b", "ab"[n % 3 % 2]) for n in range(60)]
    write_csv(root / "some.csv", ("id", "label", "base", "one", "two"), rows)
    maps = "id=id,gold=label,base=base,one=one,two=two"
    done = experiments(root, "adopt", "some.csv", "--study", "mine", "--map", maps)
    assert done.returncode == 0, done.stderr
    settings = root / "_quarto.yml"
    settings.write_text(settings.read_text("utf-8").replace("report/audit.qmd", "report/classification.qmd"), "utf-8")
    assert main(["render", "--engine", "press", "--to", "html"]) == 0, capsys.readouterr().err
    page = (root / "_site/report/classification.html").read_text("utf-8")
    assert "one against base" in page
    assert "fine-tuning" not in BeautifulSoup(page, "html.parser").main.get_text()


def test_a_word_that_compares_is_told_there_all_the_same(root, capsys):
    chapter = root / "report" / "audit.qmd"
    chapter.write_text(chapter.read_text("utf-8") + "\nThe average is less than one class.\n", "utf-8")
    assert main(["render", "--engine", "press", "--to", "html"]) == 1
    assert "less" in capsys.readouterr().err
