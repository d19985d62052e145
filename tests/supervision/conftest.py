"""What the tests of webhooks stand on: a real server, and a worker that needs no broker."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from supervision.config.celery import app
from tests.supervision.hook_world import Receiver


@pytest.fixture
def receiver(settings: Any) -> Iterator[tuple[Receiver, str]]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            kept.taken.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(kept.answers.get(self.path, 204))
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.ALLOW_PRIVATE_ADDRESSES = True
    yield kept, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def worker_at_once() -> Iterator[None]:
    """A queued task runs where it is queued: no broker is needed."""
    app.conf.update(task_always_eager=True)
    yield
    app.conf.update(task_always_eager=False)
