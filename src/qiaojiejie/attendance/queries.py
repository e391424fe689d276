"""Read days worked and endings, and lock them (the booking first)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.attendance import rules
from qiaojiejie.attendance.errors import EndedAlready, NotByTheDay, NotUnderWay, WorkdayNotFound
from qiaojiejie.attendance.lifecycle import OPEN
from qiaojiejie.attendance.models import EngagementEnding, Workday
from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking.errors import BookingNotFound
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.queries import overdue
from qiaojiejie.booking.rules import days, news_data
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.workers.models import Worker


def get(id: UUID) -> Workday:
    """A day of work. Raises WorkdayNotFound."""
    found = db.session.get(Workday, id, populate_existing=True)
    if found is None:
        raise WorkdayNotFound()
    return found


def of_party(actor: Actor, id: UUID) -> tuple[Booking, Workday, str]:
    """A day of work under the lock of its booking, and which party the actor is: household, firm, mediator, or the
    worker whose day it was.

    Raises WorkdayNotFound, to strangers too.
    """
    booking_id = get(id).booking_id
    booking = bookings.get(booking_id, lock=True)
    found = get(id)
    if actor.role == Role.MEDIATOR:
        return booking, found, "mediator"
    try:
        party, worker_id = party_of(actor, booking)
    except BookingNotFound as strange:
        raise WorkdayNotFound() from strange
    if party == "worker" and worker_id != found.worker_id:
        raise WorkdayNotFound()
    return booking, found, party


def party_of(actor: Actor, booking: Booking) -> tuple[str, UUID | None]:
    """Which party to an engagement the actor is, who worked in it before among them, and of a worker who she is.

    Raises BookingNotFound for strangers.
    """
    formers = days.formers(booking.plan) if booking.plan is not None else set()
    if actor.role != Role.WORKER or not formers or booking.worker.account_id == actor.account_id:
        party = bookings.party_of(actor, booking)
        return party, booking.worker_id if party == "worker" else None
    found = db.session.scalar(sa.select(Worker.id).where(Worker.account_id == actor.account_id))
    if found is None or str(found) not in formers:
        raise BookingNotFound()
    return "worker", found


def under_way(booking: Booking) -> days.Plan:
    """The plan of an engagement by days that is under way. Raises NotByTheDay, NotUnderWay."""
    if booking.plan is None:
        raise NotByTheDay()
    if booking.state != "under_way":
        raise NotUnderWay(state=booking.state, state_name=BOOKING.states[booking.state])
    return booking.plan


def written(booking_id: UUID) -> Sequence[Workday]:
    """The days written down of a booking, in order."""
    stmt = sa.select(Workday).where(Workday.booking_id == booking_id).order_by(Workday.day)
    return db.session.scalars(stmt.execution_options(populate_existing=True)).all()


def agreed_fen(booking_id: UUID) -> int:
    """What the agreed days of a booking come to, in fen."""
    return db.session.execute(sa.select(sa.cast(sa.func.coalesce(sa.func.sum(Workday.fen), 0), sa.BigInteger)).where(
        Workday.booking_id == booking_id, Workday.state == "agreed")).scalar_one()


def ending_of(booking_id: UUID) -> EngagementEnding | None:
    """How a booking was ended early, if it was."""
    return db.session.get(EngagementEnding, booking_id)


def check_not_ended(booking_id: UUID) -> None:
    """Raises EndedAlready."""
    if ending_of(booking_id) is not None:
        raise EndedAlready()


def last_day(booking: Booking) -> date:
    """The last day on which work may be written down."""
    ended = ending_of(booking.id)
    assert booking.plan is not None  # callers have looked
    planned = date.fromisoformat(booking.plan["days"][-1]["day"])
    return min(ended.last_day, planned) if ended else planned


def quoted(booking: Booking, plan: days.Plan, party: str) -> rules.Ending:
    """What ending an engagement now comes to; a fee is asked of a household only, of none that was let down, and of
    none while who works at present is on trial."""
    now, planned = clock.now(), rules.turns(plan)
    formers = days.formers(plan)
    hers = {day: turn for day, turn in planned.items() if days.worker_of(plan, day, "") not in formers}
    free = party != "household" or booking.barred or rules.on_trial(hers, plan.get("trial_days", 0), now)
    return rules.ending(planned=planned, prices=days.prices(plan, booking.total_fen), written=written(booking.id),
                        left_fen=booking.paid_fen - booking.refund_fen, now=now,
                        early_permille=0 if free else int(plan["early_permille"]))


def shown(actor: Actor, booking_id: UUID) -> paging.Page:
    """The days of an engagement in order, each with its price and what was written down of it, all on one page; to a
    worker her own.

    Raises BookingNotFound, NotByTheDay.
    """
    booking = bookings.get(booking_id)
    party, worker_id = party_of(actor, booking)
    plan = booking.plan
    if plan is None:
        raise NotByTheDay()
    rows, present = {row.day: row for row in written(booking.id)}, str(booking.worker_id)
    found = [{**each, "worker_id": days.worker_of(plan, each["day"], present), "workday": rows.get(each["day"])}
             for each in booking.schedule]
    return paging.Page([each for each in found if worker_id is None or each["worker_id"] == str(worker_id)], None)


def contested(*, cursor: str | None = None, limit: int = paging.LIMIT) -> paging.Page:
    """Days that wait for a mediator, oldest first, one page."""
    return paging.keyset(sa.select(Workday).where(Workday.state == "contested"), [Workday.id], descending=False,
                         scope=paging.scope_of("contested-workdays"), cursor=cursor, limit=limit)


def due_to_agree(now: datetime, limit: int) -> Sequence[Booking]:
    """Bookings with days nobody spoke against for 48 hours, without an open complaint, locked."""
    due = sa.select(Workday.booking_id).where(Workday.state == "recorded",
                                              Workday.recorded_at <= now - rules.AGREES_AFTER)
    return _locked(Booking.id.in_(due), Booking.complaint_open.is_(False), limit=limit)


def due_days(booking_id: UUID, now: datetime) -> Sequence[Workday]:
    """The days of a locked booking nobody spoke against for 48 hours, in order."""
    stmt = sa.select(Workday).where(Workday.booking_id == booking_id, Workday.state == "recorded",
                                    Workday.recorded_at <= now - rules.AGREES_AFTER).order_by(Workday.day)
    return db.session.scalars(stmt.execution_options(populate_existing=True)).all()


def due_to_finish(now: datetime, limit: int) -> Sequence[Booking]:
    """Engagements under way on which nothing more can be written down and no day is open, locked."""
    open_day = sa.select(Workday.id).where(Workday.booking_id == Booking.id, Workday.state.in_(OPEN)).exists()
    since = clock.midnight(clock.local(now - rules.WRITTEN_WITHIN).date())
    ended = sa.select(EngagementEnding.booking_id).where(
        EngagementEnding.booking_id == Booking.id, EngagementEnding.last_day < clock.local(since).date()).exists()
    over = sa.func.upper(Booking.during) <= since
    return _locked(Booking.state == "under_way", Booking.plan.is_not(None), ~open_day, over | ended, limit=limit)


def _locked(*those: Any, limit: int) -> Sequence[Booking]:
    return overdue.batch(sa.select(Booking).where(*those).order_by(Booking.id), limit)


def news(entry_id: int) -> list[dict[str, Any]]:
    """Whom to tell a fact about a day and in what words: arguments of ``messages.service.notify``."""
    entry = ledger.get(entry_id)
    if not rules.is_news(entry.fact, entry.data["by"]):
        return []
    booking, (kind, parties) = bookings.get(UUID(entry.subject.removeprefix("booking:"))), rules.NEWS[entry.fact]
    base = news_data(booking=str(booking.id), service_name=booking.service.name, amount_fen=None,
                     worker_called=booking.worker.called, start=clock.local(booking.start))
    data = {**base, **rules.in_words(entry.data)}
    worker = get(UUID(entry.data["workday"])).worker.account_id
    accounts = {**bookings.accounts_of(booking), "mediator": identity.accounts_with(Role.MEDIATOR),
                "worker": [worker] if worker else []}
    return [{"account_id": account, "kind": kind, "data": data, "key": f"ledger:{entry_id}"}
            for party in parties if party != entry.data["by"] for account in accounts[party]]
