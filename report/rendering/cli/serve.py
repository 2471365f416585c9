"""`report serve`: render, serve the pages on this machine, render again on every change and reload the browser.

The PDF takes longer than the pages; it is made when a browser asks for it, or each time with `--to html,pdf`.
Numbers and comparisons without a table are told and shown: they are an error of `report render`.
"""

import queue
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from watchfiles import watch

from experiments.tables.errors import UserError
from experiments.tables.locations import frozen_root
from report.rendering import stamp
from report.rendering.cli.preview import Asked, Preview
from report.rendering.cli.progress import progress
from report.rendering.engine import choose_engine
from report.rendering.locate import find_root
from report.rendering.render import engine_project, render
from report.rendering.request import Request


def run(request: Request, port: int) -> int:
    """Serve until Ctrl-C. An error of a render is shown in the terminal and serving goes on."""
    request = replace(request, strict=False)
    root = find_root()
    output = engine_project(root, choose_engine(request.engine)).output_dir
    news: queue.Queue[Asked | None] = queue.Queue()
    _watch(root, news)
    with Preview(output, port, news) as preview:
        rendered: dict[str, str] = {}
        printed: dict[str, str] = {}
        serving = False
        while True:
            # A render writes below the watched folders too; only other contents are a reason for the next one. What is
            # saved while a render goes on is seen after it.
            if (contents := _contents(root)) != rendered:
                rendered = contents
                if _render(root, request, preview.reload):
                    printed = contents if "pdf" in request.formats else {}
                if not serving:
                    serving = True
                    print(f"serving {preview.address} (Ctrl-C ends it)", flush=True)
                continue
            asked = news.get()
            if asked is not None:
                if printed != rendered and _render(root, replace(request, formats=("pdf",))):
                    printed = rendered
                asked.set()


def _render(root: Path, request: Request, shown: Callable[[], None] = lambda: None) -> bool:
    """Whether it succeeded. `shown` is called once its pages are there."""
    try:
        with progress(shown) as listener:
            render(root, request, listener)
    except UserError as error:
        for line in str(error).splitlines():
            print(f"error: {line}", file=sys.stderr)
        print("the pages shown are those of the last render that succeeded", file=sys.stderr, flush=True)
        return False
    return True


def _contents(root: Path) -> dict[str, str]:
    """The digest of everything that a render reads."""
    return {path: digest for path, (*_, digest) in stamp.measure_inputs(root).items()}


def _watch(root: Path, news: "queue.Queue[Asked | None]") -> None:
    """Put None whenever a file changes at the project's top or below a folder that a render reads."""
    inputs = {base / name for base in (root, stamp.PACKAGES) for name in stamp.INPUTS}
    folders = sorted(place for place in inputs | {frozen_root()} if place.is_dir())

    def listen(places: list[Path], recursive: bool) -> None:
        for _ in watch(*places, recursive=recursive, debounce=200, step=20):
            news.put(None)

    for places, recursive in ((folders, True), ([root], False)):
        threading.Thread(target=listen, args=(places, recursive), daemon=True).start()
