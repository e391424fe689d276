"""Which bookings are of a month, what keeps one here, and what was taken so far."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from qiaojiejie.alarms.models import Alarm
from qiaojiejie.archive import rules
from qiaojiejie.archive.errors import HoldNotFound
from qiaojiejie.archive.models import ArchivedMonth, ArchivedRow, ArchiveHold
from qiaojiejie.attendance.lifecycle import OPEN as WORKDAY_OPEN
from qiaojiejie.attendance.models import Workday
from qiaojiejie.audit.models import AuditTask
from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.books.models import Posting, PostingTx
from qiaojiejie.casework.models import Complaint
from qiaojiejie.changes.lifecycle import OPEN as CHANGE_OPEN
from qiaojiejie.changes.models import Change
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.disputes.lifecycle import OPEN as DISPUTE_OPEN
from qiaojiejie.disputes.models import Dispute
from qiaojiejie.guarantees.models import Guarantee
from qiaojiejie.invoices.models import InvoiceRequest
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.payments.lifecycle import OPEN as PAYMENT_OPEN
from qiaojiejie.payments.models import Payment
from qiaojiejie.payouts.models import PayoutItem, PayoutLine
from qiaojiejie.petitions.lifecycle import OPEN as PETITION_OPEN
from qiaojiejie.petitions.models import Petition
from qiaojiejie.refunds.lifecycle import OPEN as REFUND_OPEN
from qiaojiejie.refunds.models import Refund
from qiaojiejie.substitutions.models import Substitution

_PAID_BY = Payment.booking_id == Booking.id


def _in(model: type, *states: str) -> sa.ColumnElement[bool]:
    """Whether something of a booking is in one of these states."""
    return sa.exists().where(model.booking_id == Booking.id, model.state.in_(states))  # type: ignore[attr-defined]


#: what keeps a booking whole, by name: nothing open is ever taken
HOLDS: dict[str, sa.ColumnElement[bool]] = {
    "complaint": Booking.complaint_open | _in(Complaint, "open", "answered"),
    "payment": _in(Payment, *PAYMENT_OPEN) | sa.exists().where(_PAID_BY, Payment.disputed_fen > 0),
    "refund": sa.exists().where(_PAID_BY, Refund.payment_id == Payment.id, Refund.state.in_((*REFUND_OPEN, "failed"))),
    "dispute": _in(Dispute, *DISPUTE_OPEN),
    "money held": sa.select(sa.func.coalesce(sa.func.sum(Posting.amount_fen), 0)).where(
        Posting.account == "escrow:" + sa.cast(Booking.id, sa.Text)).correlate(Booking).scalar_subquery() != 0,
    "payout": sa.exists().where(PostingTx.booking_id == Booking.id, PayoutLine.tx_id == PostingTx.id,
                                PayoutItem.id == PayoutLine.carrier_id,
                                PayoutItem.state.in_(("batched", "approved", "sent", "failed"))),
    "guarantee": _in(Guarantee, "on_trial", "replacing"),
    "change": _in(Change, *CHANGE_OPEN),
    "substitution": _in(Substitution, "offered"),
    "workday": _in(Workday, *WORKDAY_OPEN),
    "invoice": _in(InvoiceRequest, "requested"),
    "alarm": _in(Alarm, "open", "acknowledged"),
    "petition": sa.exists().where(Petition.state.in_(PETITION_OPEN), sa.or_(
        Petition.worker_id == Booking.worker_id, Petition.firm_id == Booking.firm_id,
        Petition.household_id == Booking.household_id)),
    "audit": sa.exists().where(AuditTask.state != "accepted", LedgerEntry.id == AuditTask.entry_id,
                               LedgerEntry.subject == "booking:" + sa.cast(Booking.id, sa.Text)),
    "hold": sa.exists().where(ArchiveHold.booking_id == Booking.id),
}
_HELD = sa.or_(*HOLDS.values())


def ended(month: date) -> Sequence[UUID]:
    """Bookings that are over, ended in a month, and are whole. Reads the whole table: once a month, by a command."""
    start, until = clock.midnight(month), clock.midnight(rules.next_month(month))
    end = sa.func.upper(Booking.during)
    return db.session.scalars(sa.select(Booking.id).where(
        end >= start, end < until, Booking.state.in_(rules.OVER), Booking.archived_in.is_(None)).order_by(
        Booking.id)).all()


def untaken(month: date) -> Sequence[UUID]:
    """Quotes of a month that no booking here came of."""
    start, until = clock.midnight(month), clock.midnight(rules.next_month(month))
    return db.session.scalars(sa.select(Quote.id).where(
        Quote.created_at >= start, Quote.created_at < until, Quote.expires_at < clock.now(), ~needed()).order_by(
        Quote.id)).all()


def needed() -> sa.ColumnElement[bool]:
    """Whether a booking that is whole names a quote; one of its family's, by whose index it is found."""
    other = aliased(Booking)
    return sa.exists().where(other.household_id == Quote.household_id, other.quote_id == Quote.id,
                             other.archived_in.is_(None))


