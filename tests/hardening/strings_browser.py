"""The pages of a site in a headless Chromium: what they are made of, what they say, and what they complain of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.browser import chromium, watch

SHOWN = ("report/strings.html", "report/said.html")
PAGES = ("index.html", *SHOWN, "tables/strings/texts.html", "tables/judged/verdicts.html")
READ = (Path(__file__).parent / "shapes.js").read_text("utf-8")
# Opens the note on the origin of each number in turn, and gives the elements of all.
_NOTES = """async () => {
  const shapes = new Set();
  const note = document.getElementById("_origin");
  for (const fact of document.querySelectorAll("[id^=tbl-texts-] .fact, [id^=tbl-said-] .fact")) {
    fact.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
    fact.focus();
    await Promise.resolve();
    for (const one of note.querySelectorAll("*")) shapes.add(`note: ${one.parentElement.localName} > ${one.localName}`);
  }
  return [...shapes];
}"""
# Types each text into the search, and gives the elements of all results.
_SEARCH = """async (texts) => {
  const shapes = new Set();
  document.querySelector(".tool-search").click();
  for (let tries = 0; tries < 200 && !window.colophonIndex; tries += 1) await new Promise((go) => setTimeout(go, 20));
  const input = document.querySelector("dialog.search input");
  for (const text of texts) {
    input.value = text;
    input.dispatchEvent(new Event("input"));
    for (const one of document.querySelectorAll(".search-results *")) {
      const names = one.getAttributeNames().sort().join(" ");
      shapes.add(`search: ${one.parentElement.localName} > ${one.localName} [${names}]`);
    }
  }
  return { shapes: [...shapes], index: window.colophonIndex };
}"""


@dataclass
class Seen:
    """What was seen on the pages of a site."""

    shapes: set[str] = field(default_factory=set)
    """Each element with its parent and its attributes' names, and each address that leads out of the site."""
    complaints: list[str] = field(default_factory=list)
    """Errors of the console, dialogs, requests of anything outside of the site, variables that a string set."""
    cells: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)
    alts: list[str] = field(default_factory=list)
    gathered: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    spans: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    judged: list[str] = field(default_factory=list)
    index: list[dict[str, str]] = field(default_factory=list)


def one_line(text: str) -> str:
    """White space, and where Pandoc breaks a line, set aside."""
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def read_page(browser: Any, site: Path, href: str, seen: Seen) -> Any:
    """Open a page, and note what it is made of and says."""
    page = browser.new_page()
    watch(page, site.as_uri(), into=seen.complaints)
    page.goto((site / href).as_uri(), wait_until="load")
    found = page.evaluate(READ)
    seen.shapes |= set(found.pop("shapes"))
    seen.complaints += [f"a string set {name}" for name in found.pop("planted")]
    for name, there in found.items():
        getattr(seen, name).extend(there)
    return page


def visit(site: Path, texts: Sequence[str]) -> Seen:
    """Open the pages, ask for the origin of every number, and search for the texts."""
    seen = Seen()
    with chromium() as browser:
        for href in PAGES:
            page = read_page(browser, site, href, seen)
            if href in SHOWN:
                seen.shapes |= set(page.evaluate(_NOTES))
            if href == SHOWN[0]:
                asked = page.evaluate(_SEARCH, [text[:80] for text in texts])
                seen.shapes |= set(asked["shapes"])
                seen.index = asked["index"]
            page.close()
    return seen
