"""HTTP servers on this machine."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class QuietHandler(http.server.BaseHTTPRequestHandler):
    """A handler that does not log its requests."""

    def log_message(self, *args) -> None:
        pass


@contextmanager
def serving(handler: type[QuietHandler]) -> Iterator[http.server.ThreadingHTTPServer]:
    """A server with its address as `url`, and `paths` for what its handler was asked."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.paths = []
        server.url = f"http://127.0.0.1:{server.server_port}/"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