def settled(booking_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Of some bookings those nothing keeps here, locked; what others work on now is left."""
    locked = db.session.scalars(sa.select(Booking.id).where(
        Booking.id.in_(booking_ids), Booking.state.in_(rules.OVER), Booking.archived_in.is_(None)).order_by(
        Booking.id).with_for_update(key_share=True, skip_locked=True)).all()
    return db.session.scalars(sa.select(Booking.id).where(Booking.id.in_(locked), ~_HELD).order_by(Booking.id)).all()


def kept(booking_ids: Sequence[UUID]) -> dict[str, int]:
    """How many of some bookings each hold keeps here; one may be kept by several."""
    counts = [sa.func.count().filter(hold).label(name) for name, hold in HOLDS.items()]
    found = db.session.execute(sa.select(*counts).where(
        Booking.id.in_(booking_ids), Booking.archived_in.is_(None))).mappings().one()
    return {name: count for name, count in found.items() if count}


def open_month(month: date) -> ArchivedMonth | None:
    """The file of a month that is not written yet, locked: of two commands one goes on at a time."""
    return db.session.scalar(sa.select(ArchivedMonth).where(
        ArchivedMonth.month == month, ArchivedMonth.finished_at.is_(None)).with_for_update(),
        execution_options={"populate_existing": True})


def months(months_old: int) -> Sequence[date]:
    """Months that ended so many months ago and have bookings that are over and whole; those somebody began with."""
    until = clock.midnight(rules.next_month(rules.last_month(clock.today(), months_old)))
    end = sa.func.upper(Booking.during)
    first = sa.cast(sa.func.date_trunc("month", sa.func.timezone(str(clock.SHANGHAI), end)), sa.Date)
    old = sa.select(first).where(end < until, Booking.state.in_(rules.OVER), Booking.archived_in.is_(None))
    begun = sa.select(ArchivedMonth.month).where(ArchivedMonth.finished_at.is_(None))
    return sorted(db.session.scalars(sa.union(old, begun)))


def written() -> Sequence[ArchivedMonth]:
    """Every file that was written, in order."""
    return db.session.scalars(sa.select(ArchivedMonth).where(
        ArchivedMonth.finished_at.is_not(None)).order_by(ArchivedMonth.month, ArchivedMonth.part)).all()


def parts(month: date) -> int:
    """How many files there are of a month."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(ArchivedMonth).where(
        ArchivedMonth.month == month)) or 0


def taken(month: date) -> Iterator[rules.Row]:
    """What was taken of a month and is not written yet, in the order of its keys, read as it is used."""
    stmt = sa.select(ArchivedRow.of, ArchivedRow.key, sa.cast(ArchivedRow.row, sa.Text)).where(
        ArchivedRow.month == month).order_by(ArchivedRow.of, ArchivedRow.key)
    for row in db.session.execute(stmt, execution_options={"yield_per": 5_000}):
        yield row[0], row[1], row[2]


def counts(month: date) -> tuple[int, int]:
    """How many rows were taken of a month, and how many of them are bookings."""
    of_bookings = sa.func.count().filter(ArchivedRow.of == Booking.__tablename__)
    rows, bookings = db.session.execute(sa.select(sa.func.count(), of_bookings).where(
        ArchivedRow.month == month)).one()
    return rows, bookings


def hold(booking_id: UUID) -> ArchiveHold:
    """What somebody said of a booking that stays. Raises HoldNotFound."""
    found = db.session.get(ArchiveHold, booking_id)
    if found is None:
        raise HoldNotFound()
    return found


def booking(booking_id: UUID) -> Booking | None:
    """A booking, locked."""
    return db.session.get(Booking, booking_id, with_for_update={"key_share": True})
