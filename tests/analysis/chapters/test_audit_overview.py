"""The overview of the audit in a chapter on published figures."""

import re

import pytest

from analysis.audit import CHECKS, audit
from analysis.audit.explained import explanations
from analysis.chapters.audit.findings import MEANINGS, numbered, show_findings
from analysis.chapters.audit.overview import audit_overview, count_findings
from analysis.facts import open_chapter
from tests.analysis.chapters.conftest import plain
from tests.analysis.reported import FROZEN, TABLES


@pytest.fixture
def page(tmp_path, monkeypatch):
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\n")
    (tmp_path / "story.qmd").write_text("# Story\n")
    monkeypatch.chdir(tmp_path)
    return open_chapter("story")


def test_every_check_is_in_the_table_or_named_below_it(page):
    findings = [found for found in audit(TABLES) if found.source == "s1"]
    shown = audit_overview(page, findings, label="tbl-audit", caption="Checks.")
    table, _, below = shown.rpartition("Other checks")
    below = plain(below)
    cells = {
        plain(line.split("|")[1].strip()): line.split("|")[2:-1] for line in table.splitlines() if line.startswith("|")
    }
    for name in CHECKS:
        words = explanations()[name].asks
        assert (words in cells) != (words in below)
    numbers = [
        int(re.search(r"\[(\d+)\]", cell)[1]) for cell in cells[explanations()["nearly-all-or-nothing"].asks][1:]
    ]
    counted = dict(zip(map(str.strip, cells["Check"][1:]), numbers, strict=True))
    assert counted == {"consistent": 0, "inconsistent": 0, "suspicious": 2, "unverifiable": 0}


def test_the_findings_on_a_document_read_as_in_a_paper(page):
    findings = [found for found in audit(TABLES) if found.source == "s1"]
    assert plain(count_findings(page, findings)) == (
        "An audit of the printed figures makes 13 checks: 4 lack something that is not printed, and in 6 of the other "
        "9 a figure disagrees with the rest of its document, with its sample size, or with a trivial baseline."
    )


def test_every_check_says_what_it_asks_and_recomputes():
    assert explanations().keys() == CHECKS.keys()


def test_every_finding_stands_in_the_section_of_its_verdict(page, monkeypatch):
    monkeypatch.setenv("COLOPHON_FROZEN", str(FROZEN))
    findings = audit(page)
    sections = {verdict: show_findings(page, findings, verdict) for verdict in MEANINGS}
    for line in numbered(findings):
        told = [verdict for verdict, text in sections.items() if f'data-claim="{line.name}"' in text]
        assert told == [line.finding.verdict]


def test_a_finding_names_three_figures_and_the_number_of_the_others(page, monkeypatch):
    monkeypatch.setenv("COLOPHON_FROZEN", str(FROZEN))
    findings = [each for each in audit(page) if each.check == "one-scale-per-document"]
    for finding in findings:
        shown = plain(show_findings(open_chapter("story"), [finding], finding.verdict))
        rest = len(finding.figures) - 3
        assert f"{rest} more" in shown
        assert ("All" in shown) == (finding.verdict == "consistent")


def test_what_two_figures_share_is_told_once(page, monkeypatch):
    monkeypatch.setenv("COLOPHON_FROZEN", str(FROZEN))
    for finding in audit(page):
        if finding.check == "exact-match-above-f1":
            shown = plain(show_findings(open_chapter("story"), [finding], finding.verdict))
            assert shown.count("llama-3.2-1b") == shown.count("first point") == 1
