"""The rendered report as its readers meet it: every page in a browser, its accessibility, and the PDF.

Takes the site of this checkout; where there is none, it is rendered from a copy by the embedded renderer.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from tests.browser import chromium, inaccessible, served, too_wide, watch
from tests.faults.copies import PROJECT, copy_project
from tests.hardening import reading
from tests.hardening.figure_contrast import ENOUGH, contrasts
from tests.hardening.pdf_rules import CHECKS
from tests.hardening.trial import Trial

BROWSER, ACCESS, PDF = "pages in a browser", "accessibility", "PDF"
BELOW = "reports/one"
SCHEMES = ("light", "dark")
PAPER, LAPTOP = 640, 1280
SCREENS = {"phone": 390, "laptop": LAPTOP, "laptop at 400 %": LAPTOP // 4}
LONGEST = 3
"""Chapters whose first paint is timed."""
TABS = 2
"""Browsers among which pages are shared out that are looked at for width and accessibility."""

_LEAVE_OUT_ROWS = """() => {
  const shape = (one) => [one.tagName, one.className, one.getAttributeNames(), one.textContent === ""];
  for (const body of document.querySelectorAll("tbody")) {
    const seen = new Map();
    for (const row of [...body.rows]) {
      const own = [row, ...row.querySelectorAll("*")].map(shape).join();
      seen.set(own, (seen.get(own) ?? 0) + 1);
      if (seen.get(own) > 3) row.remove();
    }
  }
}"""


def measure(seed: int) -> Iterator[Trial]:
    """All checks of the report's site and PDF."""
    with tempfile.TemporaryDirectory() as scratch:
        site = PROJECT / "_site"
        if not (site / "index.html").is_file():
            site = _rendered(Path(scratch))
        yield from trials(site, random.Random(seed))
        yield paints(site)


def trials(site: Path, draw: random.Random) -> Iterator[Trial]:
    """The checks of a site that has a PDF, but for those that a clock decides."""
    pages, chapters = _pages(site)
    yield _trial(BROWSER, "links, anchors, downloads", reading.links(site, pages))
    with tempfile.TemporaryDirectory() as root, chromium() as browser, served(Path(root)) as address:
        (Path(root) / BELOW).parent.mkdir(parents=True)
        (Path(root) / BELOW).symlink_to(site)
        for where, base in (("from disk", site.as_uri()), ("below a path of a server", f"{address}/{BELOW}")):
            yield _trial(BROWSER, f"pages {where}", _opened(browser, base, pages))
        base = f"{address}/{BELOW}"
        yield _trial(BROWSER, "words of chapters, searched", reading.searches(browser, base, site, chapters, draw))
        yield _trial(BROWSER, "pages in the theme that was chosen", reading.themes(browser, base, pages))
        yield _trial(BROWSER, "origins of numbers by keys and touch", reading.origins(browser, base, chapters, draw))
        looked_at = _look_at_all(base, pages, chapters)
        for name in (*SCREENS, "paper"):
            yield _trial(BROWSER, f"pages within the width: {name}", (each[name] for each in looked_at if name in each))
        for scheme in SCHEMES:
            yield _trial(ACCESS, f"pages by axe-core, {scheme}", (each[scheme] for each in looked_at))
        for scheme in SCHEMES:
            yield _trial(ACCESS, f"texts in figures, {scheme}", _legible(browser, site, scheme))
    for file in sorted(site.glob("*.pdf")):
        for name, check in CHECKS.items():
            yield _trial(PDF, name, check(PdfReader(file)))


def paints(site: Path, loads: int = 5, soon: float = 1000) -> Trial:
    """Whether the longest chapters are seen within so many milliseconds where the processor is four times slower.

    The median of the loads of each counts.
    """
    longest = sorted(_pages(site)[1], key=lambda page: (site / page).stat().st_size)[-LONGEST:]
    with served(site) as address, chromium() as browser:
        results = _painted(browser, address, longest, loads, soon)
        return _trial(BROWSER, "first paint of the longest within a second, processor slowed fourfold", results)


def _pages(site: Path) -> tuple[list[str], list[str]]:
    """All pages, and those of them that are no page of a table."""
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return pages, [page for page in pages if not page.startswith("tables/")]


def _trial(series: str, group: str, results: Iterable[str | None]) -> Trial:
    listed = list(results)
    failures = tuple(result for result in listed if result)
    return Trial(series, group, len(listed), len(listed) - len(failures), failures)


