"""Nothing that is open is ever taken, and no table that names a booking was forgotten."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from psycopg.types.range import Range
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE

from qiaojiejie.archive import queries
from qiaojiejie.archive import service as archive
from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock
from qiaojiejie.core.db import Model, db
from tests.archive.conftest import MONTH, on, past

#: tables that name a booking and stay as they are, and why: none of them keeps one here either
STAY = {
    "posting_tx": "the books must balance for ever", "payment": "receipts, and money that may still come back",
    "review": "shown to families, and worth credit points", "door_scan": "shown to the worker",
    "file_grant": "shown to both sides", "contract": "shown to its sides", "engagement_ending": "shown to its sides",
    "chat": "is erased by itself", "visit_album": "is erased by itself", "replacement": "open while its guarantee is",
    "coupon_use": "who bore what", "errand": "shown to who booked for another", "need": "shown to its family",
    "series": "shown to its family", "series_occurrence": "shown to its family",
}

Made = Callable[..., dict[str, Any]]


def filled(column: sa.Column[Any]) -> Any:
    """Something harmless in a column that must have a value."""
    kinds: dict[type, Callable[[], Any]] = {
        sa.Text: lambda: "x", sa.BigInteger: lambda: 1, sa.Boolean: lambda: False, sa.Date: lambda: MONTH,
        sa.DateTime: clock.now, sa.Uuid: uuid4, JSONB: list, TSTZRANGE: lambda: Range[datetime](on(1), on(2))}
    return next((make() for kind, make in kinds.items() if isinstance(column.type, kind)), "x")


@pytest.fixture()
def made(world: sa.Connection) -> Made:
    """Makes a row of a table, whatever it refers to being there or not."""
    world.execute(sa.text("SET LOCAL session_replication_role = replica"))

    def make(table: str, **fields: Any) -> dict[str, Any]:
        columns = Model.metadata.tables[table].columns
        row = {column.name: filled(column) for column in columns
               if not column.nullable and column.server_default is None and column.identity is None}
        made = world.execute(sa.insert(Model.metadata.tables[table]).values({**row, **fields}).returning(*columns))
        return dict(made.mappings().one())

    return make


def paid(make: Made, booking: Booking, **fields: Any) -> UUID:
    """A payment of a booking."""
    return UUID(str(make("payment", booking_id=booking.id, **{
        "state": "succeeded", "part": "full", "method": "card", "amount_fen": 13800, **fields})["id"]))


def owed(make: Made, booking: Booking) -> None:
    """A payout of its money was begun."""
    tx = make("posting_tx", booking_id=booking.id, kind="released")
    item = make("payout_item", state="sent", batch_id=uuid4(), account_id=uuid4(), opening_fen=0, movements_fen=1,
                offset_fen=0, amount_fen=1, carried_fen=0, reversed_fen=0)
    make("payout_line", tx_id=tx["id"], item_id=item["id"], carrier_id=item["id"])


def looked_into(make: Made, booking: Booking) -> None:
    """One of its facts is in an auditor's sample."""
    entry = make("ledger_entry", subject=booking.ref, key=None, data={})
    make("audit_task", entry_id=entry["id"], state="open", assigned_to=None)


OPEN: dict[str, list[Callable[[Made, Booking], Any]]] = {
    "complaint": [lambda make, booking: make("complaint", booking_id=booking.id, state="open"),
                  lambda make, booking: setattr(booking, "complaint_open", True)],
    "payment": [lambda make, booking: paid(make, booking, state="processing"),
                lambda make, booking: paid(make, booking, disputed_fen=5)],
    "refund": [lambda make, booking: make("refund", payment_id=paid(make, booking), state="pending"),
               lambda make, booking: make("refund", payment_id=paid(make, booking), state="failed")],
    "dispute": [lambda make, booking: make("dispute", booking_id=booking.id, state="answered", held_fen=0)],
    "money held": [lambda make, booking: make("posting", account=f"escrow:{booking.id}", amount_fen=-5)],
    "payout": [owed],
    "guarantee": [lambda make, booking: make("guarantee", booking_id=booking.id, state="on_trial")],
    "change": [lambda make, booking: make("change", booking_id=booking.id, kind="extension", asked_by="worker",
                                          state="asked")],
    "substitution": [lambda make, booking: make("substitution", booking_id=booking.id, state="offered")],
    "workday": [lambda make, booking: make("workday", booking_id=booking.id, state="contested", minutes=60)],
    "invoice": [lambda make, booking: make("invoice_request", booking_id=booking.id, state="requested",
                                           kind="electronic_ordinary", title_kind="personal")],
    "alarm": [lambda make, booking: make("alarm", booking_id=booking.id, state="acknowledged", party="worker")],
    "petition": [lambda make, booking: make("petition", worker_id=booking.worker_id, state="submitted", kind="appeal",
                                            role="worker")],
    "audit": [looked_into],
    "hold": [lambda make, booking: archive.hold(booking_id=booking.id, because="法院通知", by="tester")],
}


@pytest.mark.parametrize("name", queries.HOLDS)
def test_what_is_open_keeps_its_booking_here(name: str, made: Made, folder: Path) -> None:
    for opened in OPEN[name]:
        booking, other = past(), past()
        opened(made, booking)
        db.session.flush()
        assert queries.kept([booking.id, other.id]) == {name: 1}
        written = archive.archive(month=MONTH, by="tester")
        assert written is not None and written.bookings == 1
        db.session.expire_all()
        assert booking.archived_in is None and other.archived_in == MONTH
        db.session.execute(sa.delete(Booking).where(Booking.id == booking.id))


def test_every_table_that_names_a_booking_keeps_one_or_says_why_not() -> None:
    naming = {table.name for table in Model.metadata.sorted_tables for key in table.foreign_keys
              if key.column.table.name == Booking.__tablename__}
    holding = {table.name for clause in queries.HOLDS.values() for table in _tables(clause)}
    assert naming - holding - STAY.keys() == set(), "may a booking be archived with this? see queries.HOLDS"
    assert STAY.keys() <= naming and queries.HOLDS.keys() == OPEN.keys()


def _tables(clause: sa.ClauseElement) -> set[sa.Table]:
    return {node for node in sa.sql.visitors.iterate(clause) if isinstance(node, sa.Table)}
