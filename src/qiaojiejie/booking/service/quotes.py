"""What a visit, or an engagement by days, costs."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.booking import queries, rules
from qiaojiejie.booking.models import Quote
from qiaojiejie.booking.queries import pricing
from qiaojiejie.booking.rules import answering, cancelling
from qiaojiejie.booking.rules import days as by_days
from qiaojiejie.booking.service.engagements import Asked, planned
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.catalog.models import Service
from qiaojiejie.catalog.rules import price_lines
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.coupons import queries as coupons
from qiaojiejie.firms import queries as firms
from qiaojiejie.households import queries as households_queries
from qiaojiejie.households import service as households
from qiaojiejie.households.models import Address
from qiaojiejie.workers import queries as workers_queries
from qiaojiejie.workers.models import Worker


def quote(*, actor: Actor, worker_id: UUID, service_code: str, address_id: UUID, start: datetime | None = None,
          minutes: int | None = None, days: int | None = None, coupon_code: str | None = None,
          member_id: UUID | None = None, **more: Any) -> Quote:
    """Price a visit of ``minutes`` or an engagement of ``days``, less what a coupon takes off, and freeze its terms,
    good for 15 minutes; ``member_id``: whom of the household it is for; ``more``: of ``engagements.Asked``.

    Raises WorkerNotFound, AddressNotFound, MemberNotFound, UnknownService; NotAVisit, NotByDays, ServiceNotOffered,
    OnBlockList, WorkerNotBookable, WorkerNotEligible, AddressNotServed; StartNotOnHalfHour, LengthNotPossible,
    TooLittleNotice, BeyondHorizon, OutsideHours, SlotTaken, TooFarBetween; what ``engagements.planned`` and
    ``coupons.queries.line`` raise.
    """
    now = clock.now()
    household = households.open_for(account_id=actor.account_id)
    address = households_queries.address(household.id, address_id)
    if member_id is not None:
        households_queries.member(household.id, member_id)
    worker, service = workers_queries.get(worker_id), catalog.service(service_code)
    price_fen = pricing.price(worker, service, by_days=days is not None)
    asked = None if days is None else Asked(days=days, start=start, **more)
    answer = firms.answer_minutes(worker.firm_id, service.code)
    if answer is not None:
        answering.check_askable(start=start, now=now, notice=calendars.terms(worker.no).notice)
    terms = priced(worker=worker, service=service, address=address, start=start, minutes=minutes, asked=asked,
                   price_fen=price_fen)
    if coupon_code is not None:
        terms["lines"].append(coupons.line(code=coupon_code, household=household, firm_id=worker.firm_id,
                                           service=service, lines=terms["lines"]))
    return freeze(household_id=household.id, worker_id=worker.id, firm_id=worker.firm_id, service_code=service.code,
                  address_id=address.id, member_id=member_id, answer_minutes=answer,
                  expires_at=now + rules.QUOTE_GOOD_FOR, **terms)


def priced(*, worker: Worker, service: Service, address: Address, start: datetime | None, minutes: int | None,
           asked: Asked | None, price_fen: int) -> dict[str, Any]:
    """What work of ``minutes``, or by days as ``asked``, costs at ``price_fen`` a unit, by today's fees and policy, of
    a worker who may do it and is free then: {during, lines, policy, days, plan}.

    Raises OnBlockList, WorkerNotBookable, WorkerNotEligible, AddressNotServed; StartNotOnHalfHour, LengthNotPossible,
    TooLittleNotice, BeyondHorizon, OutsideHours, SlotTaken, TooFarBetween; what ``engagements.planned`` raises.
    """
    plan = None
    if asked is not None:
        during, plan = planned(worker, service, address, asked, price_fen)
        wage = by_days.wage(price_fen=price_fen, unit=service.unit, times=by_days.times(plan),
                            permille=plan["wage_permille"])
    else:
        assert start is not None  # the schema asks for it
        during = Range(start, _visit(worker, service, address, start, minutes or 0))
        wage = rules.wage(price_fen=price_fen, unit=service.unit, minutes=minutes or 0)
    lines = price_lines(wage_fen=wage, fees=catalog.fees(service.code, clock.today(), worker.firm_id))
    return {"during": during, "lines": lines, "policy": cancelling.frozen(catalog.policy(clock.today())),
            "days": None if asked is None else asked.days, "plan": plan}


def freeze(*, lines: list[dict[str, Any]], **terms: Any) -> Quote:
    """Keep a quote of what was ``priced``, with whom and what it is for and until when it is good (fields of Quote)."""
    made = Quote(lines=lines, total_fen=sum(line["amount"] for line in lines), created_at=clock.now(), **terms)
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
    same = {} if booking.plan is None else {name: booking.plan.get(name) for name in ("daily", "shift", "babies")}
    return quote(actor=actor, worker_id=booking.worker_id, service_code=booking.service_code,
                 address_id=booking.address_id, start=start, days=booking.days, member_id=member.id if member else None,
                 minutes=booking.minutes if booking.days is None else None, **same)


def _visit(worker: Worker, service: Service, address: Address, start: datetime, minutes: int) -> datetime:
    """When a visit that may be asked for ends."""
    until = start + timedelta(minutes=minutes)
    rules.check_time(start=start, minutes=minutes, least_minutes=service.min_minutes, now=clock.now(),
                     terms=calendars.terms(worker.no))
    pricing.check_papers(worker, worker.firm_id, service, start, until)
    pricing.check_place_and_hours(worker, address.region_code, start, until)
    calendars.check_ways(worker.no, [(start, until)], address.cell)
    return until
