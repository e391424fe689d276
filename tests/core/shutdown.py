"""Web servers that share a port, clients that never ask twice, and a job worker: what ``test_shutdown`` ends."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: seconds a process may need to start or end
PATIENCE = 120.0

Process = subprocess.Popen[bytes]


def environment(database_url: str) -> dict[str, str]:
    """What a process of the service is told."""
    return {**os.environ, "QJJ_MODE": "test", "DATABASE_URL": database_url, "LOG_LEVEL": "WARNING"}


def web(port: int, env: dict[str, str], entry: str = "wsgi") -> Process:
    """A web server on a port that others may listen on too."""
    return subprocess.Popen([
        sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--blocking-threads", "2",
        "--workers-kill-timeout", "5", "--log-level", "warning", "--working-dir", str(ROOT),
        f"{entry}:app"], cwd=ROOT, env=env)


def workers_of(server: Process) -> list[int]:
    """The processes that answer for a server."""
    return [int(each) for each in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()]


def listening(server: Process, port: int) -> None:
    """Wait until a server's worker listens: there is a socket of its own in the kernel's table."""
    wanted, deadline = f":{port:04X} 00000000:0000 0A", time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines() if wanted in row]
        inodes = {f"socket:[{row[9]}]" for row in rows}
        with suppress(FileNotFoundError):
            for worker in workers_of(server):
                if inodes & {_target(each) for each in Path(f"/proc/{worker}/fd").iterdir()}:
                    return
        time.sleep(0.05)
    raise TimeoutError(f"no worker of {server.pid} listens on {port}")


def _target(link: Path) -> str:
    try:
        return os.readlink(link)
    except FileNotFoundError:  # closed since it was listed
        return ""


def leave(server: Process, seconds: float) -> None:
    """What a unit's ExecStop does, then SIGTERM; waits for the end."""
    for worker in workers_of(server):
        os.kill(worker, signal.SIGUSR1)
    time.sleep(seconds)
    server.terminate()
    assert server.wait(timeout=PATIENCE) == 0


class Crowd:
    """Clients that keep their connection as long as they may and never ask twice: each failure is a lost request."""

    def __init__(self, port: int, path: str, clients: int = 8) -> None:
        self.answers, self.lost = Counter[int](), Counter[str]()
        self._port, self._path, self._lock, self._over = port, path, threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(clients)]
        for each in self._threads:
            each.start()

    @property
    def asked(self) -> int:
        """How many requests were made so far."""
        return self.answers.total() + self.lost.total()

    def until(self, asked: int) -> None:
        """Wait until so many requests were made."""
        while self.asked < asked:
            time.sleep(0.01)

    def stop(self) -> None:
        """No request more."""
        self._over.set()
        for each in self._threads:
            each.join()

    def _ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        while not self._over.is_set():
            try:
                connection.request("GET", self._path)  # connects anew where the last answer closed
                answer = connection.getresponse()
                answer.read()
                with self._lock:
                    self.answers[answer.status] += 1
            except (OSError, http.client.HTTPException) as gone:
                with self._lock:
                    self.lost[type(gone).__name__] += 1
                connection.close()
        connection.close()
