"""`report serve`: render, serve the pages on this machine, render again on every change and reload the browser."""

import queue
import sys
import threading
from pathlib import Path

from watchfiles import watch

from experiments.tables.errors import UserError
from experiments.tables.locations import frozen_root
from report.rendering import stamp
from report.rendering.cli.preview import Preview
from report.rendering.cli.render import render
from report.rendering.locate import find_root
from report.rendering.project import load_project
from report.rendering.request import Request


def run(request: Request, port: int) -> int:
    """Serve until Ctrl-C. An error of a render is shown in the terminal and serving goes on."""
    root = find_root()
    output = load_project(root).output_dir
    with Preview(output, port) as preview:
        rendered = _contents(root)
        _render(root, request, preview)
        print(f"serving {preview.address} (Ctrl-C ends it)", flush=True)
        changes = _changes(root)
        while True:
            changes.get()
            # A render writes below the watched folders too; only other contents are a reason for the next one.
            if (contents := _contents(root)) != rendered:
                rendered = contents
                _render(root, request, preview)


def _render(root: Path, request: Request, preview: Preview) -> None:
    try:
        render(root, request)
        preview.reload()
    except UserError as error:
        for line in str(error).splitlines():
            print(f"error: {line}", file=sys.stderr)
        print("the pages shown are those of the last render that succeeded", file=sys.stderr, flush=True)


def _contents(root: Path) -> dict[str, str]:
    """The digest of everything that a render reads."""
    return {path: digest for path, (_, _, digest) in stamp.take(root).items()}


def _changes(root: Path) -> queue.Queue[object]:
    """Gets an entry whenever a file changes at the project's top or below a folder that a render reads."""
    inputs = {base / name for base in (root, stamp.PACKAGES) for name in stamp.INPUTS}
    folders = sorted(place for place in inputs | {frozen_root()} if place.is_dir())
    found: queue.Queue[object] = queue.Queue()

    def listen(places: list[Path], recursive: bool) -> None:
        for change in watch(*places, recursive=recursive):
            found.put(change)

    for places, recursive in ((folders, True), ([root], False)):
        threading.Thread(target=listen, args=(places, recursive), daemon=True).start()
    return found
