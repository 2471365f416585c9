"""Claims of a published document in a new project: decided, said and checked at a render, at the level of a default."""

import pytest
import yaml
from bs4 import BeautifulSoup
from pypdf import PdfReader

from experiments.cli.progress import show_progress
from experiments.freezing import run_study
from experiments.study_files import load_study
from report.rendering.cli import main
from report.rendering.new import write_project

TUNED, ZERO_SHOT = ({"quantity": "accuracy", "method": method} for method in ("fine-tuned", "zero-shot"))
CLAIMS = {
    "Tuning is significantly better.": {"predicate": "difference-significant", "left": TUNED, "right": ZERO_SHOT},
    "Zero-shot is significantly better.": {"predicate": "difference-significant", "left": ZERO_SHOT, "right": TUNED},
    "Zero-shot the model guesses.": {"predicate": "at-chance", "of": ZERO_SHOT, "classes": 2},
    "The tuned model guesses.": {"predicate": "at-chance", "of": TUNED, "classes": 2},
    "Whatever its labels, the tuned model guesses.": {"predicate": "at-chance", "of": TUNED},
}
VERDICTS = ["holds", "fails", "holds", "fails", "unverifiable"]
STUDY = {
    "study": "published-other",
    "system": "published",
    "title": "A README",
    "sources": {"other": {"title": "A README", "place": "README"}},
    "figures": [
        {"figure": "n", "quantity": "samples", "printed": "120", "printed_unit": "count", "place": "Results"},
        {"figure": "before", **ZERO_SHOT, "printed": "50.8%", "printed_unit": "percent", "place": "Results"},
        {"figure": "after", **TUNED, "printed": "91.7%", "printed_unit": "percent", "place": "Results"},
    ],
    "claims": [
        {"claim": f"claim-{number}", "statement": statement, "place": "Results", **test}
        for number, (statement, test) in enumerate(CLAIMS.items())
    ],
}


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A new project with the appendix of claims alone, in which the study is frozen."""
    root = write_project(tmp_path / "mine", "blank")
    config = yaml.safe_load((root / "_quarto.yml").read_text("utf-8"))
    config["book"] |= {"chapters": ["index.qmd"], "appendices": ["report/claims.qmd"]}
    (root / "_quarto.yml").write_text(yaml.safe_dump(config), "utf-8")
    (root / "experiments/studies/published-other.yaml").write_text(yaml.safe_dump(STUDY, sort_keys=False), "utf-8")
    monkeypatch.chdir(root)
    for variable in ("COLOPHON_FROZEN", "COLOPHON_STUDIES"):
        monkeypatch.delenv(variable, raising=False)
    run_study(load_study("published-other"), root / "experiments/frozen", show_progress)
    return root


def test_claims_of_significance_and_chance_are_decided_and_shown(root, capsys):
    assert main(["render", "--engine", "press"]) == 0, capsys.readouterr().err
    page = BeautifulSoup((root / "_site/report/claims.html").read_text("utf-8"), "html.parser")
    rows = [[cell.get_text(" ", strip=True) for cell in row.find_all("td")] for row in page.select("table tr")]
    told = {row[0]: row[2] for row in rows if row and row[0] in CLAIMS}
    assert [told[statement].split()[0] for statement in CLAIMS] == VERDICTS
    assert all("91.7%" in told[statement] or "50.8%" in told[statement] for statement in CLAIMS)
    assert sum("level of 5%" in said for said in told.values()) == 4
    printed = " ".join(page.extract_text() for page in PdfReader(root / "_site/report.pdf").pages)
    assert all(statement.split()[0] in printed for statement in CLAIMS)
    assert main(["check"]) == 0
