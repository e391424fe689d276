"""Open a complaint, answer it, decide it. While one is open its booking does not complete by itself."""

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking import service as booking_service
from qiaojiejie.casework import facts, queries, rules
from qiaojiejie.casework.errors import ComplaintAlreadyOpen
from qiaojiejie.casework.lifecycle import COMPLAINT
from qiaojiejie.casework.models import Complaint
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, violated
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.identity import service as identity
from qiaojiejie.ledger import queries as ledger_queries
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages

#: fact → the kind of notification and who is told
NEWS = {facts.OPENED: ("complaint_opened", ("firm", "mediator")),
        facts.ANSWERED: ("complaint_answered", ("household", "mediator")),
        facts.SUBSTANTIATED: ("complaint_decided", ("household", "worker", "firm")),
        facts.DISMISSED: ("complaint_decided", ("household", "worker", "firm"))}


def complain(*, actor: Actor, booking_id: UUID, kind: str, words: str) -> Complaint:
    """A family complains of a confirmed booking, until 30 days after its end; the booking is held from completing.

    ``kind``: rules.KINDS. Raises BookingNotFound, NothingToComplainOf, ComplaintTooLate, ComplaintAlreadyOpen.
    """
    booking, _ = bookings.of_party(actor, booking_id, lock=True)
    now = clock.now()
    rules.check_open(confirmed_at=booking.confirmed_at, end=booking.end, now=now)
    made = Complaint(booking_id=booking.id, household_id=booking.household_id, worker_id=booking.worker_id,
                     firm_id=booking.firm_id, state=COMPLAINT.initial, kind=kind, words=Sealed("text", words),
                     opened_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) == "uq_complaint_live":
            raise ComplaintAlreadyOpen() from error
        raise
    booking_service.hold_completion(booking_id=booking.id)
    _record(facts.OPENED, made, actor.ref, kind=kind)
    return made


def answer(*, actor: Actor, complaint_id: UUID, words: str) -> Complaint:
    """The firm answers. Raises ComplaintNotFound, StepNotPossible."""
    complaint, party = queries.of_party(actor, complaint_id, lock=True)
    row = COMPLAINT.move(complaint, "answer", party=party)
    complaint.answer, complaint.answered_at = Sealed("text", words), clock.now()
    _record(row.fact, complaint, actor.ref)
    return complaint


def decide(*, actor: Actor, complaint_id: UUID, outcome: str, finding: str, severity: int | None = None) -> Complaint:
    """A mediator decides: substantiated with a severity of 1 to 4, or dismissed. The booking may complete again.

    Raises ComplaintNotFound, SeverityMismatch, StepNotPossible.
    """
    rules.check_decision(outcome=outcome, severity=severity)
    booking_service.free_completion(booking_id=queries.get(complaint_id).booking_id)  # the booking is locked first
    complaint, party = queries.of_party(actor, complaint_id, lock=True)
    row = COMPLAINT.move(complaint, rules.STEPS[outcome], party=party)
    complaint.severity, complaint.finding = severity, finding
    complaint.decided_at, complaint.decided_by = clock.now(), actor.account_id
    _record(row.fact, complaint, actor.ref, **({} if severity is None else {"severity": severity}))
    return complaint


def read(*, actor: Actor, complaint_id: UUID) -> Complaint:
    """A complaint with its words; anyone's look but the household's own is recorded. Raises ComplaintNotFound."""
    complaint, party = queries.of_party(actor, complaint_id)
    if party != "household":
        identity.look(actor=actor, subject=f"complaint:{complaint.id}", field="words",
                      reason=f"booking:{complaint.booking_id}")
    return complaint


def tell(*, entry_id: int) -> None:
    """Tell everybody a fact about a complaint concerns, once each."""
    entry = ledger_queries.get(entry_id)
    complaint = queries.get(UUID(entry.data["complaint"]))
    kind, parties = NEWS[entry.fact]
    start = clock.local(complaint.booking.start)
    data: dict[str, Any] = {"complaint": str(complaint.id), "booking": str(complaint.booking_id),
                            "service_name": complaint.booking.service.name,
                            "start": f"{start.month}月{start.day}日 {start:%H:%M}"}
    accounts = queries.accounts_of(complaint)
    for account_id in (account_id for party in parties for account_id in accounts[party]):
        messages.notify(account_id=account_id, kind=kind, data=data, key=f"complaint:{complaint.id}:{kind}")


def _record(fact: str, complaint: Complaint, by: str, /, **more: Any) -> None:
    booking = bookings.get(complaint.booking_id)
    ledger.append(fact, subject=booking.ref, actor=by, data={
        "complaint": str(complaint.id), "household": str(complaint.household_id), "worker": str(complaint.worker_id),
        "firm": str(complaint.firm_id), "service": booking.service_code, "category": booking.service.category,
        "start": booking.start.isoformat(), **more})
