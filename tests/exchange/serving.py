"""A department's service over HTTP that behaves as a test says."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Behaviour = Callable[[BaseHTTPRequestHandler, dict[str, object]], tuple[int, bytes]]
"""Status and body of the answer to what was asked."""


@contextmanager
def departments() -> Iterator[Callable[[Behaviour], str]]:
    """Start services, each at an address of its own, until the end."""
    started: list[ThreadingHTTPServer] = []

    def start(behave: Behaviour) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                status, answer = behave(self, body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        started.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}/query"

    try:
        yield start
    finally:
        for server in started:
            server.shutdown()
            server.server_close()
