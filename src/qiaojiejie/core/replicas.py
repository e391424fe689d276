"""Streaming replicas: where a read may be answered when it need not know what was written a moment ago.

A process watches each replica from a thread of its own, so no read waits to learn whether one is there: what it had
replayed when it was looked at last, it has replayed. How far it lags is measured against positions of the primary seen
earlier, which needs no clock of the replica and holds when nothing is written. One that fails a read is left alone for
a while; what it failed to answer is asked of the primary (decision 0020).
"""

import math
import random
import re
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import sqlalchemy as sa
import structlog

log = structlog.get_logger()

#: the position in the primary's log a client has written up to: an answer's header, sent back with a read
READ_AFTER = "X-Read-After"
#: what no replica ever reaches
NEVER = "FFFFFFFF/FFFFFFFF"
#: how often a replica is looked at; one that has not been seen for so long is not asked
LOOK_SECONDS, SEEN_SECONDS = 0.5, 2.0
#: how long one is left alone after it failed
REST_SECONDS = 2.0
#: a server that is gone without a word is noticed by what is sent to it (libpq connects for two seconds at least)
QUICK: Mapping[str, Any] = {"connect_timeout": 2, "tcp_user_timeout": 1000, "keepalives_idle": 1,
                            "keepalives_interval": 1, "keepalives_count": 2}

_POSITION = re.compile(r"([0-9A-F]{1,8})/([0-9A-F]{1,8})")
_WRITTEN = "SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint"
_REPLAYED = "SELECT CASE WHEN pg_is_in_recovery() THEN (pg_last_wal_replay_lsn() - '0/0')::bigint END"
#: a connection that is lost or refused (no SQLSTATE: libpq says so itself), a server that stops or is full
_GONE = ("08", "57P", "53")
#: positions kept while a replica does not move: as many as the bound of any lag needs
_KEPT = 1000


def position(text: str) -> int | None:
    """A position as a number; None when it is none."""
    found = _POSITION.fullmatch(text)
    return (int(found[1], 16) << 32) | int(found[2], 16) if found else None


class Line:
    """One connection, opened again when it broke."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[Any] | None = None

    def ask(self, sql: str) -> int | None:
        """A number; None when there is none or nobody answers."""
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._url, autocommit=True, prepare_threshold=None, **QUICK)
            row = self._connection.execute(sql).fetchone()
            return None if row is None else row[0]
        except psycopg.Error as fault:
            log.debug("a server does not answer its watcher", error=type(fault).__name__)
            self.close()
            return None

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Replica:
    """A replica as this process knows it."""

    def __init__(self, url: str, engine: sa.Engine, primary_url: str, lag_seconds: float) -> None:
        self.engine, self._lag = engine, lag_seconds
        self._there, self._primary = Line(url), Line(primary_url)
        self._seen = self._failed = -math.inf
        self._replayed = 0
        #: when the primary was seen at which position, where the replica is not yet
        self._ahead = deque[tuple[float, int]]()
        #: its connections of an earlier life are not used again
        self._life = 0
        self.follow(engine)

    def follow(self, engine: sa.Engine) -> None:
        """Connections to it through this engine, too, are of its present life only."""
        sa.event.listen(engine, "checkout", self._checkout)

    def fit(self, after: int) -> bool:
        """Whether it answers, lags within the bound and has replayed up to a position."""
        now, ahead = time.monotonic(), next(iter(self._ahead), None)
        return (now - self._seen <= SEEN_SECONDS and now - self._failed > REST_SECONDS
                and self._replayed >= after and (ahead is None or now - ahead[0] <= self._lag))

    def failed(self, fault: Exception) -> None:
        """It could not answer a read. When it is gone, or full, it rests; else the fault was the read's own."""
        cause = getattr(fault, "orig", None) or fault
        if isinstance(cause, psycopg.OperationalError) and (cause.sqlstate is None or cause.sqlstate.startswith(_GONE)):
            log.warning("a replica failed", error=type(cause).__name__, sqlstate=cause.sqlstate)
            self._failed, self._life = time.monotonic(), self._life + 1

    def look(self) -> None:
        """See where the primary and it are."""
        now, written, replayed = time.monotonic(), self._primary.ask(_WRITTEN), self._there.ask(_REPLAYED)
        if replayed is None:  # gone, or no replica any more
            if self._seen > -math.inf:
                log.warning("a replica is gone")
            self._seen, self._life = -math.inf, self._life + 1
            return
        if written is not None and (not self._ahead or written > self._ahead[-1][1]):
            since = self._ahead.pop()[0] if len(self._ahead) == _KEPT else now
            self._ahead.append((since, written))
        while self._ahead and self._ahead[0][1] <= replayed:
            self._ahead.popleft()
        self._replayed, self._seen = replayed, time.monotonic()

    def close(self) -> None:
        """Hang up everywhere."""
        self._there.close()
        self._primary.close()
        self.engine.dispose()

    def _checkout(self, _: Any, record: Any, __: Any) -> None:
        if record.info.setdefault("life", self._life) != self._life:
            raise sa.exc.DisconnectionError()


class Replicas:
    """The replicas of a process, watched from the first read on."""

    def __init__(self, replicas: Sequence[Replica]) -> None:
        self._all = replicas
        self._stop, self._starting = threading.Event(), threading.Lock()
        self._watchers: list[threading.Thread] = []

    def __bool__(self) -> bool:
        return bool(self._all)

    @property
    def engines(self) -> list[sa.Engine]:
        """Through which they are read."""
        return [each.engine for each in self._all]

    def for_read(self, environ: Mapping[str, Any]) -> Replica | None:
        """One that may answer a request; None: the primary does.

        A request that says up to where it must be read (``X-Read-After``) is answered by one that is there. Without it,
        somebody signed in reads from the primary, since she may have written a moment ago; everybody else need not.
        """
        if not self._all or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        told = environ.get("HTTP_X_READ_AFTER")
        after = position(told) if told is not None else None if "HTTP_AUTHORIZATION" in environ else 0
        if after is None:
            return None
        if not self._watchers:
            self._watch()
        fit = [each for each in self._all if each.fit(after)]
        return random.choice(fit) if fit else None

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()
        for each in self._watchers:
            each.join()
        for replica in self._all:
            replica.close()

    def _watch(self) -> None:
        with self._starting:
            if not self._watchers:
                self._watchers = [threading.Thread(target=self._look, args=(each,), name="replica", daemon=True)
                                  for each in self._all]
                for each in self._watchers:
                    each.start()

    def _look(self, replica: Replica) -> None:
        while True:
            replica.look()
            if self._stop.wait(LOOK_SECONDS):
                return
