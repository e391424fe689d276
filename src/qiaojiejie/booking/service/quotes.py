"""What a visit, or an engagement by days, costs."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.booking import queries, rules
from qiaojiejie.booking.errors import OutsideHours
from qiaojiejie.booking.models import Quote
from qiaojiejie.booking.queries import pricing
from qiaojiejie.booking.rules import cancelling
from qiaojiejie.booking.rules import days as by_days
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars.errors import SlotTaken
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.catalog.models import Service
from qiaojiejie.catalog.rules import price_lines
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.coupons import queries as coupons
from qiaojiejie.households import queries as households_queries
from qiaojiejie.households import service as households
from qiaojiejie.households.models import Address
from qiaojiejie.workers import queries as workers_queries
from qiaojiejie.workers.models import Worker


def quote(*, actor: Actor, worker_id: UUID, service_code: str, address_id: UUID, start: datetime,
          minutes: int | None = None, days: int | None = None, coupon_code: str | None = None,
          member_id: UUID | None = None) -> Quote:
    """Price a visit of ``minutes`` or an engagement of ``days``, less what a coupon takes off, and freeze its terms,
    good for 15 minutes; ``member_id``: whom of the household it is for.

    Raises WorkerNotFound, AddressNotFound, MemberNotFound, UnknownService; NotAVisit, NotByDays, ServiceNotOffered,
    OnBlockList, WorkerNotBookable, WorkerNotEligible, AddressNotServed; StartNotOnHalfHour, LengthNotPossible,
    TooLittleNotice, BeyondHorizon, OutsideHours, SlotTaken, TooFarBetween; what ``coupons.queries.line`` raises.
    """
    now = clock.now()
    household = households.open_for(account_id=actor.account_id)
    address = households_queries.address(household.id, address_id)
    if member_id is not None:
        households_queries.member(household.id, member_id)
    worker, service = workers_queries.get(worker_id), catalog.service(service_code)
    price_fen = pricing.price(worker, service, by_days=days is not None)
    if days is None:
        until, plan = _visit(worker, service, address, start, minutes or 0), None
        wage = rules.wage(price_fen=price_fen, unit=service.unit, minutes=rules.whole_minutes(until - start))
    else:
        until, plan = _engagement(worker, service, address, start, days)
        wage = by_days.wage(price_fen=price_fen, unit=service.unit, times=by_days.times(plan))
    lines = price_lines(wage_fen=wage, fees=catalog.fees(service.code, clock.today(), worker.firm_id))
    if coupon_code is not None:
        lines.append(coupons.line(code=coupon_code, household=household, firm_id=worker.firm_id, service=service,
                                  lines=lines))
    made = Quote(household_id=household.id, worker_id=worker.id, firm_id=worker.firm_id, service_code=service.code,
                 address_id=address.id, member_id=member_id, during=Range(start, until), lines=lines,
                 policy=cancelling.frozen(catalog.policy(clock.today())),
                 total_fen=sum(line["amount"] for line in lines),
                 days=days, plan=plan, created_at=now, expires_at=now + rules.QUOTE_GOOD_FOR)
    db.session.add(made)
    db.session.flush()
    return made


def quote_again(*, actor: Actor, booking_id: UUID, start: datetime) -> Quote:
    """Price what a booking of the actor's was, at another time: same worker, service, length and address, today's
    prices and terms, no coupon; for the same member while the household keeps them.

    Raises BookingNotFound; what ``quote`` raises.
    """
    booking, _ = queries.of_party(actor, booking_id)
    member = booking.member_id and households_queries.find_member(booking.household_id, booking.member_id)
    return quote(actor=actor, worker_id=booking.worker_id, service_code=booking.service_code,
                 address_id=booking.address_id, start=start, days=booking.days, member_id=member.id if member else None,
                 minutes=booking.minutes if booking.days is None else None)


def _visit(worker: Worker, service: Service, address: Address, start: datetime, minutes: int) -> datetime:
    """When a visit that may be asked for ends."""
    until = start + timedelta(minutes=minutes)
    rules.check_time(start=start, minutes=minutes, least_minutes=service.min_minutes, now=clock.now(),
                     terms=calendars.terms(worker.no))
    check_papers(worker, worker.firm_id, service, start, until)
    pricing.check_place_and_hours(worker, address.region_code, start, until)
    calendars.check_way(worker.no, start, until, address.cell)
    return until


def _engagement(worker: Worker, service: Service, address: Address, start: datetime,
                count: int) -> tuple[datetime, dict[str, Any]]:
    """When an engagement that may be asked for ends, and its plan.

    Who lives in works every day; who comes by the day works on the weekdays of her hours.
    """
    terms = calendars.terms(worker.no)
    by_days.check_start(start=start, now=clock.now(), terms=terms)
    first = clock.local(start).date()
    weekdays = set(calendars.weeks([worker.no]).get(worker.no, {})) if service.mode == "monthly" else set(range(1, 8))
    if first.isoweekday() not in weekdays:
        raise OutsideHours()
    days = by_days.worked_on(first, count, weekdays)
    until = clock.midnight(days[-1] + timedelta(days=1))
    check_papers(worker, worker.firm_id, service, start, until)
    pricing.check_place(worker, address.region_code)
    if calendars.intervals([worker.no], start - terms.before, until + terms.after):
        raise SlotTaken()
    calendars.check_way(worker.no, start, until, address.cell)
    pay = catalog.engagement_terms(service.mode, clock.today())
    return until, by_days.plan(days, catalog.holidays(days[0], days[-1]), pay)


def check_papers(worker: Worker, firm_id: UUID | None, service: Service, start: datetime, until: datetime) -> None:
    """Does she take bookings, and may she do this work on the first day and on the last?

    Raises OnBlockList, WorkerNotBookable, WorkerNotEligible.
    """
    for moment in (start, until - timedelta(microseconds=1)):
        pricing.check_bookable(worker, firm_id, service, clock.local(moment).date())
