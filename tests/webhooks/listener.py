"""A firm's own program: a real HTTP server that keeps what it hears and answers as it is told."""

import hashlib
import hmac
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Listener:
    """Answers with ``answers`` in order, then with the last one; ``before`` runs while a request waits."""

    def __init__(self) -> None:
        self.answers: list[int] = [200]
        self.got: list[dict[str, Any]] = []
        self.more: dict[str, str] = {}
        self.before: Callable[[Any], None] = lambda _: None
        listener = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = listener.answers[min(len(listener.got), len(listener.answers) - 1)]
                listener.got.append({"body": body, "headers": dict(self.headers), "path": self.path})
                listener.before(self)
                try:
                    self.send_response(status)
                    for name, value in listener.more.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:  # whoever asked has gone
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hear"

    def verified(self, secret: str, number: int = -1) -> bool:
        """As docs/webhooks.md has a firm's programmer do it."""
        heard = self.got[number]
        parts = [each.partition("=") for each in heard["headers"]["Qiaojiejie-Signature"].split(",")]
        at = next(value for name, _, value in parts if name == "t")
        expected = hmac.new(secret.encode(), at.encode() + b"." + heard["body"], hashlib.sha256).hexdigest()
        fresh = abs(time.time() - int(at)) < 300
        return fresh and any(hmac.compare_digest(value, expected) for name, _, value in parts if name == "v1")
