"""What the stand-in knows, in one SQLite file (WAL): it survives a kill at any moment.

Every change happens in one ``BEGIN IMMEDIATE`` transaction: the object, its event, the webhooks to send and the stored
idempotent answer stand together or not at all.
"""

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS object (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, kind TEXT, parent TEXT, body TEXT);
CREATE INDEX IF NOT EXISTS object_kind ON object (kind, parent, seq);
CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, hash TEXT, status INTEGER, body TEXT);
CREATE TABLE IF NOT EXISTS outbox (seq INTEGER PRIMARY KEY, event TEXT, due REAL, tries INTEGER DEFAULT 0,
                                   sent INTEGER DEFAULT 0);
CREATE INDEX IF NOT EXISTS outbox_due ON outbox (due) WHERE sent = 0;
CREATE TABLE IF NOT EXISTS settlement (id TEXT PRIMARY KEY, due REAL);
CREATE TABLE IF NOT EXISTS asked (seq INTEGER PRIMARY KEY, at REAL, method TEXT, path TEXT, headers TEXT, body TEXT,
                                  params TEXT, key TEXT, status INTEGER);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT);
"""
#: how Stripe names the bounds of a time
BOUNDS = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}

Object = dict[str, Any]


def new_id(prefix: str) -> str:
    """An opaque id as Stripe's look: ``pi_…``."""
    return f"{prefix}_{secrets.token_hex(12)}"


class State:
    """The SQLite file, one connection a thread, one writer at a time."""

    def __init__(self, path: str) -> None:
        self._path, self._local, self._writer = path, threading.local(), threading.RLock()
        self.connection().executescript(SCHEMA)

    def connection(self) -> sqlite3.Connection:
        """This thread's connection, in autocommit."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = sqlite3.connect(self._path, isolation_level=None, timeout=30)
            found.execute("PRAGMA journal_mode = WAL")
            found.execute("PRAGMA synchronous = NORMAL")
            found.row_factory = sqlite3.Row
        return found

    def close(self) -> None:
        """Close this thread's connection."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is not None:
            found.close()
            self._local.connection = None

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; nested uses join the outer one."""
        with self._writer:
            connection = self.connection()
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise

    def put(self, thing: Object, *, kind: str, parent: str = "") -> Object:
        """Store or replace an object."""
        with self.changing() as connection:
            connection.execute(
                "INSERT INTO object (id, kind, parent, body) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
                (thing["id"], kind, parent, json.dumps(thing)))
        return thing

    def find(self, ref: str, kind: str) -> Object | None:
        """An object by its id."""
        row = self.connection().execute("SELECT body FROM object WHERE id = ? AND kind = ?", (ref, kind)).fetchone()
        return json.loads(row["body"]) if row else None

    def any(self, ref: str) -> Object | None:
        """An object of whatever kind by its id."""
        row = self.connection().execute("SELECT body FROM object WHERE id = ?", (ref,)).fetchone()
        return json.loads(row["body"]) if row else None

    def newest(self, kind: str, *, parent: str = "", after: str = "", limit: int = 10,
               created: dict[str, int] | None = None) -> list[Object]:
        """Objects of a kind, newest first, below ``after``; ``created``: gte, gt, lte, lt → seconds since 1970."""
        bounds = [(BOUNDS[name], moment) for name, moment in (created or {}).items()]
        rows = self.connection().execute(
            "SELECT body FROM object WHERE kind = ? AND (? = '' OR parent = ?)"
            " AND (? = '' OR seq < (SELECT seq FROM object WHERE id = ?))"
            + "".join(f" AND json_extract(body, '$.created') {sign} ?" for sign, _ in bounds)
            + " ORDER BY seq DESC LIMIT ?",
            (kind, parent, parent, after, after, *(moment for _, moment in bounds), limit))
        return [json.loads(row["body"]) for row in rows]

    def log_request(self, asked: Object) -> None:
        """Remember what was asked, to the last header (so that a test can look for personal data in it).

        ``asked``: method, path, headers, body, params, key and the status it was answered with.
        """
        row = {**asked, "at": time.time(), "headers": json.dumps(asked["headers"], ensure_ascii=False),
               "params": json.dumps(asked["params"], ensure_ascii=False)}
        with self.changing() as connection:
            connection.execute(
                "INSERT INTO asked (at, method, path, headers, body, params, key, status)"
                " VALUES (:at, :method, :path, :headers, :body, :params, :key, :status)", row)

    def requests(self) -> list[Object]:
        """Every request so far, in order."""
        rows = self.connection().execute("SELECT * FROM asked ORDER BY seq")
        return [{**dict(row), "headers": json.loads(row["headers"]), "params": json.loads(row["params"])}
                for row in rows]
