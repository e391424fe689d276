"""What a series would be: every visit its rule asks for, whether it can be had, and for how much."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from qiaojiejie.booking import rules as booking_rules
from qiaojiejie.booking.queries import pricing
from qiaojiejie.booking.rules import answering, cancelling
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars.rules import Terms
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.catalog.models import Service
from qiaojiejie.catalog.rules import price_lines
from qiaojiejie.core import clock
from qiaojiejie.firms import queries as firms
from qiaojiejie.households import queries as households
from qiaojiejie.households.models import Household
from qiaojiejie.series.errors import OccurrenceNotFound
from qiaojiejie.series.rules import check_start, prospects, recurrence
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers import rules as worker_rules
from qiaojiejie.workers.models import Worker


@dataclass(frozen=True)
class Prospect:
    """A series that may be asked for; ``lines``, ``total_fen`` and ``policy`` are of each visit."""

    worker: Worker
    service: Service
    rule: recurrence.Rule
    starts: datetime
    lines: list[dict[str, Any]]
    total_fen: int
    policy: dict[str, Any]
    visits: list[prospects.Candidate]

    @property
    def rrule(self) -> str:
        """The rule as it was understood."""
        return str(self.rule)

    @property
    def troubled(self) -> int:
        """How many visits are wanted and can't be had."""
        return sum(each.troubled for each in self.visits)

    @property
    def whole_fen(self) -> int:
        """What all visits that can be had come to; those asked about holidays included."""
        return self.total_fen * sum(each.plan != "skip" and each.state == "free" for each in self.visits)


def prospect(*, household: Household, worker_id: UUID, service_code: str, address_id: UUID, start: datetime,
             minutes: int, rrule: str, holidays: str, member_id: UUID | None = None,
             moved: Mapping[date, datetime] | None = None) -> Prospect:
    """What a rule comes to for a household; ``moved``: visits wanted at another time than the rule gives.

    Raises what ``booking.quote`` raises of a visit's first time but for her hours; of rules.recurrence; WorkerNotFound,
    AddressNotFound, MemberNotFound, UnknownService; OccurrenceNotFound, BeyondSeries of what is moved.
    """
    now = clock.now()
    region = households.address(household.id, address_id).region_code
    if member_id is not None:
        households.member(household.id, member_id)
    worker, service = workers.get(worker_id), catalog.service(service_code)
    price_fen, hers = pricing.price(worker, service), calendars.terms(worker.no)
    booking_rules.check_time(start=start, minutes=minutes, least_minutes=service.min_minutes, now=now,
                             terms=hers)
    if firms.answer_minutes(worker.firm_id, service.code) is not None:
        answering.check_askable(start=start, now=now, notice=hers.notice)
    rule = recurrence.parse(rrule)
    days = recurrence.days(rule, start)
    pricing.check_bookable(worker, worker.firm_id, service, days[0])
    pricing.check_place(worker, region)
    _check_moved(moved or {}, days, now, start, hers)
    named = catalog.holiday_names(days[0] - timedelta(days=7), days[-1] + timedelta(days=210))
    asked = prospects.asked_for(days=days, starts_at=start, minutes=minutes, holidays=named, rule=holidays,
                                moved=moved or {}, now=now)
    lines, total_fen = price(worker, service, price_fen, minutes)
    return Prospect(worker, service, rule, start, lines, total_fen, cancelling.frozen(catalog.policy(clock.today())),
                    prospects.judge(asked, _calendar(worker, service, asked)))


def _check_moved(moved: Mapping[date, datetime], days: list[date], now: datetime, starts: datetime,
                 terms: Terms) -> None:
    for day, start in moved.items():
        if day not in days:
            raise OccurrenceNotFound(day=day.isoformat())
        check_start(start=start, now=now, latest=recurrence.latest(starts), terms=terms)


def price(worker: Worker, service: Service, price_fen: int, minutes: int) -> tuple[list[dict[str, Any]], int]:
    """What a visit of hers costs today, in lines and in all."""
    wage = booking_rules.wage(price_fen=price_fen, unit=service.unit, minutes=minutes)
    lines = price_lines(wage_fen=wage, fees=catalog.fees(service.code, clock.today(), worker.firm_id))
    return lines, sum(line["amount"] for line in lines)


def _calendar(worker: Worker, service: Service, asked: list[prospects.Candidate]) -> prospects.Calendar:
    """Her hours and the bits of the weeks of these visits, from intervals: also beyond the days that are kept."""
    locals_ = sorted(clock.local(each.start).date() for each in asked)
    first, last = locals_[0] - timedelta(days=locals_[0].weekday()), locals_[-1] + timedelta(days=8)
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    bits = {day: kept for (_, day), kept in calendars.drawn([worker.no], days, today=last).items()}
    return prospects.Calendar(calendars.worktimes([worker.no], first, last)[worker.no], bits,
                              lambda day: not worker_rules.eligible(worker, service, day), clock.now())
