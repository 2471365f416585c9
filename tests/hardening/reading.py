"""What a reader does with a site, page by page: follow links, search, choose a theme, ask where a number comes from.

Each function yields a line for each thing that it tried: None where all is well, else what is wrong.
"""

import posixpath
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import html as lxml_html

Results = Iterator[str | None]
_WORD = re.compile(r"[a-z]{6,}")
_SEARCHED = 3
"""Words of each chapter that are searched."""
_ASKED = 3
"""Numbers of each chapter whose origin is asked."""
_OUTSIDE = ("http:", "https:", "mailto:", "data:", "//", "javascript:")
PAPER = "getComputedStyle(document.body).backgroundColor"
"""What gives the colour behind a page."""


def links(site: Path, pages: Sequence[str]) -> Results:
    """Links, images, scripts and downloads within the site, and the anchors that they name."""
    read = {page: lxml_html.parse(str(site / page)).getroot() for page in pages}
    anchors = {page: {*root.xpath("//@id"), *root.xpath("//a/@name")} for page, root in read.items()}
    for page, root in read.items():
        for url in root.xpath("//a/@href | //link/@href | //img/@src | //script/@src | //source/@src"):
            if url.startswith(_OUTSIDE):
                continue
            path, _, anchor = url.partition("#")
            path = path.partition("?")[0]
            place = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(path))) if path else page
            there = (site / place).is_file() or (site / place / "index.html").is_file()
            named = not anchor or place not in anchors or unquote(anchor) in anchors[place]
            yield None if there and named else f"{page}: {url} leads nowhere"


def searches(browser: Any, base: str, site: Path, chapters: Sequence[str], draw: random.Random) -> Results:
    """Words that stand in one chapter, or in few, searched from the first page."""
    words = {chapter: set(_WORD.findall(_text(site / chapter))) for chapter in chapters}
    page = browser.new_page()
    page.goto(f"{base}/index.html")
    for chapter, own in words.items():
        rare = sorted(own, key=lambda word: (sum(word in others for others in words.values()), word))
        alone = [word for word in rare if sum(word in others for others in words.values()) == 1] or rare[:1]
        for word in draw.sample(alone, min(_SEARCHED, len(alone))):
            found = _search(page, word)
            yield None if any(chapter in href for href in found) else f"{chapter}: {word} is not found"
    page.close()


def _text(page: Path) -> str:
    """What the page itself says: what its lists gather is found in the chapters that say it. No search has dates."""
    said = (
        lxml_html.parse(str(page))
        .getroot()
        .xpath("//main//p[not(ancestor::div[contains(@class, 'gathered-')] or ancestor::header)]//text()")
    )
    return " ".join(said).lower()


def _search(page: Any, word: str) -> list[str]:
    """The addresses that the search of the page, of either renderer, finds."""
    press = page.locator(".tool-search").count() > 0
    if not page.locator("dialog.search[open], .aa-Input").count():
        page.locator(".tool-search" if press else "#quarto-search button, #quarto-search input").first.click()
    page.locator("dialog.search input" if press else ".aa-Input").first.fill(word)
    options = page.locator("dialog.search [role=option]" if press else ".aa-Panel a")
    answered = page.locator("dialog.search .search-status:not(:empty)") if press else options
    try:
        answered.first.wait_for(timeout=3000)
    except Exception:
        return []
    return options.evaluate_all("(all) => all.map((one) => one.getAttribute('href'))")


def themes(browser: Any, base: str, pages: Sequence[str]) -> Results:
    """Pages, visited after dark paper was chosen on the first one."""
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(f"{base}/index.html")
    light = page.evaluate(PAPER)
    page.locator(".tool-theme, .quarto-color-scheme-toggle >> visible=true").first.click()
    dark = page.evaluate(PAPER)
    for href in pages:
        page.goto(f"{base}/{href}")
        paper = page.evaluate(PAPER)
        yield None if paper == dark != light else f"{href}: the paper is {paper}"
    context.close()


def origins(browser: Any, base: str, chapters: Sequence[str], draw: random.Random) -> Results:
    """Numbers, asked with the keyboard and with a finger: the note opens, names a table that there is, and closes."""
    desk, phone = browser.new_context(), browser.new_context(has_touch=True, viewport={"width": 390, "height": 800})
    for chapter in chapters:
        for context, ask in ((desk, _by_keys), (phone, _by_touch)):
            page = context.new_page()
            page.goto(f"{base}/{chapter}")
            stops = page.locator("main .fact[tabindex='0']")
            count = stops.count()
            for number in draw.sample(range(count), min(_ASKED, count)):
                yield ask(page, stops.nth(number), f"{chapter}, number {number}")
            page.close()
    desk.close()
    phone.close()


def _by_keys(page: Any, fact: Any, name: str) -> str | None:
    fact.focus()
    note = page.locator("#_origin")
    if not note.is_visible():
        return f"{name}: no note on focus"
    page.keyboard.press("Enter")
    opened = page.evaluate("document.activeElement.id") == "_origin" and note.get_attribute("role") == "dialog"
    named = (note.get_attribute("aria-label") or "").strip() and note.locator("a[href*='tables/']").count()
    page.keyboard.press("Escape")
    back = page.evaluate("document.activeElement.matches('.fact')") and not note.is_visible()
    return None if opened and named and back else f"{name}: opened {opened}, named {named}, closed {back}"


def _by_touch(page: Any, fact: Any, name: str) -> str | None:
    fact.tap()
    note = page.locator("#_origin")
    inside = note.is_visible() and note.evaluate(
        "(one) => { const at = one.getBoundingClientRect(); return at.left >= 0 && at.right <= innerWidth; }"
    )
    page.locator("h1").first.tap()
    closed = not note.is_visible()
    return None if inside and closed else f"{name}: shown {inside}, closed {closed}"
