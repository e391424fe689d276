"""What the platform keeps beside a leaf of the log: the visit, the money, what was said, the paper. Names masked."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking.models import Booking
from qiaojiejie.casework.models import Complaint
from qiaojiejie.core.db import db
from qiaojiejie.documents.models import WorkerDocument
from qiaojiejie.firms.models import Firm
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.payments.models import Payment
from qiaojiejie.reviews.models import Review
from qiaojiejie.standings.models import FirmStanding, Standing
from qiaojiejie.workers.models import Worker


def beside(entry_id: int) -> dict[str, Any]:
    """The platform's records of what a ledger entry speaks of; what there is none of is None."""
    entry = ledger.get(entry_id)
    booking, worker = _booking(entry), _worker(entry)
    return {
        "fact": entry.fact, "at": entry.at, "data": entry.data,
        "booking": booking and _visit(booking), "payments": _payments(booking), "reviews": _reviews(booking),
        "complaint": _complaint(entry), "document": _document(entry),
        "worker": worker and {"id": worker.id, "name": worker.name.masked, "phone": worker.phone.masked,
                              "firm_id": worker.firm_id},
        "firm": _firm(entry, booking), "standing": _standing(entry, worker)}


def people(entry_id: int) -> list[dict[str, Any]]:
    """Who can be called about a ledger entry, in plain: only after the look was recorded."""
    entry = ledger.get(entry_id)
    booking, worker = _booking(entry), _worker(entry)
    found = []
    if booking is not None:
        found.append({"whom": "household", "subject": f"household:{booking.household_id}",
                      "name": booking.address.contact_name.reveal(), "phone": booking.address.contact_phone.reveal()})
    if worker is not None:
        found.append({"whom": "worker", "subject": f"worker:{worker.id}", "name": worker.name.reveal(),
                      "phone": worker.phone.reveal()})
    return found


def _named(entry: LedgerEntry, kind: str) -> UUID | None:
    """The id of a kind that an entry is about or names."""
    head, _, tail = entry.subject.partition(":")
    said = tail if head == kind else entry.data.get(kind)
    return UUID(said) if said else None


def _booking(entry: LedgerEntry) -> Booking | None:
    booking_id = _named(entry, "booking")
    return None if booking_id is None else bookings.get(booking_id)


def _worker(entry: LedgerEntry) -> Worker | None:
    worker_id = _named(entry, "worker")
    return None if worker_id is None else db.session.get(Worker, worker_id)


def _visit(booking: Booking) -> dict[str, Any]:
    return {"id": booking.id, "state": booking.state, "service_name": booking.service.name, "start": booking.start,
            "end": booking.end, "started_at": booking.started_at, "ended_at": booking.ended_at,
            "closed_at": booking.closed_at, "total_fen": booking.total_fen, "refund_fen": booking.refund_fen,
            "contact": booking.address.contact_name.masked, "phone": booking.address.contact_phone.masked}


def _payments(booking: Booking | None) -> list[dict[str, Any]]:
    if booking is None:
        return []
    stmt = sa.select(Payment).where(Payment.booking_id == booking.id).order_by(Payment.created_at, Payment.id)
    return [{"state": each.state, "method": each.method, "amount_fen": each.amount_fen,
             "succeeded_at": each.succeeded_at} for each in db.session.scalars(stmt)]


def _reviews(booking: Booking | None) -> list[dict[str, Any]]:
    if booking is None:
        return []
    stmt = sa.select(Review).where(Review.booking_id == booking.id, Review.side == "household")
    return [{"overall": each.overall, "aspects": each.aspects, "written_at": each.written_at,
             "published_at": each.published_at} for each in db.session.scalars(stmt)]


def _told(found: Any, *columns: str) -> dict[str, Any] | None:
    return None if found is None else {name: getattr(found, name) for name in columns}


def _complaint(entry: LedgerEntry) -> dict[str, Any] | None:
    complaint_id = _named(entry, "complaint")
    found = None if complaint_id is None else db.session.get(Complaint, complaint_id)
    return _told(found, "id", "kind", "state", "severity", "opened_at", "answered_at", "decided_at", "finding")


def _document(entry: LedgerEntry) -> dict[str, Any] | None:
    document_id = _named(entry, "document")
    found = None if document_id is None else db.session.get(WorkerDocument, document_id)
    return _told(found, "id", "kind", "title", "state", "issuer", "valid_until", "reviewed_at", "source")


def _firm(entry: LedgerEntry, booking: Booking | None) -> dict[str, Any] | None:
    firm_id = booking.firm_id if booking is not None else _named(entry, "firm")
    found = None if firm_id is None else db.session.get(Firm, firm_id)
    return _told(found, "id", "name", "state", "phone", "licence_valid_until")


def _standing(entry: LedgerEntry, worker: Worker | None) -> dict[str, Any] | None:
    firm_id = _named(entry, "firm") if worker is None else None
    found: Standing | FirmStanding | None = None
    if worker is not None:
        found = db.session.get(Standing, worker.id)
    elif firm_id is not None:
        found = db.session.get(FirmStanding, firm_id)
    return _told(found, "score", "grade", "rule", "as_of")
