"""The database: PostgreSQL through Flask-SQLAlchemy; writes in the request's transaction, reads on autocommit.

A GET runs on connections that are always in autocommit: no BEGIN/ROLLBACK round trips, and psycopg keeps its
prepared statements (a ROLLBACK makes it drop them all). Where there are replicas some are answered there.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from time import perf_counter
from typing import Any

import psycopg
import sqlalchemy as sa
import structlog
from flask import Flask, current_app, g
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from psycopg.rows import namedtuple_row
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase

from qiaojiejie.core import cities, replicas, slow
from qiaojiejie.core.config import Config
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.core.tenants import Tenants

log = structlog.get_logger()

_DIALECT = postgresql.psycopg.dialect()

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

#: connections a pool opens beyond its size when all are taken, and closes again
OVERFLOW = 4

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Base of every table. Times are timestamptz; a missing type map entry is an error, not a guess."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: sa.DateTime(timezone=True), int: sa.BigInteger(), str: sa.Text()}


@sa.event.listens_for(Model, "attribute_instrument", propagate=True)
def _seal_when_assigned(_: type, __: str, attribute: Any) -> None:
    """An ``Encrypted`` attribute holds a Sealed from the moment a plain str is assigned, not only once it is stored."""
    column_type = getattr(attribute, "type", None)
    if isinstance(column_type, Encrypted):
        kind = column_type.kind

        def seal(_: Any, value: Any, *__: Any) -> Any:
            return Sealed(kind, value) if isinstance(value, str) else value

        sa.event.listen(attribute, "set", seal, retval=True)


class RoutedSession(Session):
    """Sends a GET to the autocommit engine, anything else to the request's transaction."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Any:
        """The engine (or, in tests, the one connection everything runs on)."""
        if "db_override" in current_app.extensions:
            return current_app.extensions["db_override"]
        return engine()


#: Only the session and the engine are Flask-SQLAlchemy's; tables derive from ``Model``.
db = SQLAlchemy(session_options={"class_": RoutedSession, "join_transaction_mode": "create_savepoint"})


def engine_url(database_url: str) -> str:
    """The address with psycopg 3 named as its driver."""
    for prefix in ("postgresql://", "postgres://"):
        if database_url.startswith(prefix):
            return "postgresql+psycopg://" + database_url[len(prefix):]
    return database_url


