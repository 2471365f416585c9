"""What a server of a test answers with: bytes under a code and headers, and nothing on the terminal."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler


class AnsweringHandler(BaseHTTPRequestHandler):
    """A handler whose `do_GET` calls `answer`; HEAD is answered likewise, without the body."""

    def do_HEAD(self):
        self.do_GET()

    def answer(self, body: bytes | str, code: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Send the whole answer."""
        body = body.encode() if isinstance(body, str) else body
        self.send_response(code)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""
