"""Sites in a real Chromium, opened from disk or served below a path, and what a page may not do there.

`pytest.importorskip` and `CHROMIUM` are for tests that skip without a browser.
"""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# The shell is Chromium without the windows around its pages, which take two thirds of the time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), None)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WCAG_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing of it."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def chromium() -> Iterator[Any]:
    """The browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def served(folder: Path, handler: type[SimpleHTTPRequestHandler] = Quiet) -> Iterator[str]:
    """The address at which a folder is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def watch(page: Any, *allowed: str, into: list[str] | None = None) -> list[str]:
    """A list that fills with what the page complains of, and with its requests of anything not below `allowed`."""
    faults = [] if into is None else into

    def asked(request: Any) -> None:
        if not request.url.startswith((*allowed, "data:")):
            faults.append(f"request to {request.url}")

    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", asked)
    return faults


def inaccessible(page: Any) -> list[str]:
    """What axe-core finds against the rules of WCAG 2.1, levels A and AA, a line for each element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found = page.evaluate(
        "(rules) => axe.run(document, { runOnly: rules, resultTypes: ['violations'], preload: false })", WCAG_AA
    )
    return [
        f"{violation['id']}: {' '.join(map(str, node['target']))}: {' '.join((node['failureSummary'] or '').split())}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def too_wide(page: Any) -> list[str]:
    """The elements that reach beyond the width of the page, and do not scroll within another."""
    return page.evaluate(_TOO_WIDE)


@cache
def _axe() -> str:
    spec = find_spec("axe_playwright_python")
    return (Path(spec.submodule_search_locations[0]) / "axe.min.js").read_text("utf-8")


_TOO_WIDE = """() => {
  const root = document.documentElement, width = root.clientWidth, found = [];
  if (root.scrollWidth > width) found.push(`the page is ${root.scrollWidth} wide`);
  const scrolls = (element) => {
    for (let one = element.parentElement; one && one !== root; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (style.overflowX !== "visible" || style.position === "fixed") return true;
    }
    return false;
  };
  for (const element of document.body.querySelectorAll("*")) {
    const at = element.getBoundingClientRect();
    if (at.right <= width + 1 || !at.width || !element.checkVisibility() || scrolls(element)) continue;
    found.push(`${element.tagName.toLowerCase()}.${element.className}: ${Math.round(at.right)} of ${width}`);
  }
  return found.slice(0, 5);
}"""
