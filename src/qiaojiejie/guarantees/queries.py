"""Read guarantees, replacements and who could go on with an engagement; lock them (the booking first)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import joinedload, selectinload

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.rules import days, hours, news_data
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.guarantees import rules
from qiaojiejie.guarantees.errors import GuaranteeNotFound
from qiaojiejie.guarantees.lifecycle import GUARANTEE
from qiaojiejie.guarantees.models import Guarantee, Replacement, ReplacementCandidate
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.substitutions import queries as substitutions
from qiaojiejie.workers.models import Worker

_NAMED = (joinedload(Replacement.worker), selectinload(Replacement.candidates).joinedload(ReplacementCandidate.worker))


@dataclass(frozen=True)
class Resumption:
    """How an engagement would go on with another worker: its plan, when she is engaged, who could do it."""

    plan: dict[str, Any]
    during: Range[datetime]
    fitting: Sequence[substitutions.Candidate]

    @property
    def workers(self) -> dict[UUID, Worker]:
        """Who could do it, by id."""
        return {each.worker.id: each.worker for each in self.fitting}


def find(booking_id: UUID, lock: bool = False) -> Guarantee | None:
    """The guarantee of a booking, if it has one."""
    stmt = sa.select(Guarantee).where(Guarantee.booking_id == booking_id)
    if lock:
        stmt = stmt.with_for_update(of=Guarantee)
    return db.session.scalars(stmt.execution_options(populate_existing=True)).one_or_none()


def get(booking_id: UUID, lock: bool = False) -> Guarantee:
    """The guarantee of a booking. Raises GuaranteeNotFound."""
    found = find(booking_id, lock)
    if found is None:
        raise GuaranteeNotFound()
    return found


def open_of(booking_id: UUID) -> Replacement | None:
    """The replacement of a booking that is not settled, with who is offered."""
    stmt = sa.select(Replacement).where(Replacement.booking_id == booking_id, Replacement.settled_at.is_(None))
    return db.session.scalars(stmt.options(*_NAMED).execution_options(populate_existing=True)).one_or_none()


def shown(actor: Actor, booking_id: UUID) -> dict[str, Any]:
    """A guarantee as household and firm see it (schemas.GuaranteeOut). Raises BookingNotFound, GuaranteeNotFound."""
    booking, _ = bookings.of_party(actor, booking_id)
    found = get(booking.id)
    return {"booking_id": booking.id, "state": found.state, "state_name": found.state_name,
            "trial_days": found.trial_days, "trial_until": found.trial_until,
            "replacement_days": found.replacement_days, "worker_id": booking.worker_id,
            "worker_called": booking.worker.called, "days_left": len((booking.plan or {}).get("waiting", ())),
            "replacement": open_of(booking.id)}


def page(actor: Actor, booking_id: UUID, *, cursor: str | None = None, limit: int) -> paging.Page:
    """Replacements of a booking, newest first, to its household and firm. Raises BookingNotFound."""
    booking, _ = bookings.of_party(actor, booking_id)
    stmt = sa.select(Replacement).where(Replacement.booking_id == booking.id).options(*_NAMED)
    return paging.keyset(stmt, [Replacement.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("replacements", [booking.id]))


def resumption(booking: Booking, begins_on: date) -> Resumption:
    """How a booking whose days wait would go on from a day, and who could do it, best first."""
    plan, mode = booking.plan or {}, booking.service.mode
    weekdays = rules.weekdays(plan, mode)
    dates = days.worked_on(begins_on, len(plan["waiting"]), weekdays)
    times = plan.get("holiday_times")
    if times is None:
        times = catalog.engagement_terms(mode, clock.local(booking.created_at).date()).holiday_times
    resumed = days.resumed(plan, dates, catalog.holidays(dates[0], dates[-1]), times)
    start, end = days.at_hour_of(booking.start, dates[0]), hours.end(resumed["days"])
    found = substitutions.candidates(booking, hours.spans(days.hers(resumed), start, end))
    formers = days.formers(plan)
    return Resumption(resumed, Range(start, end),
                      [each for each in found if str(each.worker.id) not in formers])


def fitting(actor: Actor, booking_id: UUID, begins_on: date) -> paging.Page:
    """Who could go on with an engagement from a day, the best twenty on one page.

    Raises BookingNotFound, GuaranteeNotFound, StepNotPossible, BeginsTooLate.
    """
    booking, _ = bookings.of_party(actor, booking_id)
    GUARANTEE.find("offer", state=get(booking.id).state, party="firm")
    sought = open_of(booking.id)
    assert sought is not None and booking.plan is not None  # a guarantee in this state has one
    rules.check_begins(begins_on, last=rules.last_day(booking.plan), until=sought.until)
    return substitutions.page_of(resumption(booking, begins_on).fitting)


def trials_over(today: date, limit: int) -> Sequence[UUID]:
    """Bookings whose trial is over."""
    stmt = sa.select(Guarantee.booking_id).where(Guarantee.state == "on_trial", Guarantee.trial_until < today)
    return db.session.scalars(stmt.order_by(Guarantee.trial_until).limit(limit)).all()


def due(now: datetime, limit: int) -> Sequence[UUID]:
    """Bookings for which nobody was taken in time."""
    return db.session.scalars(sa.select(Replacement.booking_id).where(
        Replacement.settled_at.is_(None), Replacement.until <= now).order_by(Replacement.until).limit(limit)).all()


def news(entry_id: int) -> list[dict[str, Any]]:
    """Whom to tell a fact about a guarantee and in what words: arguments of ``messages.service.notify``."""
    entry = ledger.get(entry_id)
    booking, (kind, parties) = bookings.get(UUID(entry.subject.partition(":")[2])), rules.NEWS[entry.fact]
    data = {**news_data(booking=str(booking.id), service_name=booking.service.name, amount_fen=None,
                        worker_called=booking.worker.called, start=clock.local(booking.start)),
            **rules.told(entry.data)}
    accounts = bookings.accounts_of(booking)
    return [{"account_id": account, "kind": kind, "data": data, "key": f"ledger:{entry_id}"}
            for party in parties if party != entry.data.get("by") for account in accounts[party]]
