"""The whole service as `make demo` starts it, on a database of its own with a small city."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote_plus
from urllib.request import Request, urlopen

import pytest

from tests import races
from tests.conftest import config_for
from tests.sandbox.town import private, tell_tale

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Live:
    """A running service: its address, its database, and the file its processes log to."""

    base: str
    database_url: str
    log: Path

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """One request over real HTTP: (status, parsed answer)."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **(headers or {})}
        request = Request(self.base + path, data, sent, method=method)
        try:
            with urlopen(request, timeout=60) as answer:
                return answer.status, _parsed(answer.read())
        except HTTPError as refused:
            with refused:
                return refused.code, _parsed(refused.read())


def _parsed(text: bytes) -> Any:
    return json.loads(text) if text else None


def free_port() -> int:
    """A port nobody listens on, with the next one free too."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture(scope="session")
def live(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The demo, run by its own command until the last journey is over; it must stop cleanly, and have told Stripe
    nobody's name, phone, ID number or address."""
    folder, port, url = tmp_path_factory.mktemp("live"), free_port(), new_database()
    log = folder / "log"
    env = {**os.environ, "PORT": str(port), "DATABASE_URL": url, "QJJ_INSTANCE": str(folder), "WORKERS": "120",
           "LOG_LEVEL": "INFO", "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as out:
        demo = subprocess.Popen([sys.executable, "-m", "qiaojiejie.sandbox.demo"], cwd=ROOT, env=env, stdout=out,
                                stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 90
        while "Ctrl-C" not in log.read_text():
            assert demo.poll() is None and time.monotonic() < deadline, log.read_text()[-4000:]
            time.sleep(0.2)
        yield Live(f"http://127.0.0.1:{port}", url, log)
    finally:
        demo.send_signal(signal.SIGINT)
        code = demo.wait(timeout=40)
    assert code == 0, log.read_text()[-4000:]
    with races.opened(config_for(url)) as beside, beside.app_context():
        assert tell_tale(_asked(folder / "stripe.sqlite"), private()) == set()


def _asked(stripe: Path) -> str:
    """Everything Stripe was ever sent."""
    with closing(sqlite3.connect(stripe)) as kept:
        rows = kept.execute("SELECT method, path, headers, body, params, key FROM asked").fetchall()
    return unquote_plus("\n".join(" ".join(map(str, row)) for row in rows))
