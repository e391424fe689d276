"""A series is asked for and made: every visit held, or none."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking import rules as booking_rules
from qiaojiejie.booking import service as booking_service
from qiaojiejie.booking.errors import TooManyHolds
from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.money import display
from qiaojiejie.households import queries as households_queries
from qiaojiejie.households import service as households
from qiaojiejie.households.models import Household
from qiaojiejie.series import facts, rules
from qiaojiejie.series.errors import NothingToBook, OccurrencesTaken, SeriesPriceChanged
from qiaojiejie.series.lifecycle import OCCURRENCE, SERIES
from qiaojiejie.series.models import Occurrence, Series
from qiaojiejie.series.queries import prospects as queries
from qiaojiejie.series.rules.prospects import Candidate
from qiaojiejie.series.service.records import record, terms, time


def preview(*, actor: Actor, moved: Sequence[dict[str, Any]] = (), **asked: Any) -> queries.Prospect:
    """What a series would be: every visit, whether it can be had, and the price. Nothing is held.

    Raises what ``queries.prospects.prospect`` raises.
    """
    household = households.open_for(account_id=actor.account_id)
    return queries.prospect(household=household, moved=_by_day(moved), **asked)


def _by_day(moved: Sequence[dict[str, Any]]) -> dict[date, datetime]:
    return {each["day"]: each["start"] for each in moved}


def make(*, actor: Actor, expected_price: int, if_taken: str = "refuse", moved: Sequence[dict[str, Any]] = (),
         note: str | None = None, **asked: Any) -> Series:
    """Hold every visit a rule asks for, all of them or none; the first is to be paid within ten minutes.

    ``expected_price``: fen of a visit. ``if_taken``: what can't be had refuses all, or is left out. Raises
    TooManyHolds, SeriesPriceChanged, OccurrencesTaken, NothingToBook, SlotsTaken, and what ``preview`` raises.
    """
    households.open_for(account_id=actor.account_id)
    household = households_queries.of_account(actor.account_id, lock=True)  # its holds are counted: one at a time
    if bookings.holds(household.id) >= booking_rules.MOST_HOLDS:
        raise TooManyHolds(most=booking_rules.MOST_HOLDS)
    found = queries.prospect(household=household, moved=_by_day(moved), **asked)
    if found.total_fen != expected_price:
        raise SeriesPriceChanged(price=found.total_fen, price_display=display(found.total_fen))
    if found.troubled and if_taken == "refuse":
        raise _taken(found.visits)
    wanted = sorted((each for each in found.visits if each.plan != "skip" and each.state == "free"),
                    key=lambda each: each.start)
    first = next((each for each in wanted if each.plan == "book"), None)
    if first is None:
        raise NothingToBook()
    return _hold(actor, household, found, wanted, first, note, asked)


def _taken(visits: Sequence[Candidate]) -> OccurrencesTaken:
    """Which visits can't be had, why, and when else she is free."""
    troubled = [each for each in visits if each.troubled]
    return OccurrencesTaken(
        count=len(troubled), days=rules.in_words([each.day for each in troubled]),
        errors=[{"in": "body", "pointer": "/rrule", "day": each.day.isoformat(), "state": each.state,
                 "message": f"{each.day.isoformat()} {each.state_name} · {each.state}",
                 "others": [clock.local(start).isoformat(timespec="minutes") for start in each.others]}
                for each in troubled])


def _hold(actor: Actor, household: Household, found: queries.Prospect, wanted: Sequence[Candidate], first: Candidate,
          note: str | None, asked: dict[str, Any]) -> Series:
    series = Series(
        id=ids.new(), household_id=household.id, worker_id=found.worker.id, firm_id=found.worker.firm_id,
        service_code=found.service.code, address_id=asked["address_id"], member_id=asked.get("member_id"),
        state=SERIES.initial, rrule=str(found.rule), starts=found.starts, minutes=asked["minutes"],
        holidays=asked["holidays"], lines=found.lines, policy=found.policy, total_fen=found.total_fen,
        created_at=clock.now())
    times = [_first(each) if each is first else time(series, each.start, each.plan == "ask") for each in wanted]
    held = booking_service.hold_all(terms=terms(series, found.worker, found.service, note), times=times, by=actor.ref,
                                    series=series.id)
    by_day = {each.day: booking for each, booking in zip(wanted, held, strict=True)}
    series.first_id = by_day[first.day].id
    db.session.add(series)
    db.session.flush()
    made = [_occurrence(series, each, by_day.get(each.day)) for each in found.visits]
    db.session.add_all(made)
    db.session.flush()
    standing = [each for each in made if each.state != "skipped"]
    record(facts.OPENED, series, actor.ref, standing, first.start, total=series.total_fen,
           skipped=len(made) - len(standing))
    return series


def _first(each: Candidate) -> booking_service.Time:
    return booking_service.Time(each.start, each.until, clock.now() + booking_rules.HELD_FOR, None)


def _occurrence(series: Series, each: Candidate, booking: Booking | None) -> Occurrence:
    made = Occurrence(id=ids.new(), series_id=series.id, day=each.day, starts=each.start, state=OCCURRENCE.initial,
                      holiday=each.holiday, booking_id=booking.id if booking else None, moved=each.moved,
                      reseated=False)
    if booking is None:
        OCCURRENCE.move(made, "omit", party="system")
        made.because = "holiday" if each.plan == "skip" else each.state
    elif each.plan == "ask":
        OCCURRENCE.move(made, "ask", party="system")
    if booking is not None and booking.payable_from is not None and made.state == "booked":
        made.remind_at = rules.reminder(each.start, clock.now()) or None
    return made
