"""A few strings of each trial: seen on the pages and in the PDF, and nothing but text."""

import random
import shutil

import pytest

from tests.browser import CHROMIUM
from tests.hardening import strings
from tests.hardening.corpus import CORPUS, hostile_strings

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
