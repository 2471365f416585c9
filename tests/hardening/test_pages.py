"""A short part of the series `pages`: the checks hold on a small rendered site, and notice what is wrong with one."""

import json
import random
import re
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
from tests.hardening.trial import Trial
from tests.report.press.html.conftest import SAMPLE, site_of

pytest.importorskip("playwright")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample book as pages and PDF, one page also as that of a table, with the scripts that lead to tables."""
    book = tmp_path_factory.mktemp("book") / "sample"
    shutil.copytree(SAMPLE, book)
    (book / "_extensions").symlink_to(PROJECT / "_extensions")
    site = site_of(book, book / "_site")
    project = load_project(book)
    woven = [Woven(chapter, {}, chapter.path.read_text("utf-8")) for chapter in project.chapters]
    write_pdf(project, build(project, [parse_chapter(one) for one in woven], "typst"), site / "report.pdf")
    (site / "tables").mkdir()
    page = (site / "report" / "method.html").read_text("utf-8")
    beside = re.sub(r'((?:href|src)=")(?=\w+[./])(?!\w+:)', r"\1../report/", page)
    (site / "tables" / "method.html").write_text(beside, "utf-8")
    (site / "facts").mkdir()
    content = {"tables": [["a/counts", "experiments freeze", "tables/counts.html"]], "rows": [[0, 7, "a row"]]}
    for chapter in ("index", "parameters", "p"):
        facts = content | {"facts": {str(number): [[0, "a column"], 0] for number in range(12)}}
        (site / "facts" / f"{chapter}.js").write_text(f'window.colophonOrigins("{chapter}", {json.dumps(facts)});')
    return site


@pytest.fixture(scope="module")
def tried(site: Path) -> list[Trial]:
    return list(trials(site, random.Random(1)))


def failures(trials: list[Trial]) -> dict[str, tuple[str, ...]]:
    """What each group of checks finds wrong."""
    return {trial.group: trial.failures for trial in trials if trial.tried}


def test_a_rendered_site_holds(tried: list[Trial]) -> None:
    found = failures(tried)
    assert len(found) >= 20, "each group has something to try"
    assert {group: lines for group, lines in found.items() if lines} == {}


def test_every_page_is_looked_at(site: Path, tried: list[Trial]) -> None:
    looked_at = {trial.group: trial.tried for trial in tried if trial.group.startswith("pages ")}
    pages = len(list(site.rglob("*.html")))
    assert looked_at.pop("pages within the width: paper") == pages - 1, "pages of tables are for screens"
    assert len(looked_at) >= 8
    assert set(looked_at.values()) == {pages}


def test_a_page_that_is_seen_late_is_noticed(site: Path) -> None:
    late, never = paints(site, loads=1, soon=0), paints(site, loads=1, soon=float("inf"))
    assert 0 == late.held < late.tried == never.held
    assert all(" ms" in line for line in late.failures)


def test_what_is_wrong_with_a_site_is_noticed(site: Path, tmp_path: Path) -> None:
    broken = tmp_path / "site"
    shutil.copytree(site, broken, ignore=shutil.ignore_patterns("*.pdf"))
    pages = [broken / folder / "method.html" for folder in ("report", "tables")]
    planted = (
        '<p><a href="nowhere.html">link</a> <img src="http://127.0.0.1:9/a.png" alt=""></p>'
        '<p style="color: #777; width: 2000px">pale and wide</p></article>'
    )
    for page in pages:
        page.write_text(page.read_text("utf-8").replace("</article>", planted))
    (broken / "assets" / "search-index.js").write_text("window.colophonIndex = [];")
    script = broken / "assets" / "script.js"
    script.write_text(script.read_text("utf-8").replace("localStorage.setItem", "String").replace('"Escape"', '"End"'))
    found = failures(list(trials(broken, random.Random(1))))
    noticed = " ".join(group for group, lines in found.items() if lines)
    for group in ("links", "disk", "server", "searched", "theme", "keys", "phone", "400 %", "paper", "light", "dark"):
        assert group in noticed
    of_a_table = " ".join(g for g, lines in found.items() if any(line.startswith("tables/") for line in lines))
    for group in ("links", "disk", "server", "theme", "phone", "400 %", "light", "dark"):
        assert group in of_a_table
