"""The sample site in a real browser, from `file:`. Skipped where there is no Chromium."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import CHROMIUM, chromium, inaccessible, served, too_wide, watch

pytest.importorskip("playwright")

PAGES = ("index.html", "report/parameters.html", "report/layers.html", "report/method.html")
CHAPTER = "report/parameters.html"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture
def visit(browser: Any, sample_site: Path) -> Iterator[Callable[..., Any]]:
    """A function that opens a page of the site; after the test, no page may have complained or asked another host."""
    contexts, faults = [], []

    def opened(href: str, **settings: Any) -> Any:
        context = browser.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        watch(page, "file:", into=faults)
        page.goto(f"file://{sample_site}/{href}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


@pytest.mark.parametrize("href", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible(visit, href, scheme):
    page = visit(href, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert inaccessible(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_opens_above_a_page_is_accessible(visit, scheme):
    page = visit(CHAPTER, color_scheme=scheme, viewport={"width": 360, "height": 700})
    page.locator("#tbl-validation .fact").first.focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("dialog").is_visible()
    assert inaccessible(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Contents").click()
    assert inaccessible(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("selectivity")
    page.get_by_role("option").first.wait_for()
    assert inaccessible(page) == []


def test_what_is_not_accessible_is_found(visit):
    page = visit(CHAPTER)
    page.evaluate("document.querySelector('main p').style.color = '#999'")
    page.evaluate("document.querySelector('main img').removeAttribute('alt')")
    assert {line.split(":")[0] for line in inaccessible(page)} == {"color-contrast", "image-alt"}


@pytest.mark.parametrize("href", PAGES)
def test_no_page_scrolls_sideways(visit, href):
    page = visit(href)
    for width in (320, 390, 768):
        page.set_viewport_size({"width": width, "height": 700})
        assert too_wide(page) == [], width


def test_a_wide_table_scrolls_within_itself(visit):
    page = visit(CHAPTER, viewport={"width": 360, "height": 700})
    wide, shown = page.eval_on_selector("#tbl-wide .table-scroll", "(box) => [box.scrollWidth, box.clientWidth]")
    assert wide > shown
    region = page.get_by_role("region", name="Table 1.2")
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(box) => box.scrollLeft > 0", arg=region.element_handle())


def test_a_shadow_is_where_a_table_goes_on_however_little(visit):
    page = visit(CHAPTER, viewport={"width": 360, "height": 700})
    box = page.locator("#tbl-wide .table-scroll")
    sides = "(box) => ['more-left', 'more-right'].filter((name) => box.classList.contains(name))"
    assert box.evaluate(sides) == ["more-right"]
    first = "(box) => box.querySelector('tbody tr > *').getBoundingClientRect().left"
    left = box.evaluate(first)
    box.evaluate("(box) => { box.scrollLeft = box.scrollWidth - box.clientWidth - 3; }")
    page.wait_for_function("(box) => box.matches('.more-left.more-right')", arg=box.element_handle())
    assert box.evaluate(first) == left, "the first column stays"
    box.evaluate("(box) => { box.scrollLeft = box.scrollWidth; }")
    page.wait_for_function("(box) => box.matches('.more-left:not(.more-right)')", arg=box.element_handle())


def test_a_wide_table_takes_the_free_margin(visit):
    page = visit(CHAPTER, viewport={"width": 1280, "height": 700})
    # A name that cannot be broken makes the table a little too wide for the text.
    missing = """(box) => {
        const cell = box.querySelector("td:last-child");
        cell.style.whiteSpace = "nowrap";
        cell.style.minWidth = `${cell.offsetWidth + box.clientWidth - box.firstElementChild.offsetWidth + 20}px`;
        return box.scrollWidth - box.clientWidth;
    }"""
    assert page.locator("#tbl-said .table-scroll").evaluate(missing) == 0
    assert too_wide(page) == []


def test_a_table_of_sentences_is_read_row_by_row_on_a_phone(visit):
    page = visit(CHAPTER, viewport={"width": 360, "height": 700})
    table = page.locator("#tbl-said table")
    assert table.evaluate("(one) => one.scrollWidth <= one.parentElement.clientWidth")
    assert not page.get_by_role("region", name="Table 1.3").count(), "nothing to scroll"
    row = table.get_by_role("row").nth(1)
    tops = [cell.bounding_box()["y"] for cell in row.get_by_role("cell").all()]
    assert tops == sorted(set(tops)), "the cells stand below each other"
    label = "(cell) => getComputedStyle(cell, '::before').content"
    assert "What it says" in row.get_by_role("cell").nth(1).evaluate(label)
    last = table.get_by_role("row").last.get_by_role("cell").first
    assert "Size" in last.evaluate("(cell) => getComputedStyle(cell, '::after').content"), "as in the row above"
    page.set_viewport_size({"width": 900, "height": 700})
    assert len({cell.bounding_box()["y"] for cell in row.get_by_role("cell").all()}) == 1


@pytest.fixture
def address(sample_site: Path) -> Iterator[str]:
    """The address of the site on a local server: Chromium now and then shows a page from `file:` an old storage."""
    with served(sample_site) as address:
        yield address


def test_the_theme_follows_the_system_until_one_is_chosen(browser, address):
    context = browser.new_context(color_scheme="dark")
    page, other_tab = context.new_page(), context.new_page()
    other_tab.goto(f"{address}/report/method.html")
    page.goto(f"{address}/index.html")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.emulate_media(color_scheme="light")
    light = page.evaluate(background)
    assert light != dark
    page.get_by_role("button", name="Switch to the dark theme").click()
    assert page.evaluate(background) == dark
    page.locator("a[rel=next]").click()
    page.wait_for_url(f"**/{CHAPTER}")
    assert page.evaluate(background) == dark, "the choice holds on the next page"
    page.get_by_role("button", name="Switch to the light theme").click()
    page.reload()
    assert page.evaluate(background) == light
    other_tab.wait_for_function(f"(light) => {background} === light", arg=light)
    context.close()


def test_a_figure_follows_the_toggle(visit):
    page = visit(CHAPTER, color_scheme="light")
    figure = page.locator("#fig-composition img")
    scheme = "(image) => getComputedStyle(image).colorScheme"
    light = figure.screenshot()
    page.get_by_role("button", name="Switch to the dark theme").click()
    assert figure.evaluate(scheme) == "dark"
    assert figure.screenshot() != light


def test_search_finds_and_leads_there(visit):
    page = visit(CHAPTER)
    page.keyboard.press("/")
    page.keyboard.type("selectivity")
    options = page.get_by_role("option")
    options.first.wait_for()
    assert options.count() == 2
    assert "2 Layers and exits" in options.first.inner_text()
    page.keyboard.press("ArrowDown")
    assert options.nth(1).get_attribute("aria-selected") == "true"
    chosen = options.nth(1).get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url("**/report/layers.html#*")
    assert page.url.endswith(chosen.removeprefix("../"))


@pytest.mark.parametrize(
    ("query", "found"),
    [("unicode facade", "2.1 Probing"), ("ÜNÏCODE", "2.1 Probing"), ("1,235,814,400", "1.2 Printed and computed")],
)
def test_search_looks_past_accents_and_case(visit, query, found):
    page = visit("index.html")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("combobox").fill(query)
    assert found in page.get_by_role("option").first.inner_text()


def test_search_takes_no_text_for_markup(visit):
    page = visit("index.html")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("combobox").fill("<script>alert(1)")
    assert "<script>alert(1)</script>" in page.get_by_role("option").first.inner_text()
    assert page.locator(".search-results :is(script, b)").count() == 0
    page.get_by_role("combobox").fill("zzz (*")
    assert page.get_by_role("status").inner_text() == "Nothing found"
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()


def test_a_fact_shows_its_origin(visit):
    page = visit("index.html")
    fact = page.locator(".fact.mixed")
    fact.hover()
    note = page.get_by_role("tooltip")
    assert note.inner_text().split("\n")[:1] == ["mixed"]
    assert "published-s1/figures" in note.inner_text()
    assert "printed[s1-accuracy] minus accuracy[minilm-l6, 4]" in note.inner_text()
    assert fact.get_attribute("aria-describedby") == note.get_attribute("id")
    page.keyboard.press("Escape")
    assert not note.is_visible()
    page.locator(".fact.measured").focus()
    assert "probing/scores" in note.inner_text()


def test_the_facts_of_a_table_are_one_stop_for_the_tab_key(visit):
    page = visit(CHAPTER)
    facts = page.locator("#tbl-validation .fact")
    assert [fact.get_attribute("tabindex") for fact in facts.all()].count("0") == 1
    facts.first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.fact") == "p-3"
    assert "parameter-counts/counts" in page.get_by_role("tooltip").inner_text()


def test_enter_leads_from_a_number_to_its_row_and_back(visit):
    page = visit(CHAPTER)
    page.locator("#tbl-validation .fact").first.focus()
    page.keyboard.press("ArrowRight")
    link = page.get_by_role("link", name="7: model = llama-3.2-1b")
    link.wait_for()
    assert link.get_attribute("href") == "../tables/parameter-counts/counts.html#row-7"
    assert "experiments freeze parameter-counts" in page.locator("#_origin").inner_text()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "_origin"
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('_origin').contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.fact") == "p-3"
    assert not page.locator("#_origin").is_visible()


def test_a_paragraph_is_one_stop_for_the_tab_key(visit):
    page = visit("index.html")
    facts = page.locator("p:has(.fact) .fact")
    stops = [fact.get_attribute("role") for fact in facts.all() if fact.get_attribute("tabindex") == "0"]
    assert 0 < len(stops) < facts.count()
    assert set(stops) == {"button"}


def test_kinds_differ_without_colour(visit):
    page = visit("index.html")
    style = "(fact) => getComputedStyle(fact).textDecorationStyle"
    kinds = ("computed", "measured", "reported", "mixed")
    assert len({page.eval_on_selector(f".fact.{kind}", style) for kind in kinds}) == len(kinds)


def test_tabs_answer_to_click_and_keys(visit):
    page = visit(CHAPTER)
    assert [tab.inner_text() for tab in page.get_by_role("tab").all()] == ["LoRA", "Quantised", "Both"]
    page.get_by_role("tab", name="Quantised").click()
    assert "packed two to a byte" in page.get_by_role("tabpanel").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Both").get_attribute("aria-selected") == "true"
    assert page.get_by_role("tabpanel").count() == 1


def test_the_menu_opens_and_closes_on_a_phone(visit):
    page = visit(CHAPTER, viewport={"width": 360, "height": 700})
    chapters = page.get_by_role("navigation", name="Chapters", exact=True)
    assert not chapters.is_visible()
    page.get_by_role("button", name="Contents").click()
    assert chapters.is_visible()
    page.keyboard.press("Escape")
    assert not chapters.is_visible()
    page.get_by_role("button", name="Contents").click()
    chapters.get_by_role("link", name="Layers and exits").click()
    page.wait_for_url("**/layers.html")


def test_the_contents_follow_the_reader(visit):
    page = visit(CHAPTER)
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    page.evaluate("document.getElementById('sec-validation').scrollIntoView()")
    current = page.locator(".contents [aria-current]")
    current.get_by_text("1.2 Printed and computed").wait_for()
    assert current.count() == 1


def test_the_first_tab_stop_skips_to_the_text(visit):
    page = visit(CHAPTER)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "_main"


def test_on_paper_there_is_text_and_nothing_else(visit):
    page = visit(CHAPTER, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for hidden in (".bar", ".side", ".turn", ".copy", ".tab-list", ".anchor"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert [panel.is_visible() for panel in page.locator(".tab").all()] == [True, True, True]
    assert page.get_by_text("def count(config").is_visible(), "folded code is printed"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(29, 36, 48)"


def test_without_scripts_everything_can_be_read(visit):
    page = visit(CHAPTER, java_script_enabled=False)
    assert [panel.is_visible() for panel in page.locator(".tab").all()] == [True, True, True]
    assert page.locator(".chapters").is_visible()
    assert not page.locator(".tool-search").is_visible()
    assert page.locator(".fact").first.get_attribute("title").startswith("computed")
