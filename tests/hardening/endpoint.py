"""A judge's endpoint on this machine, for the length of a trial."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@contextmanager
def endpoint(
    reply: Callable[[str], str], status: int = 200, headers: Mapping[str, str] | None = None, **more: Any
) -> Iterator[str]:
    """The address of an endpoint that says `reply` of each request's body; `more` stands in its answers as well."""

    class Replies(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm, wbufsize = True, -1  # head and body go together, and at once

        def do_POST(self) -> None:
            said = reply(self.rfile.read(int(self.headers["Content-Length"])).decode())
            choices = [{"index": 0, "message": {"content": said}}]
            content = json.dumps({"model": said, "choices": choices, **more}).encode()
            self.send_response(status)
            for name, value in {**(headers or {}), "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *said: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Replies)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
