"""Read quotes, and what a worker may be asked for: her price, her papers, her place and hours."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.booking import rules
from qiaojiejie.booking.errors import (
    AddressNotServed, NotAVisit, NotByDays, OnBlockList, OutsideHours, QuoteNotFound, ServiceNotOffered,
    WorkerNotBookable, WorkerNotEligible)
from qiaojiejie.booking.lifecycle import LIVE
from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars import rules as calendar_rules
from qiaojiejie.calendars.errors import SlotTaken
from qiaojiejie.calendars.rules import Span
from qiaojiejie.catalog.models import Service
from qiaojiejie.core import clock
from qiaojiejie.core.db import db, read
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Address
from qiaojiejie.workers import rules as workers
from qiaojiejie.workers.models import Worker, WorkerService


#: a quote with all that holding it asks about, whether it has made a booking that still stands, and how many unpaid
#: ones its household holds, beside those of its series that are paid later
_TO_HOLD = sa.select(
    Quote,
    sa.exists().where(Booking.quote_id == Quote.id, Booking.state.in_(LIVE)).label("used"),
    sa.select(sa.func.count()).where(
        Booking.household_id == Quote.household_id, Booking.state == "held", Booking.payable_from.is_(None),
    ).scalar_subquery().label("holds"),
).where(Quote.id == sa.bindparam("quote"), Quote.household_id == sa.bindparam("household")).options(
    joinedload(Quote.worker).load_only(
        Worker.called, Worker.no, Worker.account_id, Worker.firm_id, Worker.barred, Worker.listed,
        Worker.identity_verified_on, Worker.background_until, Worker.health_until, Worker.insured_until,
        Worker.insured_class, Worker.certificates),
    joinedload(Quote.firm).load_only(Firm.name, Firm.state, Firm.barred), joinedload(Quote.service),
    joinedload(Quote.address).load_only(Address.label, Address.region_code, Address.cell), joinedload(Quote.member))


#: whether her time was given to another since it was quoted to who asks, of a visit that could be booked else
_GONE = f"""
    SELECT FROM quote q JOIN household h ON h.id = q.household_id JOIN worker w ON w.id = q.worker_id
    LEFT JOIN worker_terms t ON t.worker_no = w.no
    WHERE q.id = :quote AND h.account_id = :account AND q.plan IS NULL AND q.expires_at > :now
    AND NOT EXISTS (SELECT FROM booking b WHERE b.quote_id = q.id AND b.state IN ({', '.join(map(repr, LIVE))}))
    AND EXISTS (SELECT FROM worker_interval i
                WHERE i.worker_no = w.no AND upper(i.during) > lower(q.during) - interval '{calendar_rules.WIDEST}'
                AND {calendars.TOO_NEAR.format(start="lower(q.during)", until="upper(q.during)")})
"""


def check_not_gone(quote_id: UUID, account_id: UUID) -> None:
    """Has nobody else got the time of a visit since it was quoted? Asked before anything is locked or begun: most who
    come too late are told so here, and who is not may be later. Raises SlotTaken."""
    if read(_GONE, {"quote": quote_id, "account": account_id, "now": clock.now()}, beside=True):
        raise SlotTaken()


def to_hold(quote_id: UUID, household_id: UUID) -> tuple[Quote, bool, int]:
    """A household's own quote with whom and what it is about beside it, whether a booking of it stands, and how many
    unpaid bookings the household holds. Raises QuoteNotFound, for another's quote too."""
    found = db.session.execute(_TO_HOLD, {"quote": quote_id, "household": household_id}).one_or_none()
    if found is None:
        raise QuoteNotFound()
    return found.Quote, found.used, found.holds


def price(worker: Worker, service: Service, by_days: bool = False) -> int:
    """Her wage in fen per unit of a service, booked by the visit or by days.

    Raises NotAVisit, NotByDays, ServiceNotOffered.
    """
    check_mode(service, by_days)
    found = db.session.get(WorkerService, (worker.id, service.code))
    if found is None:
        raise ServiceNotOffered(service=service.name)
    return found.price_fen


def check_mode(service: Service, by_days: bool) -> None:
    """Is a service booked by the visit, or by days? Raises NotAVisit, NotByDays."""
    if by_days == (service.unit in rules.VISIT_UNITS):
        raise (NotByDays if by_days else NotAVisit)(service=service.name)


def check_bookable(worker: Worker, firm_id: UUID | None, service: Service, on: date) -> None:
    """Does she take bookings, through this firm, and may she do this work on that day?

    Raises OnBlockList, WorkerNotBookable, WorkerNotEligible.
    """
    firm = db.session.get(Firm, worker.firm_id) if worker.firm_id else None
    if worker.barred or (firm is not None and firm.barred):
        raise OnBlockList()
    if not worker.listed or firm is None or firm.id != firm_id or firm.state != "on_platform":
        raise WorkerNotBookable()
    reasons = workers.eligible(worker, service, on)
    if reasons:
        raise WorkerNotEligible(reasons=", ".join(reasons), words="、".join(map(rules.INELIGIBLE.__getitem__, reasons)))


def check_papers(worker: Worker, firm_id: UUID | None, service: Service, start: datetime, until: datetime) -> None:
    """Does she take bookings, and may she do this work on the first day and on the last?

    Raises OnBlockList, WorkerNotBookable, WorkerNotEligible.
    """
    for moment in (start, until - timedelta(microseconds=1)):
        check_bookable(worker, firm_id, service, clock.local(moment).date())


def check_place(worker: Worker, region_code: str) -> None:
    """Does she or her firm serve this district? Raises AddressNotServed."""
    firm = db.session.get_one(Firm, worker.firm_id)
    if region_code not in (worker.district, *firm.region_codes):
        raise AddressNotServed()


def check_unengaged(worker: Worker, spans: Sequence[Span]) -> None:
    """Is she free at all these times, however far ahead? Raises SlotTaken."""
    if not calendars.unengaged(worker.no, spans):
        raise SlotTaken()


def check_place_and_hours(worker: Worker, region_code: str, start: datetime, until: datetime) -> None:
    """Does she or her firm serve this district, and is she at work and free then?

    Raises AddressNotServed, OutsideHours, SlotTaken.
    """
    check_place(worker, region_code)
    if not calendars.within_hours(worker.no, start, until):
        raise OutsideHours()
    if calendars.free(worker.no, start, until) != [(start, until)]:
        raise SlotTaken()
