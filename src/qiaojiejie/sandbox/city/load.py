"""Bulk COPY of rows into tables, sealing what is sealed; and the ledger's entries, put in order at the end."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE
from sqlalchemy.types import TypeEngine

from qiaojiejie.core.db import Model, db
from qiaojiejie.core.secrets import Encrypted, ring

Row = dict[str, Any]

#: (at, fact, subject, actor, data)
Entry = tuple[datetime, str, str, str, Row]


def _cursor() -> Any:
    return db.session.connection().connection.driver_connection.cursor()  # type: ignore[union-attr]


def _writer(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    """How a column's value is handed to COPY. Null stays null."""
    if isinstance(kind, Encrypted):
        sealed = kind.kind
        return lambda value: None if value is None else ring().seal(value, sealed)
    if isinstance(kind, JSONB):
        return _json_writer()
    if isinstance(kind, TSTZRANGE):
        return lambda value: f"[{value[0]},{value[1]})"
    return lambda value: value


_json = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def _json_writer() -> Callable[[Any], str | None]:
    """Writes an object many rows share (a policy, say) once. The rows keep it alive, so its id stays its own."""
    written: dict[int, str] = {}

    def write(value: Any) -> str | None:
        if value is None:
            return None
        found = written.get(id(value))
        if found is None:
            found = written[id(value)] = _json(value)
        return found

    return write


def put(model: type[Model], rows: Sequence[Row]) -> None:
    """COPY rows (all with the same keys) into a model's table; columns not named are null or the table's default."""
    if not rows:
        return
    names = list(rows[0])
    writers = [(name, _writer(model.__table__.c[name].type)) for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    with _cursor().copy(f"COPY {model.__tablename__} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([write(row[name]) for name, write in writers])


def restart(model: type[Model], column: str) -> None:
    """Let an identity column count on from the highest number a COPY wrote."""
    table = model.__tablename__
    db.session.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), "
                               f"coalesce(max({column}), 1), max({column}) IS NOT NULL) FROM {table}"))


def analyze(*models: type[Model]) -> None:
    """Tell the planner what is in these tables now."""
    db.session.execute(sa.text(f"ANALYZE {', '.join(model.__tablename__ for model in models)}"))


def _line(entry: Entry) -> str:
    """An entry as COPY reads it; only its data can hold a backslash (JSON leaves no tab or line end as it is)."""
    at, fact, subject, actor, data = entry
    written = _json(data).replace("\\", "\\\\")
    return f"{at}\t{fact}\t{subject}\t{actor}\t{written}\n"


class Diary:
    """The city's ledger entries, gathered in any order beside the ledger, written into it in the order they happened.

    A great many wait in a temporary table, so that a city of a million workers needs no more memory than a small one.
    """

    #: how many are kept in memory before they move to the temporary table
    MOST = 1_000_000
    #: how many are sent at a time
    LINES = 1_000

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._moved = False

    def note(self, at: datetime, fact: str, subject: str, actor: str, data: Row) -> None:
        """Remember one fact. Facts of one moment keep the order in which they were noted."""
        self._entries.append((at, fact, subject, actor, data))
        if len(self._entries) >= self.MOST:
            self._move()

    def close(self) -> None:
        """Write everything into the ledger, oldest first."""
        if not self._moved:
            self._entries.sort(key=itemgetter(0))
            self._copy("ledger_entry")
            return
        self._move()
        db.session.execute(sa.text("INSERT INTO ledger_entry (at, fact, subject, actor, data)"
                                   " SELECT at, fact, subject, actor, data FROM city_entry ORDER BY at, n"))
        db.session.execute(sa.text("DROP TABLE city_entry"))

    def _move(self) -> None:
        if not self._moved:
            db.session.execute(sa.text(
                "CREATE TEMPORARY TABLE city_entry (at timestamptz, n bigint GENERATED ALWAYS AS IDENTITY, fact text,"
                " subject text, actor text, data jsonb) ON COMMIT DROP"))
            self._moved = True
        self._copy("city_entry")

    def _copy(self, table: str) -> None:
        with _cursor().copy(f"COPY {table} (at, fact, subject, actor, data) FROM STDIN") as copy:
            for start in range(0, len(self._entries), self.LINES):
                copy.write("".join(map(_line, self._entries[start:start + self.LINES])))
        self._entries.clear()