def _opened(browser: Any, base: str, pages: Iterable[str]) -> Iterator[str | None]:
    """Each page, opened: an error, a dialog, or a request of anything outside the site."""
    page = browser.new_page()
    faults = watch(page, base)
    for href in pages:
        page.goto(f"{base}/{href}")
        yield f"{href}: {faults[0]}" if faults else None
        faults.clear()
    page.close()


def _painted(browser: Any, base: str, pages: Iterable[str], loads: int, soon: float) -> Iterator[str | None]:
    for href in pages:
        median = statistics.median(_first_paint(browser, f"{base}/{href}") for _ in range(loads))
        yield f"{href}: first paint after {median:.0f} ms" if median > soon else None


def _first_paint(browser: Any, address: str) -> float:
    """Milliseconds from the request of a page to the first thing that is seen of it, nothing being in a cache."""
    context = browser.new_context()
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(address)
    page.wait_for_function("performance.getEntriesByName('first-paint').length")
    found = page.evaluate("performance.getEntriesByName('first-paint')[0].startTime")
    context.close()
    return found


def _look_at_all(base: str, pages: Sequence[str], chapters: Sequence[str]) -> list[dict[str, str | None]]:
    """What is wrong with each page, by the name of the screen, of the paper or of the colour scheme."""
    found: dict[str, dict[str, str | None]] = {}
    left = iter(pages)

    def look() -> None:
        with chromium() as browser:
            page = browser.new_page()
            for href in left:  # as both tabs do: each takes the page that comes next
                found[href] = _look_at(page, base, href, href in chapters)

    with ThreadPoolExecutor(TABS) as pool:
        for done in [pool.submit(look) for _ in range(TABS)]:
            done.result()
    return [found[href] for href in pages]


def _look_at(page: Any, base: str, href: str, is_chapter: bool) -> dict[str, str | None]:
    """As `_look_at_all`, of one page: it is loaded once, and then resized, put on paper and switched to dark.

    On a page of a table, axe-core looks at three rows of each shape: it takes a minute for thousands that are alike.
    """
    found: dict[str, str | None] = {}
    page.emulate_media(media="screen", color_scheme="light")
    page.goto(f"{base}/{href}")
    for name, width in SCREENS.items():
        found[name] = _too_wide(page, href, width)
    if is_chapter:
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        found["paper"] = _too_wide(page, href, PAPER)
        page.emulate_media(media="screen")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
    else:
        page.evaluate(_LEAVE_OUT_ROWS)
    page.set_viewport_size({"width": LAPTOP, "height": 800})
    for scheme in SCHEMES:
        follows = _follows(page, scheme)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        violations = inaccessible(page) if follows else ["the page stays as it was on light paper"]
        found[scheme] = f"{href}: {len(violations)} violations, such as {violations[0]}" if violations else None
    return found


def _too_wide(page: Any, href: str, width: int) -> str | None:
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate("() => new Promise(requestAnimationFrame)")
    wide = too_wide(page)
    return f"{href}: {wide[0]}" if wide else None


def _follows(page: Any, scheme: str) -> bool:
    """Whether the page follows a system that changes to this colour scheme. Pages by Quarto are loaded again: they
    fetch other styles, and fade from one to the other."""
    paper = page.evaluate(reading.PAPER)
    page.emulate_media(color_scheme=scheme)
    if scheme == "dark" and page.locator("link.quarto-color-scheme").count():
        page.reload(wait_until="networkidle")
    try:
        page.wait_for_function(
            f"(light) => {reading.PAPER} !== light", arg=paper if scheme == "dark" else "", timeout=5000
        )
    except Exception:
        return False
    return True


def _legible(browser: Any, site: Path, scheme: str) -> Iterator[str | None]:
    page = browser.new_page(viewport={"width": 1000, "height": 600})
    for figure in sorted(site.rglob("figures/*.svg")):
        for contrast in contrasts(page, figure, scheme):
            yield f"{figure.name}: contrast {contrast:.2f}" if contrast < ENOUGH else None
    page.close()


def _rendered(scratch: Path) -> Path:
    copy = scratch / "report"
    copy_project(PROJECT, copy)
    command = [sys.executable, "-m", "report.rendering.cli", "render", "--engine", "press"]
    subprocess.run(command, cwd=copy, check=True, env={**os.environ, "PYTHONPATH": str(copy)})
    return copy / "_site"