def init_app(app: Flask, config: Config) -> None:
    """Bind the database to an app: a pool for writes, an autocommit pool for reads, one more for each replica; where
    there are several cities, as many of each city instead (``CITY_POOLS`` at most)."""
    url = engine_url(config.database_url)
    # in a pooler's hands a connection is another one after each transaction: nothing prepared may be counted on
    connecting = {"prepare_threshold": None} if config.database_pooler else {}
    pool = {"pool_size": config.database_pool, "max_overflow": OVERFLOW, "pool_timeout": 5, "hide_parameters": True}
    reads = {**pool, "isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None}
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {**pool, "pool_pre_ping": True, "connect_args": connecting}
    db.init_app(app)
    app.extensions["db_reader"] = sa.create_engine(url, **reads, connect_args=connecting)
    app.extensions["db_replicas"] = replicas.Replicas([replicas.Replica(
        each, sa.create_engine(engine_url(each), **reads, connect_args={**connecting, **replicas.QUICK}),
        config.database_url, config.database_read_lag)
        for each in config.database_read_urls])
    watched = config.slow_query_ms or config.otlp_endpoint
    app.extensions["tenants"] = Tenants(
        url, config.city_pools, slow.watch if watched else lambda _: None) if config.city_pools else None
    if config.city_pools:
        cities.expect()
    app.config["SLOW_QUERY_MS"] = config.slow_query_ms
    if watched:
        with app.app_context():
            slow.watch(db.engine)
        for each in (app.extensions["db_reader"], *app.extensions["db_replicas"].engines):
            slow.watch(each)


def close(app: Flask) -> None:
    """Close every connection of an app that is over."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    app.extensions["db_reader"].dispose()
    app.extensions["db_replicas"].close()
    if app.extensions["tenants"] is not None:
        app.extensions["tenants"].dispose()


def engine(beside: bool = False) -> sa.Engine:
    """The connections of this request or job: its city's, those of reads where only is read (``g.only_reads``, set by
    the frame; a replica's, when the frame chose one, ``g.replica``) or ``beside`` its transaction. Raises CityNotFound
    where it is in none of several."""
    reads, city = beside or bool(g.get("only_reads")), cities.here()
    replica: replicas.Replica | None = g.get("replica") if reads else None
    if city is not None:
        tenants: Tenants = current_app.extensions["tenants"]
        return tenants.engine(city, reads, replica)
    if not reads:
        return db.engine
    return current_app.extensions["db_reader"] if replica is None else replica.engine


def reader(beside: bool = False) -> sa.Engine | None:
    """The autocommit engine, where only is read."""
    reads = beside or g.get("only_reads")
    return engine(beside) if reads and "db_override" not in current_app.extensions else None


@contextmanager
def from_primary() -> Iterator[None]:
    """What is read within is as it stands, whoever answers the rest of the request."""
    g.replica, chosen = None, g.get("replica")
    try:
        yield
    finally:
        g.replica = chosen


def read(sql: str, params: Mapping[str, Any] | None = None, *, beside: bool = False) -> Sequence[Any]:
    """Rows of a fixed SQL text (``:name`` parameters). For hot reads: no ORM, the text made ready for psycopg once.

    In a request that only reads psycopg asks by itself, on a connection of the readers' pool: the session and its
    result cost more than the statement's own way. What fails there is asked once more the long way, of the primary,
    which finds out whether the connection or the statement is to blame. ``beside``: so, too, in a request that changes
    something; it is told what is committed by now, and who is refused by that has no transaction to roll back.
    """
    readers = reader(beside)
    if readers is not None:
        try:
            return _asked(readers, _driver_text(sql), dict(params or {}))
        except (psycopg.Error, DBAPIError, PoolTimeout) as fault:
            if g.get("replica") is not None:
                g.replica.failed(fault)
                g.replica = None
    return run(sql, params)


def run(sql: str, params: Mapping[str, Any] | None = None) -> Sequence[Any]:
    """Run a fixed SQL text in the transaction, after what the session has to write; its rows, if it has any."""
    db.session.flush()
    found = db.session.connection().exec_driver_sql(_driver_text(sql), dict(params or {}))
    return found.all() if found.returns_rows else []


def _asked(engine: sa.Engine, text: str, values: dict[str, Any]) -> Sequence[Any]:
    connection = engine.raw_connection()
    try:
        began = perf_counter()
        rows = connection.cursor(row_factory=namedtuple_row).execute(text, values).fetchall()
        slow.told(text, began)
        return rows
    except psycopg.Error as error:
        connection.invalidate(error)
        raise
    finally:
        connection.close()


def written() -> str:
    """Up to where the primary's log is written: all that was committed before."""
    try:
        [[position]] = _asked(current_app.extensions["db_reader"], "SELECT pg_current_wal_insert_lsn()::text", {})
        return str(position)
    except (psycopg.Error, DBAPIError, PoolTimeout):
        log.warning("nobody says up to where is written", exc_info=True)
        return replicas.NEVER


@lru_cache(maxsize=4096)
def _driver_text(sql: str) -> str:
    return str(sa.text(sql).compile(dialect=_DIALECT))


def lock_key(name: str) -> sa.ColumnElement[int]:
    """The number of an advisory lock of this name in this city: such locks are of a whole database."""
    return sa.func.hashtextextended(sa.func.current_schema() + f":{name}", 0)


def checkpoint() -> None:
    """Commit what a request or job has done so far: before a call to the outside world (never hold a lock on a call),
    between the batches of a long job."""
    db.session.commit()


def violated(error: DBAPIError) -> str | None:
    """The name of the constraint an IntegrityError speaks of, without a shard's trailing ``_<digits>``."""
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if name is None:
        return None
    head, _, tail = name.rpartition("_")
    return head if head and tail.isdecimal() else name
