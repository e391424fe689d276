"""What a visit costs."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.booking import queries, rules
from qiaojiejie.booking.models import Quote
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.catalog.rules import price_lines
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.coupons import queries as coupons
from qiaojiejie.households import queries as households_queries
from qiaojiejie.households import service as households
from qiaojiejie.workers import queries as workers_queries


def quote(*, actor: Actor, worker_id: UUID, service_code: str, address_id: UUID, start: datetime,
          minutes: int, coupon_code: str | None = None) -> Quote:
    """Price a visit, less what a coupon takes off, and freeze its policy, good for 15 minutes.

    Raises WorkerNotFound, AddressNotFound, UnknownService; NotAVisit, ServiceNotOffered, OnBlockList,
    WorkerNotBookable, WorkerNotEligible, AddressNotServed; StartNotOnHalfHour, LengthNotPossible, TooLittleNotice,
    BeyondHorizon, OutsideHours, SlotTaken; what ``coupons.queries.line`` raises.
    """
    now, until = clock.now(), start + timedelta(minutes=minutes)
    household = households.open_for(account_id=actor.account_id)
    address = households_queries.address(household.id, address_id)
    worker, service = workers_queries.get(worker_id), catalog.service(service_code)
    price_fen = queries.price(worker, service)
    rules.check_time(start=start, minutes=minutes, least_minutes=service.min_minutes, now=now)
    queries.check_bookable(worker, worker.firm_id, service, clock.local(start).date())
    queries.check_place_and_hours(worker, address.region_code, start, until)
    wage = rules.wage(price_fen=price_fen, unit=service.unit, minutes=minutes)
    lines = price_lines(wage_fen=wage, fees=catalog.fees(service.code, clock.today(), worker.firm_id))
    if coupon_code is not None:
        lines.append(coupons.line(code=coupon_code, household=household, firm_id=worker.firm_id, service=service,
                                  lines=lines))
    made = Quote(household_id=household.id, worker_id=worker.id, firm_id=worker.firm_id, service_code=service.code,
                 address_id=address.id, during=Range(start, until), lines=lines,
                 policy=rules.frozen(catalog.policy(clock.today())), total_fen=sum(line["amount"] for line in lines),
                 created_at=now, expires_at=now + rules.QUOTE_GOOD_FOR)
    db.session.add(made)
    db.session.flush()
    return made
