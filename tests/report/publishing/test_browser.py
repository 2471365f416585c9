"""Two published versions in a real browser: below a path of a server, and from disk. Skipped without Chromium."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import CHROMIUM, Quiet, chromium, inaccessible, served, too_wide, watch
from tests.report.publishing.conftest import Report, checkout

pytest.importorskip("playwright")

BELOW = "papers/mine"

pytestmark = pytest.mark.skipif(CHROMIUM is None or shutil.which("git") is None, reason="no Chromium or no git")


class _Host(Quiet):
    """Serves files as hosts of static sites do: with the site's own 404 page."""

    def send_error(self, code: int, *_: object) -> None:
        page = (Path(self.directory) / BELOW / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


@pytest.fixture
def published(report: Report, bare: Path, tmp_path: Path) -> Path:
    """Versions 0.1.0 and 0.2.0, of which the second has a chapter more, as they were published to a repository."""
    report.publish()
    config = report.root / "_quarto.yml"
    config.write_text(config.read_text().replace("- report/one.qmd", "- report/one.qmd\n  - report/two.qmd"))
    (report.root / "report" / "two.qmd").write_text("# Two\n\nText of two.\n")
    report.release(2)
    report.publish()
    folder = tmp_path / "www" / BELOW
    folder.parent.mkdir(parents=True)
    return checkout(bare, folder)


@pytest.fixture
def address(published: Path, tmp_path: Path) -> Iterator[str]:
    with served(tmp_path / "www", _Host) as host:
        yield f"{host}/{BELOW}"


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def visit(driver: Any) -> Iterator[Callable[[str], Any]]:
    """A function that opens a page; after the test, no page may have complained, or asked anything outside its site."""
    faults: list[str] = []

    def opened(url: str) -> Any:
        page = driver.new_page()
        watch(page, f"{url.partition(BELOW)[0]}{BELOW}", into=faults)
        page.goto(url)
        return page

    yield opened
    assert faults == []


def choose(page: Any, text: str) -> None:
    page.locator(".version-switch summary").click()
    page.get_by_role("link", name=text, exact=True).click()


def walk(page: Any, root: str, index: str) -> None:
    """From the root to the newest version, to the old one, and back, on the same page."""
    page.wait_for_url(f"{root}/latest/{index}")
    page.get_by_role("link", name="1 One").first.click()
    choose(page, "0.1.0")
    page.wait_for_url(f"{root}/v/0.1.0/report/one.html")
    # It was published before there was another version.
    page.get_by_text("0.2.0 is the latest").wait_for()
    choose(page, "0.2.0 (latest)")
    page.wait_for_url(f"{root}/v/0.2.0/report/one.html")
    page.goto(f"{root}/v/0.2.0/report/two.html")
    choose(page, "0.1.0")  # which has no such page
    page.wait_for_url(f"{root}/v/0.1.0/index.html")
    page.locator(".version-switch summary").press("Enter")
    page.get_by_role("link", name="What changed between them").click()
    page.wait_for_url(f"{root}/versions.html")
    assert page.locator("section h2").all_inner_texts() == ["Version 0.2.0", "Version 0.1.0"]
    page.get_by_role("link", name="All changes").click()
    page.wait_for_url(f"{root}/v/0.2.0/changes.html")
    assert "size[a]" in page.locator("#numbers").inner_text()
    choose(page, "0.1.0")  # which has no such page
    page.wait_for_url(f"{root}/v/0.1.0/index.html")


def test_versions_switch_below_a_path_of_a_server(visit, address):
    walk(visit(f"{address}/"), address, "index.html")


def test_versions_switch_from_disk(visit, published):
    root = f"file://{published}"
    walk(visit(f"{root}/index.html"), root, "index.html")


def come_back(page: Any, root: str, index: str) -> None:
    """The root leads to the version that was chosen last, and to the latest once that was chosen."""
    page.wait_for_url(f"{root}/latest/index.html")
    choose(page, "0.1.0")
    page.wait_for_url(f"{root}/v/0.1.0/index.html")
    page.goto(f"{root}/{index}")
    page.wait_for_url(f"{root}/v/0.1.0/index.html")
    page.get_by_role("link", name="0.2.0 is the latest").click()
    page.wait_for_url(f"{root}/v/0.2.0/index.html")
    page.goto(f"{root}/{index}")
    page.wait_for_url(f"{root}/latest/index.html")


def test_the_version_that_was_chosen_is_remembered_below_a_path_of_a_server(visit, address):
    come_back(visit(f"{address}/"), address, "")


def test_the_version_that_was_chosen_is_remembered_from_disk(visit, published):
    root = f"file://{published}"
    come_back(visit(f"{root}/index.html"), root, "index.html")


def test_a_remembered_version_that_is_gone_leads_to_the_latest(visit, address, report, bare, published):
    page = visit(f"{address}/v/0.1.0/index.html")
    choose(page, "0.1.0")
    page.wait_for_url(f"{address}/v/0.1.0/index.html")
    report.publish("--prune", "1")
    shutil.rmtree(published)
    checkout(bare, published)
    page.goto(f"{address}/")
    page.wait_for_url(f"{address}/latest/index.html")


def test_versions_switch_where_nothing_can_be_remembered(driver, address):
    page = driver.new_page()
    refused = "() => { throw new DOMException('no storage', 'SecurityError'); }"
    page.add_init_script(f"Object.defineProperty(window, 'localStorage', {{ get: {refused} }})")
    page.goto(f"{address}/")
    page.wait_for_url(f"{address}/latest/index.html")
    choose(page, "0.1.0")
    page.wait_for_url(f"{address}/v/0.1.0/index.html")


def test_an_address_that_there_is_not_leads_to_the_same_page_of_the_newest_version(address, driver):
    """A browser reports missing pages on its console, so that this page is not visited as the others are."""
    page = driver.new_page()
    page.goto(f"{address}/v/0.0.9/report/one.html")
    page.get_by_role("link", name="this page in the latest version").click()
    page.wait_for_url(f"{address}/latest/report/one.html")


@pytest.mark.parametrize("place", ["report/one.html", "changes.html"])
def test_nothing_overflows_on_a_phone(visit, address, place: str):
    page = visit(f"{address}/latest/{place}")
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".version-switch summary").click()
    assert too_wide(page) == []
    assert inaccessible(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_index_of_versions_and_the_404_page_are_accessible(visit, driver, address, scheme):
    for page in (visit(f"{address}/versions.html"), driver.new_page()):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": 390, "height": 844})
        if page.url == "about:blank":
            page.goto(f"{address}/nowhere.html")
            page.get_by_role("link", name="the latest version").wait_for()
        assert inaccessible(page) == []
        assert too_wide(page) == []


def test_the_theme_that_was_chosen_holds_on_the_index_of_versions(visit, address):
    page = visit(f"{address}/latest/report/one.html")
    page.get_by_role("button", name="Switch to the dark theme").click()
    (changes,) = page.request.get(f"{address}/versions.json").json()["versions"][:1]
    for other in ("versions.html", f"v/{changes['version']}/changes.html"):
        page.goto(f"{address}/{other}")
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
