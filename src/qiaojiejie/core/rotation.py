"""Seal every personal value again under the newest data key, so that an old key can be retired.

Give the service the new key last in QJJ_DATA_KEYS, restart it, run ``flask rotate-keys``, then take the old key out.
Batches are committed one by one: stopped half way, the next run does what is left. Sealed arguments of jobs not yet
run are not rotated: let the queue run dry (minutes) before an old key is taken out.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
import structlog
from cryptography.exceptions import InvalidTag

from qiaojiejie.core.db import Model, db
from qiaojiejie.core.secrets import Encrypted, ring

log = structlog.get_logger()

#: rows in memory and under lock at a time
BATCH = 500


def unreadable() -> Iterator[str]:
    """Tables whose sealed values these keys don't open, by one row of each."""
    for table in Model.metadata.sorted_tables:
        sealed = [column for column in table.columns if isinstance(column.type, Encrypted)]
        try:
            db.session.execute(sa.select(*sealed).limit(1)).all() if sealed else ()
        except (InvalidTag, KeyError):
            yield table.name


def run(batch: int = BATCH) -> dict[str, int]:
    """Re-seal every table's values; how many rows of each were sealed again."""
    done: dict[str, int] = {}
    for table in Model.metadata.sorted_tables:
        sealed = [column for column in table.columns if isinstance(column.type, Encrypted)]
        if sealed:
            done[table.name] = _table(table, sealed, batch)
            log.info("keys rotated", table=table.name, rows=done[table.name], key=ring().newest)
    return done


def _table(table: sa.Table, sealed: Sequence[sa.Column[Any]], batch: int) -> int:
    """Batches in the order of the primary key, each starting after the last row of the one before."""
    key, count, last = list(table.primary_key.columns), 0, None
    while rows := _stale(table, sealed, key, last, batch):
        _seal(table, sealed, key, rows)
        db.session.commit()
        count, last = count + len(rows), rows[-1][:len(key)]
    return count


def _stale(table: sa.Table, sealed: Sequence[sa.Column[Any]], key: list[sa.Column[Any]], last: Sequence[Any] | None,
           batch: int) -> Sequence[sa.Row[Any]]:
    """The next rows, locked, that hold a value of an older key: (primary key…, stored bytes…)."""
    newest = ring().newest.encode()
    prefix = bytes([len(newest)]) + newest
    stored = [sa.type_coerce(column, sa.LargeBinary) for column in sealed]
    older = [sa.func.substring(value, 1, len(prefix)) != prefix for value in stored]
    stmt = sa.select(*key, *stored).where(sa.or_(*older)).order_by(*key).limit(batch).with_for_update()
    if last is not None:
        stmt = stmt.where(sa.tuple_(*key) > sa.tuple_(*(sa.literal(value, column.type)
                                                        for value, column in zip(last, key, strict=True))))
    return db.session.execute(stmt).all()


def _seal(table: sa.Table, sealed: Sequence[sa.Column[Any]], key: list[sa.Column[Any]],
          rows: Sequence[sa.Row[Any]]) -> None:
    values = {f"new_{column.name}": column for column in sealed}
    stmt = table.update().where(*(column == sa.bindparam(f"key_{column.name}") for column in key)).values(
        {column: sa.bindparam(name, type_=sa.LargeBinary) for name, column in values.items()})
    changes = []
    for row in rows:
        change = {f"key_{column.name}": value for column, value in zip(key, row, strict=False)}
        for (name, column), stored in zip(values.items(), row[len(key):], strict=True):
            kind = column.type.kind  # type: ignore[attr-defined]
            change[name] = None if stored is None else ring().seal(ring().open(bytes(stored), kind), kind)
        changes.append(change)
    db.session.connection().execute(stmt, changes)
