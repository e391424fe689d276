"""Which cities there are, by which host each is reached, and a bounded number of pools of connections to them.

``platform.city`` belongs to no city: it is read by code and host alone, and says in which schema a city's tables lie.
A pool's connections are told their city when they are opened and never another, so that nothing a request does or
leaves behind can carry it over.
"""

import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa
import structlog
from flask import g
from sqlalchemy.exc import DBAPIError

from qiaojiejie.core.cities import City, CityNotFound
from qiaojiejie.core.errors import Refusal, Unavailable
from qiaojiejie.core.replicas import QUICK, Replica

log = structlog.get_logger()

#: of a pool: its schema, whether it only reads, and where if not on the primary
Key = tuple[str, bool, Replica | None]

CODE, SCHEMA = re.compile(r"[0-9]{6}"), re.compile(r"[a-z][a-z0-9_]{0,40}")
#: how long what the table says is believed
BELIEVED_SECONDS = 5
#: connections a pool keeps, and how many more it opens for a while
KEPT, MORE = 2, 6

_MAKE = ("CREATE SCHEMA IF NOT EXISTS platform", """
    CREATE TABLE IF NOT EXISTS platform.city (
        code text PRIMARY KEY CHECK (code ~ '^[0-9]{6}$'),
        name text NOT NULL,
        schema text NOT NULL UNIQUE,
        mark text NOT NULL UNIQUE,
        hosts text[] NOT NULL DEFAULT '{}',
        state text NOT NULL CHECK (state IN ('new', 'open', 'closed')),
        added_at timestamptz NOT NULL DEFAULT now())""")
_ALL = "SELECT code, name, schema, mark, hosts, state FROM platform.city ORDER BY code"
_ADD = sa.text("""
    INSERT INTO platform.city (code, name, schema, mark, hosts, state)
    VALUES (:code, :name, :schema, :mark, :hosts, 'new')
    ON CONFLICT (code) DO UPDATE SET name = excluded.name,
        hosts = CASE WHEN excluded.hosts = '{}' THEN city.hosts ELSE excluded.hosts END,
        state = CASE city.state WHEN 'closed' THEN 'new' ELSE city.state END""")
_STATE = sa.text("UPDATE platform.city SET state = :state WHERE code = :code")


