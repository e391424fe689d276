"""The real service as processes that may be killed: PostgreSQL in a folder of its own, web, job workers, stand-in."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import requests

from qiaojiejie.core import embedded
from tests.stripe_sandbox import JSON, SECRET, free_port

ROOT = Path(__file__).resolve().parents[2]
#: seconds a process may need to start, and PostgreSQL to recover
START_SECONDS = 60.0
#: kill -9 is aimed at these, as many of each as there are; the stand-in is the world outside and lives
MORTAL = ("web", "jobs")
#: connections PostgreSQL has room for
CONNECTIONS = 200


class Child:
    """One process, in a session of its own so that all it started dies with it."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], log: Path, user: str | None = None) -> None:
        self.name, self._command, self._env, self._log, self._user = name, command, env, log, user
        self._running: subprocess.Popen[bytes] | None = None
        self.lock = threading.Lock()
        #: how often it ended without being killed by us
        self.fell = 0

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._running is not None and self._running.poll() is None

    def start(self) -> None:
        """Start it (again)."""
        with self._log.open("ab") as out:
            self._running = subprocess.Popen(self._command, cwd=ROOT, env=self._env, stdout=out, stderr=out,
                                             stdin=subprocess.DEVNULL, start_new_session=True, user=self._user)

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """kill -9, the whole session; or ask it to end, and wait."""
        if self._running is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if how is signal.SIGKILL:
                os.killpg(self._running.pid, how)
            else:
                self._running.send_signal(how)
        self._running.wait(timeout=20)
        self._running = None


