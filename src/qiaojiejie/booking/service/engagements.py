"""What an engagement by days may be: its days and hours, its shift, the window of a due date."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.booking.errors import NotOfThisService, OutsideHours
from qiaojiejie.booking.queries import pricing
from qiaojiejie.booking.rules import days as by_days
from qiaojiejie.booking.rules import hours, windows
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars.rules import Hours
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.catalog.models import EngagementTerms, Service
from qiaojiejie.core import clock
from qiaojiejie.households.models import Address
from qiaojiejie.workers.models import Worker

EVERY_DAY = range(1, 8)


@dataclass(frozen=True)
class Asked:
    """What a household asks for: ``days`` from ``start``, or around ``due_on``; ``daily`` hours, a ``shift``, twins."""

    days: int
    start: datetime | None = None
    due_on: date | None = None
    daily: Hours | None = None
    shift: str | None = None
    babies: int | None = None


def planned(worker: Worker, service: Service, address: Address, asked: Asked,
            price_fen: int) -> tuple[Range[datetime], dict[str, Any]]:
    """When an engagement that may be asked for takes place, and its plan.

    Raises NotOfThisService, DaysNotOffered, ShiftNotOffered, ShiftBegins, StartNotOnHalfHour, TooLittleNotice,
    BeyondHorizon, OutsideHours, AddressNotServed, SlotTaken, TooFarBetween; what ``pricing.check_papers`` raises.
    """
    terms = catalog.engagement_terms(service.mode, clock.today())
    _check_fits(service, terms, asked)
    if asked.due_on is not None:
        during, plan = _around(worker, asked.due_on, asked.days, terms)
        plan["window"]["price_fen"] = price_fen
    else:
        assert asked.start is not None  # the schema asks for one of them
        during, plan = _from(worker, service, asked.start, asked, terms)
    if asked.babies is not None:
        plan |= {"babies": asked.babies, "wage_permille": terms.twins_permille if asked.babies > 1 else 1000}
    start, until = during.lower, during.upper
    assert start is not None and until is not None
    pricing.check_papers(worker, worker.firm_id, service, start, until)
    pricing.check_place(worker, address.region_code)
    spans = hours.spans(plan["days"], start, until)
    pricing.check_unengaged(worker, spans)
    calendars.check_ways(worker.no, spans, address.cell)
    return during, plan


def _check_fits(service: Service, terms: EngagementTerms, asked: Asked) -> None:
    """Is what is asked for something this service has? Raises NotOfThisService, DaysNotOffered."""
    fits = {"due_on": terms.window_days > 0, "babies": terms.twins_permille > 1000, "daily": service.mode == "monthly"}
    for field, possible in fits.items():
        if getattr(asked, field) is not None and not possible:
            raise NotOfThisService(service=service.name, field=field)
    by_days.check_count(asked.days, service.day_counts)


def _around(worker: Worker, due_on: date, count: int, terms: EngagementTerms) -> tuple[Range[datetime], dict[str, Any]]:
    """Held from the first day on which it may begin until the end, should it begin on the last; planned for the due
    date itself until it is said when it begins."""
    hers = calendars.terms(worker.no)
    earliest, latest = windows.window(due_on, terms.window_days, clock.now(), hers.notice)
    by_days.check_start(start=windows.comes(earliest), now=clock.now(), terms=hers)
    until = hours.at(latest + count * windows.DAY)
    days = by_days.worked_on(due_on, count, EVERY_DAY)
    plan = by_days.plan(days, catalog.holidays(days[0], days[-1]), terms)
    plan["window"] = {"due_on": due_on.isoformat(), "earliest": earliest.isoformat(), "latest": latest.isoformat(),
                      "times": by_days.times(plan)}
    return Range(windows.comes(earliest), until, bounds="[)"), plan


def _from(worker: Worker, service: Service, start: datetime, asked: Asked,
          terms: EngagementTerms) -> tuple[Range[datetime], dict[str, Any]]:
    """Who lives in works every day; who comes by the day works on the weekdays of her hours, or of those asked for
    that lie within hers; a shift is every day's."""
    by_days.check_start(start=start, now=clock.now(), terms=calendars.terms(worker.no))
    first = clock.local(start).date()
    week: hours.Week | None = None
    shift = hours.shift_of(service.shifts, asked.shift)
    if shift is not None:
        hours.check_shift(shift, start)
        week = dict.fromkeys(EVERY_DAY, [hours.shift_hours(shift)])
    elif service.mode == "monthly":
        week = hours.by_day(calendars.weeks([worker.no]).get(worker.no, {}), asked.daily)
    if week is not None and not any(hours.at(first, starts) <= start < hours.at(first, ends)
                                    for starts, ends in week.get(first.isoweekday(), ())):
        raise OutsideHours()
    days = by_days.worked_on(first, asked.days, EVERY_DAY if week is None else week)
    plan = by_days.plan(days, catalog.holidays(days[0], days[-1]), terms, week, shift["permille"] if shift else 1000)
    if shift is not None:
        plan |= {"shift": shift["shift"], "shift_name": shift["name"]}
    if asked.daily is not None:
        plan["daily"] = list(asked.daily)
    return Range(start, hours.end(plan["days"]), bounds="[)"), plan
