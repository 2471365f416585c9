"""The rendered report as its readers meet it: every page in a browser, its accessibility, and the PDF.

Takes the site of this checkout; where there is none, it is rendered from a copy by the embedded renderer.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
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
PHONE, LAPTOP, PAPER = 390, 1280, 640
ZOOMED = 320
"""What is left of 1280 pixels at 400 %."""
LONGEST = 3
"""Chapters whose first paint is timed."""
TABLE_PAGES = 12
"""Pages of tables that are looked at for accessibility and width, drawn by the seed; all are opened."""


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
    tables = [page for page in pages if page not in chapters]
    looked_at = chapters + draw.sample(tables, min(TABLE_PAGES, len(tables)))
    yield _trial(BROWSER, "links, anchors, downloads", reading.links(site, pages))
    with tempfile.TemporaryDirectory() as root, chromium() as browser, served(Path(root)) as address:
        (Path(root) / BELOW).parent.mkdir(parents=True)
        (Path(root) / BELOW).symlink_to(site)
        for where, base in (("from disk", site.as_uri()), ("below a path of a server", f"{address}/{BELOW}")):
            yield _trial(BROWSER, f"pages {where}", _opened(browser, base, pages))
        base = f"{address}/{BELOW}"
        yield _trial(BROWSER, "words of chapters, searched", reading.searches(browser, base, site, chapters, draw))
        yield _trial(BROWSER, "pages in the theme that was chosen", reading.themes(browser, base, looked_at))
        yield _trial(BROWSER, "origins of numbers by keys and touch", reading.origins(browser, base, chapters, draw))
        for name, width in (("phone", PHONE), ("laptop", LAPTOP), ("laptop at 400 %", ZOOMED)):
            yield _trial(BROWSER, f"pages within the width: {name}", _within(browser, base, looked_at, width, "screen"))
        yield _trial(BROWSER, "pages within the width: paper", _within(browser, base, chapters, PAPER, "print"))
        for scheme in ("light", "dark"):
            yield _trial(ACCESS, f"pages by axe-core, {scheme}", _accessible(browser, base, looked_at, scheme))
        for scheme in ("light", "dark"):
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


def _within(browser: Any, base: str, pages: Iterable[str], width: int, media: str) -> Iterator[str | None]:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.emulate_media(media=media)
    for href in pages:
        page.goto(f"{base}/{href}")
        page.evaluate("dispatchEvent(new Event('beforeprint'))" if media == "print" else "0")
        wide = too_wide(page)
        yield f"{href}: {wide[0]}" if wide else None
    page.close()


def _accessible(browser: Any, base: str, pages: Iterable[str], scheme: str) -> Iterator[str | None]:
    page = browser.new_page(color_scheme=scheme)
    for href in pages:
        page.goto(f"{base}/{href}")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        found = inaccessible(page)
        yield f"{href}: {len(found)} violations, such as {found[0]}" if found else None
    page.close()


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
