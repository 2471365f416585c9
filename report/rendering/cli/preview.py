"""A web server for the rendered pages, on 127.0.0.1 only, that tells the open pages to reload.

Pages get a few lines of script as they are sent (the files stay as rendered); the script listens to `/__reload`, a
stream of server-sent events from this same address.
"""

import functools
import http.server
import queue
import threading
from http import HTTPStatus
from pathlib import Path
from types import TracebackType

from experiments.tables.errors import UserError

_RELOAD = "/__reload"
_SCRIPT = f"<script>new EventSource('{_RELOAD}').onmessage = () => location.reload();</script>".encode()


Asked = threading.Event
"""A browser waits for the PDF; whoever makes it sets the event."""


class Preview:
    """Serves the folder `output` while the context lasts; port 0 takes any free port.

    Before a PDF is sent, an `Asked` goes to `news`.
    """

    def __init__(self, output: Path, port: int, news: "queue.Queue[Asked | None]") -> None:
        self.asked = news
        self._news = threading.Condition()
        self._version = 0
        handler = functools.partial(_Handler, directory=str(output), preview=self)
        try:
            self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
        except OSError as error:
            reason = error.strerror or error
            raise UserError(f"cannot serve on 127.0.0.1:{port}: {reason}; choose another --port") from None
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def reload(self) -> None:
        """Tell every open page to load itself again."""
        with self._news:
            self._version += 1
            self._news.notify_all()

    def wait_for_news(self, known: int, seconds: float) -> int:
        """The version of the pages, at the latest after `seconds` or as soon as it is not `known`."""
        with self._news:
            self._news.wait_for(lambda: self._version != known, timeout=seconds)
            return self._version

    def __enter__(self) -> "Preview":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *arguments: object, preview: Preview, **keywords: object) -> None:
        self._preview = preview
        super().__init__(*arguments, **keywords)

    def do_GET(self) -> None:
        if self.path == _RELOAD:
            self._stream_news()
            return
        page = Path(self.translate_path(self.path))
        if page.suffix == ".pdf":
            asked = Asked()
            self._preview.asked.put(asked)
            asked.wait()
        if page.is_dir() and self.path.endswith("/"):
            page /= "index.html"
        if page.suffix == ".html" and page.is_file():
            self._send_page(page.read_bytes())
        else:
            super().do_GET()

    def _send_page(self, content: bytes) -> None:
        before, mark, after = content.rpartition(b"</body>")
        content = before + _SCRIPT + mark + after
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _stream_news(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        version = self._preview.wait_for_news(-1, 0)
        try:
            while True:
                newest = self._preview.wait_for_news(version, 15)
                # A comment keeps the connection known to be open; a message makes the page reload.
                self.wfile.write(b"data: reload\n\n" if newest != version else b": still here\n\n")
                self.wfile.flush()
                version = newest
        except OSError:
            return  # the page was closed

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Requests are not news."""
