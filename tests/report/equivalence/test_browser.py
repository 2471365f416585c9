"""Quarto's pages of the report in a real browser: served, and opened from disk, where a browser runs no modules."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from tests.browser import CHROMIUM, chromium, inaccessible, served, too_wide, watch
from tests.hardening.pages import trials
from tests.report.equivalence.books import BOOKS, chapters_of

pytest.importorskip("playwright")

PATIENCE = 120_000
"""Milliseconds until a page is given up: beside other tests it may take longer than the usual half a minute."""
DARK = "rgb(20, 24, 31)"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")


@pytest.fixture(scope="module")
def address(by_quarto) -> Iterator[str]:
    """Where the site is served."""
    with served(by_quarto["report"].site) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable[..., Any]]:
    """A function that opens an empty page, with what a context of its own is told. All are closed after the test:
    pages that stay open go on working, and each that comes after them takes longer."""
    with ExitStack() as contexts:

        def page(**settings: Any) -> Any:
            context = contexts.enter_context(browser.new_context(**settings))
            context.set_default_timeout(PATIENCE)
            return context.new_page()

        yield page


@pytest.fixture
def visit(address: str, opened: Callable[..., Any]) -> Callable[..., Any]:
    """A function that opens a page of the site; `page.faults` lists what it asked of other hosts and complained of."""

    def visited(href: str, scheme: str, width: int = 1280) -> Any:
        page = opened(color_scheme=scheme, viewport={"width": width, "height": 900})
        page.faults = watch(page, address)
        page.goto(f"{address}/{href}", wait_until="networkidle")
        return page

    return visited


@pytest.mark.parametrize("href", chapters_of(BOOKS["report"]))
def test_no_page_asks_another_host(visit, href):
    page = visit(href, "light")
    assert page.evaluate("document.querySelectorAll('main p').length") > 0
    assert page.faults == []


@pytest.mark.parametrize("href", chapters_of(BOOKS["report"]))
def test_wide_tables_scroll_within_themselves_on_a_phone(visit, href):
    page = visit(href, "light", 390)
    assert too_wide(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("href", chapters_of(BOOKS["report"]))
def test_axe_core_finds_nothing(visit, href, scheme):
    page = visit(href, scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert inaccessible(page) == []


def test_every_page_and_the_pdf_hold_what_is_tried_of_the_press(by_quarto):
    with ThreadPoolExecutor(1) as apart:  # Playwright has one browser driver a thread, and `visit` has that of this one
        tried = apart.submit(lambda: list(trials(by_quarto["report"].site, random.Random(1)))).result()
    assert [trial.group for trial in tried if not trial.tried] == []
    assert {trial.group: trial.failures for trial in tried if trial.failures} == {}


def paper(page: Any) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_dark_paper_is_the_systems_choice_and_then_the_readers(visit):
    page = visit("report/published.html", "dark")
    assert paper(page) == DARK
    assert page.evaluate("getComputedStyle(document.querySelector('main img')).colorScheme") == "dark"
    page.click(".quarto-color-scheme-toggle >> visible=true")
    assert paper(page) == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('main img')).colorScheme") == "light"
    assert paper(visit("report/published.html", "light")) == "rgb(255, 255, 255)"


def test_a_page_from_disk_lists_its_sections_and_can_be_searched(by_quarto, opened):
    page = opened(viewport={"width": 1400, "height": 900})
    said = watch(page, by_quarto["report"].site.as_uri())
    page.goto((by_quarto["report"].site / "report" / "layers.html").as_uri())
    page.wait_for_function("window.fuseIndex !== undefined")
    assert page.locator("#TOC ul ul a >> visible=true").count() > 1
    page.locator("#quarto-search button, #quarto-search input").first.click()
    page.locator(".aa-Input").first.fill("failure")
    page.locator(".aa-Panel a").first.wait_for()
    assert said == []


def test_the_origin_of_a_number_opens_with_the_keyboard_and_by_touch(visit):
    page = visit("index.html", "light")
    fact = page.locator("main .fact").first
    fact.focus()
    note = page.locator("#_origin")
    assert note.is_visible()
    assert fact.get_attribute("aria-describedby") == "_origin"
    page.keyboard.press("Escape")
    assert not note.is_visible()
    page.locator("main .fact").nth(1).click()
    assert note.is_visible()
