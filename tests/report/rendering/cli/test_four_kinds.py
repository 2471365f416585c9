"""What a new user brings, all in one project: a training, predictions in files, a paper's table of results, a probe.

Files are YAML and CSV, and everything else is said by commands: no Python is written.
"""

from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from pypdf import PdfReader

from experiments.tables.read import read_table
from report.ledger.site_facts import read_facts
from report.rendering.cli import main
from report.rendering.engine import choose_engine
from tests.experiments.smoke import experiments
from tests.new_project import start_project
from tests.own_data import write_csv, write_own_data

TUNED, ZERO_SHOT = ({"quantity": "accuracy", "method": method} for method in ("fine-tuned", "zero-shot"))
CLAIMS = {
    "Tuning is significantly better.": {"predicate": "difference-significant", "left": TUNED, "right": ZERO_SHOT},
    "Zero-shot is significantly better.": {"predicate": "difference-significant", "left": ZERO_SHOT, "right": TUNED},
    "Zero-shot the model guesses.": {"predicate": "at-chance", "of": ZERO_SHOT, "classes": 2},
    "The tuned model guesses.": {"predicate": "at-chance", "of": TUNED, "classes": 2},
    "Whatever its labels, the tuned model guesses.": {"predicate": "at-chance", "of": TUNED},
}
VERDICTS = ["holds", "fails", "holds", "fails", "unverifiable"]
PAPER = {
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
GOLD = ["neg", "neg", "pos", "pos"] * 10
CHAPTERS = [
    "index.qmd",
    "report/classification.qmd",
    "report/layers.qmd",
    "report/resources.qmd",
    "report/published.qmd",
]


@pytest.fixture
def root(tmp_path, monkeypatch):
    """The new project with all four, not yet rendered, as the current folder."""
    root = start_project(tmp_path, monkeypatch, CHAPTERS, ["report/claims.qmd", "report/audit.qmd"])
    programs = set(root.rglob("*.py"))
    write_own_data(root)
    (root / "experiments/studies/published-other.yaml").write_text(yaml.safe_dump(PAPER, sort_keys=False), "utf-8")
    write_csv(root / "base.csv", ("id", "label", "guess"), [(n, gold, "pos") for n, gold in enumerate(GOLD)])
    tuned = [(n, gold, gold if n % 9 else "neg") for n, gold in enumerate(GOLD)]
    write_csv(root / "tuned.csv", ("id", "label", "guess"), tuned)
    files = ["--before", "base.csv", "--after", "tuned.csv", "--map", "id=id,gold=label,predicted=guess"]
    for command in (("run", "animals", "song-probe", "published-other"), ("adopt", "--study", "two-files", *files)):
        done = experiments(root, *command)
        assert done.returncode == 0, done.stderr
    assert set(root.rglob("*.py")) == programs
    return root


def test_all_four_stand_in_pages_and_pdf_by_both_engines(root, capsys):
    engines = ["press", *(["quarto"] if choose_engine("auto").name == "quarto" else [])]
    facts = {}
    for engine in engines:
        assert main(["render", "--engine", engine]) == 0, capsys.readouterr().err
        site = root / "_site"
        printed = _packed(" ".join(page.extract_text() for page in PdfReader(site / "report.pdf").pages))
        for chapter, study, texts in _expected(root / "experiments" / "frozen"):
            shown = _shown_of(study, site, chapter)
            assert set(texts) - shown == set(), (engine, study)
            assert [text for text in texts if text not in printed] == [], (engine, study)
        _check_claims(site, printed)
        facts[engine] = read_facts(site)
        assert facts[engine].engine == engine
        assert main(["check"]) == 0, capsys.readouterr().err
    listed = {name: each.model_copy(update={"engine": "any"}) for name, each in facts.items()}
    assert all(each == listed["press"] for each in listed.values())


def _expected(frozen: Path) -> list[tuple[str, str, list[str]]]:
    """Chapter and study with numbers of it, as they are to be read, without spaces."""
    scores = [
        row for row in read_table("animals/scores", frozen).rows if (row["run"], row["score"]) == ("all", "accuracy")
    ]
    probes = [row for row in read_table("song-probe/layers", frozen).rows if row["weights"] == "trained"]
    errors = [row["value"] for row in probes if row["score"] == "mse"]
    return [
        ("classification", "animals", [f"{row['value']:.1%}" for row in scores]),
        ("classification", "animals", [f"{row['low']:.1%}to{row['high']:.1%}" for row in scores]),
        # 20 and 38 of 40, with Wilson's interval.
        ("classification", "two-files", ["50.0%", "95.0%", "35.2%to64.8%", "83.5%to98.6%"]),
        ("published", "published-other", ["120", "50.8%", "91.7%"]),
        ("layers", "song-probe", [f"{min(errors):.3f}"]),
    ]


def _shown_of(study: str, site: Path, chapter: str) -> set[str]:
    """What the page shows of a study's tables: the texts of the facts that `facts.json` says come from it."""
    listed = {fact.id for fact in read_facts(site).facts if any(o.table.startswith(f"{study}/") for o in fact.origins)}
    page = BeautifulSoup((site / f"report/{chapter}.html").read_text("utf-8"), "html.parser")
    for mark in page.select(".kind-mark"):
        mark.decompose()
    return {_packed(each.get_text()) for each in page.select(".fact[data-fact]") if each["data-fact"] in listed}


def _check_claims(site: Path, printed: str) -> None:
    """Each claim of the paper with its verdict, the figures that it is about and the level of its test."""
    page = BeautifulSoup((site / "report/claims.html").read_text("utf-8"), "html.parser")
    rows = [[cell.get_text(" ", strip=True) for cell in row.find_all("td")] for row in page.select("table tr")]
    told = {row[0]: row[2] for row in rows if row and row[0] in CLAIMS}
    assert [told[statement].split()[0] for statement in CLAIMS] == VERDICTS
    assert all("91.7%" in told[statement] or "50.8%" in told[statement] for statement in CLAIMS)
    assert sum("level of 5%" in said for said in told.values()) == 4
    assert all(_packed(statement) in printed for statement in CLAIMS)


def _packed(text: str) -> str:
    """Without spaces and ends of lines, which a reader of the PDF guesses."""
    return "".join(text.split())
