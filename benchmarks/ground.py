"""Where it is measured: databases of its own, and servers on them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from qiaojiejie.app import create_app
from qiaojiejie.core import embedded
from qiaojiejie.core.config import Config
from qiaojiejie.core.db import close

ROOT = Path(__file__).resolve().parents[1]
#: makes a migrated, empty database and says its address
Maker = Callable[[], str]
#: rounds of each thing measured, by name
Measured = dict[str, list[float]]

#: what the app is told of its surroundings: it runs as in production
SETTINGS = {
    "QJJ_MODE": "production", "LOG_LEVEL": "ERROR", "SMS_URL": "https://sms.invalid/",
    "QJJ_DATA_KEYS": "k:" + "A" * 43 + "=", "QJJ_LOG_KEY": "A" * 43 + "=", "QJJ_WITNESS_KEY": "B" * 42 + "A=",
    "QJJ_LOG_ORIGIN": "bench.invalid/log", **{secret: "b" * 32 for secret in (
        "QJJ_JWT_SECRET", "QJJ_INDEX_KEY", "STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET", "SMS_SECRET")}}


def settings(database_url: str) -> dict[str, str]:
    """The app's settings on a database."""
    return {**SETTINGS, "DATABASE_URL": database_url}


@contextmanager
def app_on(database_url: str) -> Iterator[Flask]:
    """The whole app in this process."""
    app = create_app(Config.read(settings(database_url)))
    try:
        yield app
    finally:
        close(app)


@contextmanager
def databases() -> Iterator[Maker]:
    """Makes databases on the embedded PostgreSQL (or BENCH_DATABASE_URL's server); all are dropped at the end."""
    server = os.environ.get("BENCH_DATABASE_URL") or embedded.start(ROOT / "instance" / "bench-postgres").get_uri()
    template, made = f"bench_{os.getpid()}", list[str]()

    def create(more: str = "") -> str:
        name = f"{template}_{len(made)}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} {more}")
        made.append(name)
        return str(sa.make_url(server).set(database=name).render_as_string(hide_password=False))

    try:
        with app_on(create()) as app, app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
        yield lambda: create(f"TEMPLATE {template}_0")
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            for name in made:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class Server:
    """A granian that answers."""

    port: int
    pid: int

    @property
    def resident(self) -> float:
        """Resident memory of its web processes, the largest of them, in MB."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return max(resident(int(child)) for child in children)


def resident(pid: int) -> float:
    """Resident memory of a process, in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(target: str, database_url: str, *, processes: int = 1, threads: int = 1) -> Iterator[Server]:
    """An app served by granian: unless said otherwise one process with one blocking thread."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
               "--workers", str(processes), "--blocking-threads", str(threads), "--log-level", "warning", target]
    process = subprocess.Popen(command, env=environment(settings(database_url)), cwd=ROOT,
                               start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        _await(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # what is left of it
        process.wait()


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process of ours; it keeps what it compiled, as anybody's does."""
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "", **more}


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(900):
        if process.poll() is not None:
            raise ConnectionError(f"the server ended with code {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except ConnectionError:
            time.sleep(0.1)
    raise ConnectionError("the server did not start")
