"""The database: PostgreSQL through Flask-SQLAlchemy; writes in the request's transaction, reads on autocommit.

A GET runs on connections that are always in autocommit: no BEGIN/ROLLBACK round trips, and psycopg keeps its
prepared statements (a ROLLBACK makes it drop them all).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from time import perf_counter
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask, current_app, g
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from psycopg.rows import namedtuple_row
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase

from qiaojiejie.core import slow
from qiaojiejie.core.secrets import Encrypted, Sealed

_DIALECT = postgresql.psycopg.dialect()

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

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
        return reader() or super().get_bind(mapper=mapper, clause=clause, bind=bind, **kwargs)


#: Only the session and the engine are Flask-SQLAlchemy's; tables derive from ``Model``.
db = SQLAlchemy(session_options={"class_": RoutedSession, "join_transaction_mode": "create_savepoint"})


def engine_url(database_url: str) -> str:
    """The address with psycopg 3 named as its driver."""
    for prefix in ("postgresql://", "postgres://"):
        if database_url.startswith(prefix):
            return "postgresql+psycopg://" + database_url[len(prefix):]
    return database_url


def init_app(app: Flask, database_url: str, pool_size: int = 4, slow_ms: int = 0, traced: bool = False) -> None:
    """Bind the database to an app: one pool for writes, one autocommit pool for reads; tell of their statements."""
    url = engine_url(database_url)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": pool_size, "max_overflow": 4, "pool_timeout": 5,
                                               "pool_pre_ping": True, "hide_parameters": True}
    db.init_app(app)
    app.extensions["db_reader"] = sa.create_engine(
        url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None, pool_size=pool_size, max_overflow=4,
        pool_timeout=5, hide_parameters=True)
    app.config["SLOW_QUERY_MS"] = slow_ms
    if slow_ms or traced:
        with app.app_context():
            slow.watch(db.engine)
        slow.watch(app.extensions["db_reader"])


def reader() -> sa.Engine | None:
    """The autocommit engine, where only is read (``g.only_reads``, set by the frame)."""
    reads = g.get("only_reads") and "db_override" not in current_app.extensions
    return current_app.extensions["db_reader"] if reads else None


def read(sql: str, params: Mapping[str, Any] | None = None) -> Sequence[Any]:
    """Rows of a fixed SQL text (``:name`` parameters). For hot reads: no ORM, the text made ready for psycopg once.

    In a request that only reads psycopg asks by itself, on a connection of the readers' pool: the session and its
    result cost more than the statement's own way. What fails there is asked once more the long way, which finds out
    whether the connection or the statement is to blame.
    """
    text, values, engine = _driver_text(sql), dict(params or {}), reader()
    if engine is not None:
        connection = engine.raw_connection()
        try:
            began = perf_counter()
            rows = connection.cursor(row_factory=namedtuple_row).execute(text, values).fetchall()
            slow.told(text, began)
            return rows
        except psycopg.Error as error:
            connection.invalidate(error)
        finally:
            connection.close()
    return db.session.connection().exec_driver_sql(text, values).all()


@cache
def _driver_text(sql: str) -> str:
    return str(sa.text(sql).compile(dialect=_DIALECT))


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
