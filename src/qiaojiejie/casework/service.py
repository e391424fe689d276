"""Open a complaint, answer it, mediate, decide it, hear it anew. While one is live its booking waits to complete."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking import service as booking_service
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.rules import wall
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
        facts.DISMISSED: ("complaint_decided", ("household", "worker", "firm")),
        facts.MEDIATED: ("complaint_mediated", ("household", "worker", "firm")),
        facts.REOPENED: ("complaint_reopened", ("household", "worker", "firm", "mediator")),
        facts.OVERTURNED: ("complaint_overturned", ("household", "worker", "firm", "mediator"))}


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
    with _one_live():
        db.session.add(made)
    booking_service.hold_completion(booking_id=booking.id)
    _record(facts.OPENED, made, actor.ref, kind=kind)
    return made


def answer(*, actor: Actor, complaint_id: UUID, words: str) -> Complaint:
    """The firm answers. Raises ComplaintNotFound, StepNotPossible."""
    complaint, party = queries.of_party(actor, complaint_id, lock=True)
    row = COMPLAINT.move(complaint, "answer", party=party)
    complaint.answer, complaint.answered_at = Sealed("text", words), clock.now()
    _record(row.fact, complaint, actor.ref, **_promptness(complaint))
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
    _record(row.fact, complaint, actor.ref, **_promptness(complaint), **({} if severity is None else {
        "severity": severity}))
    return complaint


def mediate(*, actor: Actor, complaint_id: UUID, outcome: str, words: str) -> Complaint:
    """A mediator brought the two sides together: rules.MEDIATIONS. Once.

    Raises ComplaintNotFound, AlreadyMediated, MediationNotNow.
    """
    complaint, _ = queries.of_party(actor, complaint_id, lock=True)
    rules.check_mediation(state=complaint.state, state_name=complaint.state_name, mediation=complaint.mediation)
    complaint.mediation, complaint.mediation_words = outcome, Sealed("text", words)
    complaint.mediated_at = clock.now()
    _record(facts.MEDIATED, complaint, actor.ref, outcome=outcome)
    return complaint


def reopen(*, actor: Actor, complaint_id: UUID) -> Complaint:
    """The family's appeal against a dismissal was upheld: a mediator decides anew.

    Raises ComplaintNotFound, StepNotPossible, ComplaintAlreadyOpen (another one about the booking must end first).
    """
    booking_service.hold_completion(booking_id=queries.get(complaint_id).booking_id)  # the booking is locked first
    complaint = queries.get(complaint_id, lock=True)
    with _one_live():
        row = COMPLAINT.move(complaint, "reopen", party="federation")
        complaint.finding = complaint.decided_at = complaint.decided_by = None
    _record(row.fact, complaint, actor.ref)
    return complaint


def overturn(*, actor: Actor, complaint_id: UUID) -> Complaint:
    """The worker's or firm's appeal against what was found was upheld: it stands no more, and is kept as such.

    Raises ComplaintNotFound, StepNotPossible.
    """
    complaint = queries.get(complaint_id, lock=True)
    row = COMPLAINT.move(complaint, "overturn", party="federation")
    _record(row.fact, complaint, actor.ref)
    return complaint


@contextmanager
def _one_live() -> Iterator[None]:
    """What makes a complaint live is refused while another about the booking is."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        if violated(error) == "uq_complaint_live":
            raise ComplaintAlreadyOpen() from error
        raise


def _promptness(complaint: Complaint) -> dict[str, int]:
    answered = complaint.answered_at and clock.local(complaint.answered_at).date()
    return rules.promptness(clock.local(complaint.opened_at).date(), answered, clock.today())


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
    data: dict[str, Any] = {"complaint": str(complaint.id), "booking": str(complaint.booking_id),
                            "service_name": complaint.booking.service.name,
                            "start": wall(clock.local(complaint.booking.start))}
    accounts = queries.accounts_of(complaint)
    for account_id in (account_id for party in parties for account_id in accounts[party]):
        messages.notify(account_id=account_id, kind=kind, data=data, key=f"ledger:{entry_id}")


def _record(fact: str, complaint: Complaint, by: str, /, **more: Any) -> None:
    booking = bookings.get(complaint.booking_id)
    ledger.append(fact, subject=booking.ref, actor=by, data={
        "complaint": str(complaint.id), "household": str(complaint.household_id), "worker": str(complaint.worker_id),
        "firm": str(complaint.firm_id), "service": booking.service_code, "category": booking.service.category,
        "start": booking.start.isoformat(), **more})


def look(*, actor: Actor, booking: Booking, complaint_id: UUID | None, field: str) -> None:
    """Those whose words and home it is find a mediator's look in their records; ``complaint_id``: what lets her."""
    if complaint_id is not None:
        whose = [booking.household.account_id, booking.worker.account_id]
        identity.look_at_all(actor=actor, subjects=[booking.ref, *(f"account:{each}" for each in whose if each)],
                             field=field, reason=f"complaint:{complaint_id}")


def kept_no_longer(found: Iterable[Any]) -> list[Any]:
    """Of what is kept of bookings (``queries.due``) what is to be erased now; the rest is looked at again later."""
    now, over = clock.now(), []
    for kept, closed_at, held in found:
        again = rules.look_again(closed_at, held, now)
        if again is None:
            over.append(kept)
        else:
            kept.due_at = again
    return over
