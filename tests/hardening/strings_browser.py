"""The pages of a site in a headless Chromium: what they are made of, what they say, and what they complain of."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PAGES = ("index.html", "report/strings.html", "tables/strings/texts.html")
_READ = (Path(__file__).parent / "shapes.js").read_text("utf-8")
# Opens the note on the origin of each number in turn, and gives the elements of all.
_NOTES = """async () => {
  const shapes = new Set();
  const note = document.getElementById("origin");
  for (const fact of document.querySelectorAll("[id^=tbl-texts-] .fact")) {
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
    index: list[dict[str, str]] = field(default_factory=list)


def visit(site: Path, texts: Sequence[str]) -> Seen:
    """Open the pages, ask for the origin of every number, and search for the texts."""
    seen = Seen()
    with _browser() as browser:
        for href in PAGES:
            page = _watched(browser.new_page(), site, seen.complaints)
            page.goto((site / href).as_uri(), wait_until="load")
            found = page.evaluate(_READ)
            seen.shapes |= set(found.pop("shapes"))
            seen.complaints += [f"a string set {name}" for name in found.pop("planted")]
            for name, there in found.items():
                getattr(seen, name).extend(there)
            if href == "report/strings.html":
                seen.shapes |= set(page.evaluate(_NOTES))
                asked = page.evaluate(_SEARCH, [text[:80] for text in texts])
                seen.shapes |= set(asked["shapes"])
                seen.index = asked["index"]
            page.close()
    return seen


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def _watched(page: Any, site: Path, complaints: list[str]) -> Any:
    def asked(request: Any) -> None:
        if not request.url.startswith((site.as_uri(), "data:")):
            complaints.append(f"request to {request.url}")

    def said(dialog: Any) -> None:
        complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("request", asked)
    page.on("dialog", said)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    return page