class Postgres(Child):
    """A PostgreSQL that keeps what it committed (fsync on), its data in a folder of its own."""

    def __init__(self, folder: Path, log: Path) -> None:
        server = embedded.start(folder)  # makes the data folder, as the user it must belong to
        self.url = str(server.get_uri())
        bin_path, user = server.bin_path, server.system_user
        server.cleanup()
        super().__init__("postgres", [str(bin_path / "postgres"), "-D", str(folder), "-h", "", "-k", str(folder), "-c",
                                      f"max_connections={CONNECTIONS}", "-c", "fsync=on", "-c", "synchronous_commit=on",
                                      "-c", "full_page_writes=on"], dict(os.environ), log, user)

    def start(self) -> None:
        """Start it. One killed a moment ago may have backends left that hold its memory: tried until they are gone."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            super().start()
            while self.alive and time.monotonic() < deadline:
                with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url, connect_timeout=2):
                    return
                time.sleep(0.05)
            time.sleep(0.1)
            if time.monotonic() >= deadline:
                raise TimeoutError(f"PostgreSQL did not come back: see {self._log}")


class Service:
    """All processes, the addresses they answer at, and whoever starts again what fell."""

    def __init__(self, folder: Path, twist: dict[str, str], copies: int = 2) -> None:
        """``twist``: settings of ``tests.soak.entry``; none for the service as it is. ``copies``: of web and jobs."""
        self.folder, self.log = folder, folder / "log"
        self.base, self.stripe = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"
        self.postgres = Postgres(folder / "pg", folder / "postgres.log")
        self.stripe_state = folder / "stripe.sqlite"
        self._stop = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)
        #: what went wrong with the processes themselves
        self.broken: list[str] = []
        env = self._env(twist)
        entry = "tests.soak.entry" if twist else "wsgi"
        self.outside = Child("stripe", [
            sys.executable, "-m", "qiaojiejie.sandbox.stripe", "--port", self.stripe.rpartition(":")[2], "--state",
            str(self.stripe_state), "--webhook-url", f"{self.base}/api/v1/webhooks/stripe", "--webhook-secret",
            SECRET], env, folder / "stripe.log")
        web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port",
               self.base.rpartition(":")[2], "--workers", "1", "--blocking-threads", "4", "--log-level", "warning",
               f"{entry}:app"]  # two listen at one port: what is sent to a dead one is sent again and meets the other
        jobs = [sys.executable, "-m", "flask", "--app", entry, "jobs"]
        names = [f"{name} {number}" if number > 1 else name for name in MORTAL for number in range(1, copies + 1)]
        made = [Child(name, web if name.startswith("web") else jobs, env, self.log) for name in names]
        self.children: dict[str, Child] = {child.name: child for child in (*made, self.postgres)}

    def _env(self, twist: dict[str, str]) -> dict[str, str]:
        return {**os.environ, **twist, "QJJ_MODE": "demo", "DATABASE_URL": self.postgres.url,
                "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "MEDIA_DIR": str(self.folder / "media"),
                "STRIPE_API_BASE": self.stripe, "STRIPE_WEBHOOK_SECRET": SECRET, "PUBLIC_URL": self.base,
                "LOG_LEVEL": "WARNING", "PYTHONUNBUFFERED": "1"}

    def start(self) -> None:
        """Start all but PostgreSQL, which runs already, and wait until the service is ready."""
        for child in (self.outside, *self.children.values()):
            if child is not self.postgres:
                child.start()
        self.ready()
        self._supervisor.start()

    def ready(self) -> None:
        """Wait until the service and the stand-in answer."""
        deadline = time.monotonic() + START_SECONDS
        for url in (f"{self.base}/readyz", f"{self.stripe}/pay/none"):
            while True:
                with contextlib.suppress(requests.RequestException):
                    if requests.get(url, timeout=2, headers=JSON).status_code in (200, 404):
                        break
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{url} does not answer: see {self.log}")
                time.sleep(0.05)

    def kill(self, name: str, away: float = 0.0) -> None:
        """kill -9 of one process, which is started again ``away`` seconds later."""
        child = self.children[name]
        with child.lock:
            child.kill()
            time.sleep(away)
            child.start()

    def restart(self, away: float) -> None:
        """PostgreSQL is restarted in good order, breaking off what is under way, and is ``away`` for so long."""
        with self.postgres.lock:
            self.postgres.kill(signal.SIGINT)
            time.sleep(away)
            self.postgres.start()

    def crowd_out(self, seconds: float) -> None:
        """Others take every connection PostgreSQL has room for, the service's own too, and keep them for so long."""
        with contextlib.ExitStack() as taken:
            first = taken.enter_context(contextlib.closing(psycopg.connect(self.postgres.url, autocommit=True)))
            mine = [first.info.backend_pid]
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                first.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                              " WHERE datname = current_database() AND pid <> ALL(%s)", [mine])
                with contextlib.suppress(psycopg.OperationalError):
                    while True:
                        another = psycopg.connect(self.postgres.url)
                        taken.enter_context(contextlib.closing(another))
                        mine.append(another.info.backend_pid)
                time.sleep(0.1)

    def _supervise(self) -> None:
        """Start again what ended by itself, as an init system would; count it."""
        while not self._stop.wait(0.2):
            for child in self.children.values():
                if not child.lock.acquire(blocking=False):
                    continue  # it is being killed
                try:
                    if not child.alive:
                        child.fell += 1
                        child.start()
                except TimeoutError as gone:
                    self.broken.append(str(gone))
                    return
                finally:
                    child.lock.release()

    def control(self, **faults: float) -> None:
        """Break the stand-in so from now on; without faults: behave."""
        answer = requests.post(f"{self.stripe}/_control", json=faults, timeout=10,
                               headers={"Authorization": "Bearer sk_test_demo"})
        answer.raise_for_status()

    def stop(self) -> None:
        """End every process of ours."""
        self._stop.set()
        if self._supervisor.is_alive():
            self._supervisor.join(timeout=START_SECONDS)
        for child in (*self.children.values(), self.outside):
            child.kill()


@contextlib.contextmanager
def running(twist: dict[str, str] | None = None, keep: Path | None = None, copies: int = 2) -> Iterator[Service]:
    """The service's folder with PostgreSQL up; the caller migrates, seeds and starts the rest. Logs go to ``keep``."""
    folder = Path(tempfile.mkdtemp(prefix="qjj-soak-"))
    folder.chmod(0o755)
    service: Service | None = None
    try:
        service = Service(folder, twist or {}, copies)
        service.postgres.start()
        yield service
    finally:
        if service is not None:
            service.stop()
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            for log in (*folder.glob("*log"), *folder.glob("*.sqlite")):
                shutil.copy(log, keep / log.name)
        shutil.rmtree(folder, ignore_errors=True)
