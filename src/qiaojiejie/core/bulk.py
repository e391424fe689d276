"""Many rows at once: COPY, an order of magnitude faster than INSERT with parameters."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from qiaojiejie.core.db import Model, db

_DIALECT = postgresql.dialect()


def insert(model: type[Model], rows: Sequence[Mapping[str, Any]], *, returning: Sequence[str] = (),
           skip_conflicts: bool = False) -> list[Any]:
    """Insert rows (all with the same columns) in this transaction; ``returning``: these columns of those inserted.

    ``skip_conflicts``: a row that a unique constraint forbids is left out. Encrypted columns are sealed on the way.
    """
    if not rows:
        return []
    db.session.flush()
    table, names = model.metadata.tables[model.__tablename__], list(rows[0])
    columns = ", ".join(f'"{name}"' for name in names)
    into = table.name
    staged = bool(returning) or skip_conflicts
    if staged:
        into = f"incoming_{table.name}"
        db.session.execute(sa.text(f"CREATE TEMP TABLE IF NOT EXISTS {into} ON COMMIT DROP AS "
                                   f"SELECT {columns} FROM {table.name} WITH NO DATA"))
    dumps = [_dump(table.c[name].type) for name in names]
    connection = db.session.connection().connection.driver_connection
    assert connection is not None  # a connection of a session in use is open
    with connection.cursor() as cursor, cursor.copy(f"COPY {into} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([dump(row[name]) for dump, name in zip(dumps, names, strict=True)])
    if not staged:
        return []
    found = db.session.execute(sa.text(
        f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {into}"
        + (" ON CONFLICT DO NOTHING" if skip_conflicts else "")
        + (f" RETURNING {', '.join(returning)}" if returning else "")))
    kept = list(found.all()) if returning else []
    db.session.execute(sa.text(f"DROP TABLE {into}"))
    return kept


def _dump(kind: sa.types.TypeEngine[Any]) -> Callable[[Any], Any]:
    if isinstance(kind, sa.types.TypeDecorator):
        return lambda value: kind.process_bind_param(value, _DIALECT)
    if isinstance(kind, sa.JSON):
        return lambda value: None if value is None else json.dumps(value, ensure_ascii=False)
    return lambda value: value
