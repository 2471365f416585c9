"""A short part of the series `pages`: the checks hold on a small rendered site, and notice what is wrong with one."""

import json
import random
import shutil
from pathlib import Path

import pytest

from report.press.book import build, parse_chapter
from report.press.pdf import write_pdf
from report.press.woven import Woven
from report.rendering.project import load_project
from tests.browser import CHROMIUM
from tests.faults.copies import PROJECT
from tests.hardening.pages import paints, trials
from tests.report.press.html.conftest import SAMPLE, site_of

pytest.importorskip("playwright")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample book as pages and PDF, with the scripts that lead from a number to its table."""
    book = tmp_path_factory.mktemp("book") / "sample"
    shutil.copytree(SAMPLE, book)
    (book / "_extensions").symlink_to(PROJECT / "_extensions")
    site = site_of(book, book / "_site")
    project = load_project(book)
    woven = [Woven(chapter, {}, chapter.path.read_text("utf-8")) for chapter in project.chapters]
    write_pdf(project, build(project, [parse_chapter(one) for one in woven], "typst"), site / "report.pdf")
    (site / "facts").mkdir()
    content = {"tables": [["a/counts", "experiments freeze", "tables/counts.html"]], "rows": [[0, 7, "a row"]]}
    for chapter in ("index", "parameters", "p"):
        facts = content | {"facts": {str(number): [[0, "a column"], 0] for number in range(12)}}
        (site / "facts" / f"{chapter}.js").write_text(f'window.colophonOrigins("{chapter}", {json.dumps(facts)});')
    return site


def failures(site: Path) -> dict[str, tuple[str, ...]]:
    """What each group of checks finds wrong."""
    return {trial.group: trial.failures for trial in trials(site, random.Random(1)) if trial.tried}


def test_a_rendered_site_holds(site: Path) -> None:
    found = failures(site)
    assert len(found) >= 20, "each group has something to try"
    assert {group: lines for group, lines in found.items() if lines} == {}


def test_a_page_that_is_seen_late_is_noticed(site: Path) -> None:
    late, never = paints(site, loads=1, soon=0), paints(site, loads=1, soon=float("inf"))
    assert 0 == late.held < late.tried == never.held
    assert all(" ms" in line for line in late.failures)


def test_what_is_wrong_with_a_site_is_noticed(site: Path, tmp_path: Path) -> None:
    broken = tmp_path / "site"
    shutil.copytree(site, broken, ignore=shutil.ignore_patterns("*.pdf"))
    page = broken / "report" / "method.html"
    planted = (
        '<p><a href="nowhere.html">link</a> <img src="http://127.0.0.1:9/a.png" alt=""></p>'
        '<p style="color: #777; width: 2000px">pale and wide</p></article>'
    )
    page.write_text(page.read_text("utf-8").replace("</article>", planted))
    (broken / "assets" / "search-index.js").write_text("window.colophonIndex = [];")
    script = broken / "assets" / "script.js"
    script.write_text(script.read_text("utf-8").replace("localStorage.setItem", "String").replace('"Escape"', '"End"'))
    noticed = " ".join(group for group, lines in failures(broken).items() if lines)
    for group in ("links", "disk", "server", "searched", "theme", "keys", "phone", "400 %", "paper", "light", "dark"):
        assert group in noticed
