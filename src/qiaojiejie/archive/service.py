"""Take a month's settled bookings, write them, drop what was written.

Three kinds of steps, each a transaction that may be killed: a batch is taken out of the hot tables into the month's
partition; the file is written, read back and compared; and with that the month is put down as written and its
partition dropped. Run again it goes on where it was.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.archive import facts, gateway, queries, rules
from qiaojiejie.archive.errors import HoldNotFound, NotAsWritten, TooYoung
from qiaojiejie.archive.models import ArchivedMonth, ArchivedRow, ArchiveHold
from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.calendars.models import WorkerInterval
from qiaojiejie.core import clock
from qiaojiejie.core.db import Model, checkpoint, db
from qiaojiejie.core.secrets import Encrypted
from qiaojiejie.ledger import service as ledger

BATCH = 1_000


def archive(*, month: date, by: str) -> ArchivedMonth | None:
    """Archive a month's settled bookings; the file that was written, None when there was nothing (any more) to take.

    Raises TooYoung, NotAsWritten, NoParquet, CantWrite: then nothing of this month was dropped.
    """
    if month > rules.last_month(clock.today(), rules.YOUNGEST):
        raise TooYoung(month=f"{month:%Y-%m}", months=rules.YOUNGEST)
    bookings, quotes = queries.ended(month), queries.untaken(month)
    if bookings or quotes or queries.open_month(month):
        _begin(month, by)
        for batch in _batches(bookings):
            _take_bookings(month, batch)
            checkpoint()
        for batch in _batches(quotes):
            _take_quotes(month, batch)
            checkpoint()
    return _finish(month)


def _batches(ids: Sequence[UUID]) -> list[Sequence[UUID]]:
    return [ids[start:start + BATCH] for start in range(0, len(ids), BATCH)]


def _begin(month: date, by: str) -> None:
    """Open the month, unless somebody has; its partition is there."""
    db.session.execute(insert(ArchivedMonth).values(
        month=month, part=queries.parts(month) + 1, begun_by=by, begun_at=clock.now()).on_conflict_do_nothing())
    if queries.open_month(month):  # else another command finished it at this moment
        db.session.execute(sa.text(
            f"CREATE TABLE IF NOT EXISTS {rules.partition(month)} PARTITION OF archived_row"
            f" FOR VALUES FROM ('{month}') TO ('{rules.next_month(month)}')"))
    checkpoint()


def _take_bookings(month: date, booking_ids: Sequence[UUID]) -> None:
    """Put down whole those nothing keeps here; their rows in ``calendars`` and their quotes go, their own stay."""
    if queries.open_month(month) is None:  # another command finished it meanwhile
        return
    ids = queries.settled(booking_ids)
    whole = sa.select(*_as_row(month, Booking, "booking")).where(Booking.id.in_(ids))
    db.session.execute(sa.insert(ArchivedRow).from_select(_ROW, whole))
    db.session.execute(sa.update(Booking).where(Booking.id.in_(ids)).values(archived_in=month),
                       execution_options={"synchronize_session": False})
    _move(month, WorkerInterval, WorkerInterval.ref.in_([f"booking:{each}" for each in ids]))
    _move(month, Quote, Quote.id.in_(sa.select(Booking.quote_id).where(Booking.id.in_(ids))) & ~queries.needed())


def _take_quotes(month: date, quote_ids: Sequence[UUID]) -> None:
    if queries.open_month(month) is not None:
        _move(month, Quote, Quote.id.in_(quote_ids))


_ROW = ["month", "of", "key", "row"]


def _as_row(month: date, model: type[Model], name: str) -> list[sa.ColumnElement[Any]]:
    """A row of the table ``name`` stands for, as it is archived. What is sealed is left out: a file would outlive the
    key that is taken away, or the person's wish to be forgotten."""
    columns = model.metadata.tables[model.__tablename__].columns
    sealed = [column.name for column in columns if isinstance(column.type, Encrypted)]
    return [sa.literal(month, sa.Date), sa.literal(model.__tablename__), sa.literal_column(f"{name}.id::text"),
            sa.func.to_jsonb(sa.literal_column(name)).op("-")(sa.literal(sealed, sa.ARRAY(sa.Text)))]


def _move(month: date, model: type[Model], which: sa.ColumnElement[bool]) -> None:
    gone = sa.delete(model).where(which).returning(model).cte("gone")
    db.session.execute(sa.insert(ArchivedRow).from_select(
        _ROW, sa.select(*_as_row(month, model, "gone")).select_from(gone)))


def _finish(month: date) -> ArchivedMonth | None:
    """Write what was taken, compare, put down, drop: the last two in one transaction, after the file is on the disk."""
    found = queries.open_month(month)
    if found is None:
        return None
    rows, bookings = queries.counts(month)
    if rows:
        _write(found, rows, bookings)
    else:
        db.session.delete(found)
    db.session.flush()
    db.session.execute(sa.text(f"DROP TABLE {rules.partition(month)}"))
    return found if rows else None


def _write(found: ArchivedMonth, rows: int, bookings: int) -> None:
    """Raises NotAsWritten."""
    there, back = rules.Digest(), rules.Digest()
    gateway.write(found.file, found.month, there.over(queries.taken(found.month)))
    back.count(gateway.read(found.file))
    if back.value != there.value or back.rows != rows:
        raise NotAsWritten(file=found.file)
    found.bookings, (found.rows, found.digest) = bookings, back.value
    found.sha256, found.finished_at = gateway.sha256(found.file), clock.now()
    ledger.append(facts.MONTH_WRITTEN, subject=found.ref, actor=ledger.SYSTEM, data={
        "part": found.part, "bookings": bookings, "rows": rows, "sha256": found.sha256})


def faults() -> Iterator[str]:
    """Files that are missing, or are not as they were written, in words."""
    for each in queries.written():
        found = gateway.sha256(each.file)
        if found != each.sha256:
            yield f"{each.file}: " + ("not there" if found is None else "other bytes than were written")


def hold(*, booking_id: UUID, because: str, by: str) -> None:
    """A booking stays whole until it is let go. Raises HoldNotFound where there is no such booking."""
    if queries.booking(booking_id) is None:
        raise HoldNotFound()
    db.session.execute(insert(ArchiveHold).values(
        booking_id=booking_id, because=because, held_by=by, held_at=clock.now()).on_conflict_do_nothing())


def let_go(*, booking_id: UUID) -> None:
    """It may be archived like any other. Raises HoldNotFound."""
    db.session.delete(queries.hold(booking_id))