class Tenants:
    """The cities of an app. ``watch`` is told of each pool that is opened."""

    def __init__(self, url: str, most_pools: int, watch: Callable[[sa.Engine], object]) -> None:
        self._url, self._most, self._watch = url, most_pools, watch
        self._platform = sa.create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1, max_overflow=2,
                                          pool_timeout=5, pool_pre_ping=True, hide_parameters=True)
        self._pools: dict[Key, sa.Engine] = {}
        self._lock = threading.Lock()
        self._known: tuple[City, ...] | None = None
        self._by_host: dict[str, City] = {}
        self._by_code: dict[str, City] = {}
        self._read_at = 0.0

    def all(self, *states: str) -> tuple[City, ...]:
        """Every city in one of these states (``open`` unless said), by code. Raises Unavailable."""
        self._look()
        return tuple(city for city in self._known or () if city.state in (states or ("open",)))

    def named(self, code: str) -> City:
        """A city by its code, whatever its state. Raises CityNotFound, Unavailable."""
        self._look()
        found = self._by_code.get(code)
        if found is None:
            raise CityNotFound()
        return found

    def asked(self, environ: Mapping[str, Any]) -> City | Refusal:
        """The open city a request is for: its host's, or that of ``X-City`` at a host that is no city's own; or the
        refusal where there is none, or where host and header name two."""
        try:
            self._look()
        except Unavailable as refusal:
            return refusal
        host = environ.get("HTTP_HOST", "").rpartition("@")[2].partition(":")[0].lower()
        code, found = environ.get("HTTP_X_CITY"), self._by_host.get(host)
        if code is not None and (found is None or found.code != code):
            found = self._by_code.get(code) if found is None else None
        return found if found is not None and found.state == "open" else CityNotFound()

    def _look(self) -> None:
        if self._known is not None and time.monotonic() - self._read_at < BELIEVED_SECONDS:
            return
        try:
            with self._platform.connect() as connection:
                there = connection.exec_driver_sql("SELECT to_regclass('platform.city') IS NOT NULL").scalar_one()
                rows = connection.exec_driver_sql(_ALL).all() if there else []
        except DBAPIError as gone:
            log.warning("the table of cities can't be read", believed=self._known is not None)
            if self._known is None:
                raise Unavailable(retry_after=2) from gone
            self._read_at = time.monotonic()
            return
        known = tuple(City(row.code, row.name, row.schema, row.mark, tuple(row.hosts), row.state) for row in rows)
        self._by_code = {city.code: city for city in known}
        self._by_host = {host: city for city in known for host in city.hosts}
        self._known, self._read_at = known, time.monotonic()

    def engine(self, city: City, reads: bool, replica: Replica | None = None) -> sa.Engine:
        """Connections to a city, in autocommit for reads, on a replica if one is given; the same ones for as long as
        an app context lasts, though others be let go meanwhile: two would be two transactions."""
        held: dict[Key, sa.Engine] = g.setdefault("engines", {})
        key = (city.schema, reads, replica)
        if key not in held:
            held[key] = self._pool(city, reads, replica)
        return held[key]

    def _pool(self, city: City, reads: bool, replica: Replica | None) -> sa.Engine:
        key = (city.schema, reads, replica)
        with self._lock:
            found = self._pools.pop(key, None) or self._made(city, reads, replica)
            self._pools[key] = found  # the last used stand last
            spare = self._pools.pop(next(iter(self._pools))) if len(self._pools) > self._most else None
        if spare is not None:
            _retire(spare)
        return found

    def _made(self, city: City, reads: bool, replica: Replica | None) -> sa.Engine:
        how: dict[str, Any] = ({"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None} if reads
                               else {"pool_pre_ping": True})
        url, connecting = (self._url, {}) if replica is None else (replica.engine.url, QUICK)
        made = sa.create_engine(url, connect_args={**connecting, "options": city.options}, pool_size=KEPT,
                                max_overflow=MORE, pool_timeout=5, hide_parameters=True, **how)
        sa.event.listen(made, "connect", partial(_require, city))
        if replica is not None:
            replica.follow(made)
        self._watch(made)
        return made

    def add(self, *, code: str, name: str, hosts: Sequence[str], schema: str | None) -> City:
        """Put down a city, its schema empty until it is migrated; one that is down already gets this name, and these
        hosts if any. ``schema`` names one that holds a city's tables already: its values stay sealed as they are.

        Raises ValueError on what can't be a code or a schema, and IntegrityError where another city has it.
        """
        if not CODE.fullmatch(code) or not SCHEMA.fullmatch(schema or f"c{code}"):
            raise ValueError("a code has six digits; a schema's name is of a-z, 0-9 and _")
        self._known = None
        taken = {host: city.code for city in self.all("new", "open", "closed") for host in city.hosts}
        if another := [host for host in hosts if taken.get(host.lower(), code) != code]:
            raise ValueError(f"another city is served at {another[0]}")
        with self._platform.connect() as connection:
            for statement in _MAKE:
                connection.exec_driver_sql(statement)
            connection.execute(_ADD, {"code": code, "name": name, "schema": schema or f"c{code}",
                                      "mark": "" if schema else code, "hosts": [host.lower() for host in hosts]})
            self._known = None
            made = self.named(code)
            connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {made.schema}")
        return made

    def versions(self) -> list[tuple[City, str | None]]:
        """Every city and the migration it is at; None where it has no tables."""
        known = self.all("new", "open", "closed")
        with self._platform.connect() as connection:
            there = connection.execute(
                sa.text("SELECT name FROM unnest(CAST(:names AS text[])) AS name"
                        " WHERE to_regclass(name || '.alembic_version') IS NOT NULL"),
                {"names": [city.schema for city in known]}).scalars().all()
            asked = " UNION ALL ".join(f"SELECT '{name}', version_num FROM {name}.alembic_version" for name in there)
            found = {name: version for name, version in connection.exec_driver_sql(asked)} if asked else {}
        return [(city, found.get(city.schema)) for city in known]

    def put(self, city: City, state: str) -> None:
        """Open a city or close it; other processes hear of it within ``BELIEVED_SECONDS``."""
        with self._platform.connect() as connection:
            connection.execute(_STATE, {"code": city.code, "state": state})
        self._known = None

    def dispose(self) -> None:
        """Close every connection that is not in use."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
        for pool in (*pools, self._platform):
            _retire(pool)


def _require(city: City, connection: Any, _: Any) -> None:
    """A connection is where it was told to be: what stands between may drop what it is told (a PgBouncer that ignores
    ``options``), and the role's own schema is another city's."""
    schema = connection.execute("SELECT current_schema()").fetchone()[0]
    connection.rollback()
    if schema != city.schema:
        raise RuntimeError(f"a connection to {city.code} is in the schema {schema}, not in {city.schema}")


def _retire(engine: sa.Engine) -> None:
    """Close what is idle; what is in use goes on, and is closed when it is given back."""
    sa.event.listen(engine.pool, "checkin", lambda _, record: record.invalidate())
    engine.pool.dispose()
