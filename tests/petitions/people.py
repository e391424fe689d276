"""Credit events of somebody, and petitions about them in any state."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from qiaojiejie.booking.models import Booking
from qiaojiejie.casework.models import Complaint
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.credit.models import CreditEvent
from qiaojiejie.ledger import service as ledger
from qiaojiejie.media.models import Media
from qiaojiejie.petitions import service as petitions
from qiaojiejie.petitions.models import Petition
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.lists.parties import officer


def as_worker(worker: Worker) -> Actor:
    """The worker, acting."""
    assert worker.account_id is not None
    return Actor(worker.account_id, ids.new(), Role.WORKER, None)


def as_manager(firm_id: UUID) -> Actor:
    """A manager of a firm."""
    return Actor(factories.member(Role.FIRM_MANAGER, firm_id).id, ids.new(), Role.FIRM_MANAGER, firm_id)


def as_household(booking: Booking) -> Actor:
    """The family whose booking it is."""
    return Actor(booking.household.account_id, ids.new(), Role.HOUSEHOLD, None)


def event(booking: Booking, type_: str = "no_show", day: date | None = None, **data: Any) -> CreditEvent:
    """A credit event about a booking, and the ledger entry behind it."""
    entry_id = ledger.append(f"test.{type_}", subject=booking.ref, actor="system")
    assert entry_id is not None
    made = CreditEvent(entry_id=entry_id, type=type_, day=day or clock.today(), worker_id=booking.worker_id,
                       firm_id=booking.firm_id, household_id=booking.household_id, category="cleaning",
                       order_ref=str(booking.id), data=data)
    db.session.add(made)
    db.session.flush()
    return made


def complaint(booking: Booking, state: str = "substantiated", severity: int = 2) -> tuple[Complaint, list[CreditEvent]]:
    """A complaint in a state, with the events it left: opened, answered, decided."""
    made = Complaint(booking_id=booking.id, household_id=booking.household_id, worker_id=booking.worker_id,
                     firm_id=booking.firm_id, state=state, kind="damage", words=Sealed("text", "台面划伤"),
                     severity=severity if state == "substantiated" else None, opened_at=clock.now())
    db.session.add(made)
    db.session.flush()
    about = {"complaint": str(made.id)}
    events = [event(booking, "complaint_opened", **about)]
    if state != "open":
        events.append(event(booking, "complaint_answered", working_days=1, **about))
    if state == "substantiated":
        events.append(event(booking, "complaint_substantiated", severity=severity, **about))
    if state == "dismissed":
        events.append(event(booking, "complaint_dismissed", **about))
    return made, events


def file(by: Actor, kind: str = "evidence") -> UUID:
    """A file somebody uploaded."""
    made = Media(account_id=by.account_id, org_id=by.org_id, kind=kind, content_type="application/pdf", size=9,
                 sha256=uuid4().bytes, key=uuid4().hex, public=False, created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return made.id


def petition(state: str, by: Actor, entry_ids: list[int], proposer: Actor) -> Petition:
    """An appeal brought into a state as people do."""
    made = petitions.appeal(actor=by, ground="not_true", words="与事实不符", entry_ids=entry_ids)
    if state == "returned":
        petitions.send_for_more(actor=proposer, petition_id=made.id, words="请补充")
    if state == "withdrawn":
        petitions.withdraw(actor=by, petition_id=made.id)
    if state in ("proposed", "upheld", "partly_upheld", "dismissed"):
        upheld = {"dismissed": [], "partly_upheld": entry_ids[:1]}.get(state, entry_ids)
        petitions.propose(actor=proposer, petition_id=made.id, upheld=upheld, words="说明",
                          reason="facts_wrong" if upheld else "facts_stand")
    if state in ("upheld", "partly_upheld", "dismissed"):
        petitions.decide(actor=officer(), petition_id=made.id, confirm=True)
    assert made.state == state
    return made


def long_ago(days: int) -> date:
    """A day so many days back."""
    return clock.today() - timedelta(days=days)
