"""`report serve`: pages on this machine, rendered again on change, errors told and survived."""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path

from report.rendering import stamp

SERVE = "import sys; from report.rendering.cli import main; sys.exit(main(['serve', '--port', '0']))"


class Serving:
    """A running server, what it says line by line, and its exit code."""

    def __init__(self, root) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ,
        )
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.process.stdout:
            self.lines.put(line)

    def wait_for(self, pattern: str) -> re.Match[str]:
        while True:
            if match := re.search(pattern, self.lines.get(timeout=60)):
                return match


def fetch(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read()


def test_serves_renders_again_and_survives_errors(report):
    serving = Serving(report.root)
    try:
        serving.wait_for("running plain")
        report.replace("plain", "# Plain", "# As plain as can be")  # saved while the first render goes on
        address = serving.wait_for(r"serving (http://127\.0\.0\.1:\d+/)")[1]
        serving.wait_for("writing html")
        with urllib.request.urlopen(address + "__reload", timeout=60) as news:
            while b"As plain as can be" not in fetch(address + "report/plain.html"):
                news.readline()
        assert not list(report.site.glob("*.pdf"))
        assert fetch(address + "report.pdf").startswith(b"%PDF")
        page = fetch(address + "report/plain.html")
        assert b"EventSource('/__reload')" in page
        assert "EventSource" not in report.page("plain")
        assert fetch(address) == fetch(address + "index.html")

        with urllib.request.urlopen(address + "__reload", timeout=60) as news:
            report.replace("plain", "See", "Look at")
            said = iter(news.readline, b"")
            assert next(line for line in said if line.startswith(b"data:")) == b"data: reload\n"
        assert b"Look at" in fetch(address + "report/plain.html")

        report.replace("plain", "Look at", "`{r} 1`")
        serving.wait_for(r"error: report/plain\.qmd:7: inline")
        serving.wait_for("the pages shown are those of the last render that succeeded")
        assert b"Look at" in fetch(address + "report/plain.html")

        serving.process.send_signal(signal.SIGINT)
        assert serving.process.wait(timeout=30) == 130
    finally:
        serving.process.kill()


def test_what_a_preview_has_made_step_by_step_is_what_a_render_makes_at_once(report):
    serving = Serving(report.root)
    try:
        address = serving.wait_for(r"serving (http://127\.0\.0\.1:\d+/)")[1]

        def change(make: Callable[[], None], became: str) -> None:
            before = fetch(address + "report/reading.html")
            with urllib.request.urlopen(address + "__reload", timeout=60) as news:
                make()
                while fetch(address + "report/reading.html") == before:
                    news.readline()
            serving.wait_for(f"{became} reading")

        change(lambda: report.replace("reading", "The size", "Its size"), "unchanged:")
        change(lambda: report.replace("reading", "Its", "Of `{python} 6 * 7` the"), "ran")
        change(lambda: report.replace("reading", "Of `{python} 6 * 7` the", "Once more the"), "unchanged:")
        change(lambda: report.freeze(2), "ran")
    finally:
        serving.process.send_signal(signal.SIGINT)
        serving.process.wait(timeout=60)
    (report.root / stamp.STAMP).unlink(missing_ok=True)
    shown = files(report.site)
    assert report.run("render", "--to", "html")[0] == 0
    assert files(report.site) == shown


def files(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
