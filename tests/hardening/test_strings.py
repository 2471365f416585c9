"""A few strings of each trial: seen on the pages and in the PDF, and nothing but text."""

import html
import json
import os
import random
import shutil
import sys

import pytest

from analysis.facts.escape import clean
from tests.browser import CHROMIUM, chromium
from tests.hardening import strings
from tests.hardening.corpus import CORPUS, hostile_strings
from tests.hardening.strings_browser import Seen, read_page
from tests.hardening.strings_project import write_project
from tests.report.quarto import prepare_for_quarto, quarto_render

ALWAYS = (
    "?@fig-x",
    "<unshown value of x>",
    "]]>",
    'data-claim="strings-1"',
    "99\u202e.5%",
    "ओपन-हाथी",
    "what -? {{< meta title >}}",
    "\ud800",
    "a\rb",
)
"""Strings that went wrong once."""


def some(seed: int, count: int) -> list[tuple[str, str]]:
    """Those, and others drawn at random."""
    found = random.Random(seed).sample([each for each in hostile_strings(seed) if len(each[1]) < 200], count)
    return [*(("once wrong", text) for text in ALWAYS), *(each for each in found if each[1] not in ALWAYS)]


def test_the_corpus_has_more_than_two_hundred_strings_each_once():
    texts = [text for _, text in hostile_strings(1)]
    assert len(texts) == len(set(texts)) > 200
    assert {group for group, _ in hostile_strings(1)} > set(CORPUS)


def test_hostile_cells_of_files_are_adopted_or_refused_in_one_line(tmp_path):
    tally = strings.Tally()
    strings.adopt_all(tally, tmp_path / "project", some(1, 24))
    found = list(tally.trials())
    assert sum(trial.tried for trial in found) > 50
    assert [failure for trial in found for failure in trial.failures] == []


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")
def test_hostile_strings_stand_on_pages_as_nothing_but_text(tmp_path):
    pytest.importorskip("playwright.sync_api")
    tally = strings.Tally()
    strings.show_all(tally, tmp_path, [each for each in some(2, 16) if strings.is_unicode(each[1])])
    found = list(tally.trials())
    assert sum(trial.tried for trial in found) > 150
    assert [failure for trial in found for failure in trial.failures if not trial.series.endswith("PDF")] == []
    shutil.rmtree(tmp_path)


@pytest.mark.skipif(CHROMIUM is None or shutil.which("quarto") is None, reason="no Chromium or no Quarto on the PATH")
def test_hostile_strings_are_nothing_but_text_under_quarto_too(tmp_path):
    pytest.importorskip("playwright.sync_api")
    texts = [text for _, text in some(2, 120) if strings.is_unicode(text)] + [
        " ",
        "中文标签",
        "\ue000",
        "<b planted>x</b>",
    ]
    root = tmp_path / "project"
    write_project(root, texts)
    shutil.rmtree(root / "_extensions")
    prepare_for_quarto(root)
    told = {"QUARTO_PYTHON": sys.executable, "COLOPHON_LENIENT": "1"}
    done = quarto_render(root, environment={**os.environ, **told})
    assert done.returncode == 0, done.stderr
    site = root / "_site"
    index = json.loads((site / "search.json").read_bytes())
    seen = Seen(index=[{"text": html.unescape(entry["text"])} for entry in index])  # the text is HTML there
    with chromium() as browser:
        for href in ("index.html", "report/strings.html", "tables/strings/texts.html"):
            page = read_page(browser, site, href, seen)
            assert page.locator("[planted], .planted, #planted:not(section)").count() == 0
    assert seen.complaints == []
    for place, check in strings.checks(site, seen, texts, ()):
        assert [wrong for number, text in enumerate(texts) if (wrong := check(number, clean(text)))] == [], place
