"""Ask for an interview, call it off, say what came of it or who did not come."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.booking import rules as booking_rules
from qiaojiejie.booking.errors import OutsideHours
from qiaojiejie.booking.queries import pricing
from qiaojiejie.calendars import queries as calendars_queries
from qiaojiejie.calendars import service as calendars
from qiaojiejie.catalog.rules import cell
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.catalog.models import Service
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.lifecycle import Step
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.households import queries as households_queries
from qiaojiejie.households import service as households
from qiaojiejie.identity import service as identity
from qiaojiejie.interviews import queries, rules
from qiaojiejie.interviews.errors import InterviewsFull, InterviewStands, NoRoomFree, NotInterviewed
from qiaojiejie.interviews.facts import BOOKED, LAPSED
from qiaojiejie.interviews.lifecycle import INTERVIEW
from qiaojiejie.interviews.models import Interview
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages
from qiaojiejie.stations import queries as stations_queries
from qiaojiejie.stations import service as stations
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers.models import Worker

BATCH = 200


def book(*, actor: Actor, worker_id: UUID, service_code: str, station_id: UUID, starts: datetime) -> queries.Shown:
    """The actor's household meets a worker at a station for half an hour; her time and a room are taken for it.

    Raises WorkerNotFound, UnknownService, StationNotFound; NotInterviewed, ServiceNotOffered, OnBlockList,
    WorkerNotBookable, WorkerNotEligible; StartNotOnHalfHour, TooLittleNotice, BeyondHorizon, NotAtStationHours,
    OutsideHours; InterviewStands, InterviewsFull; SlotTaken, NoRoomFree, RoomTaken.
    """
    worker, service = workers.get(worker_id), catalog.service(service_code)
    station = stations_queries.get(station_id)
    _check_asked(worker, service, starts)
    households.open_for(account_id=actor.account_id)
    household = households_queries.of_account(actor.account_id, lock=True)  # it counts what it has ahead, one at a time
    _check_number(household.id, worker.id)
    assert worker.firm_id is not None  # who takes bookings has a firm
    made = Interview(id=ids.new(), household_id=household.id, worker_id=worker.id, firm_id=worker.firm_id,
                     service_code=service.code, station_id=station.id, starts=starts, state=INTERVIEW.initial,
                     booked_at=clock.now())
    db.session.add(made)
    db.session.flush()
    calendars.engage(worker_no=worker.no, during=Range(made.starts, made.ends), ref=made.ref,
                     cell=cell(station.lng, station.lat))
    room_id = queries.free_room(station.id, starts)
    if room_id is None:
        raise NoRoomFree()
    stations.reserve(actor=actor, room_id=room_id, starts=starts, ends=made.ends, purpose="interview", title="面谈",
                     ref=made.ref)
    _record(BOOKED, made, actor.ref)
    return queries.shown(actor, made.id)


def _check_asked(worker: Worker, service: Service, starts: datetime) -> None:
    """May this worker be met for this service, and may it be then?"""
    if service.unit in booking_rules.VISIT_UNITS:
        raise NotInterviewed(service=service.name)
    booking_rules.check_time(start=starts, minutes=rules.MINUTES, least_minutes=rules.MINUTES, now=clock.now(),
                             terms=calendars_queries.terms(worker.no))
    rules.check_hours(starts)
    pricing.price(worker, service, by_days=True)
    pricing.check_bookable(worker, worker.firm_id, service, clock.local(starts).date())
    if not calendars_queries.within_hours(worker.no, starts, starts + rules.LENGTH):
        raise OutsideHours()


def _check_number(household_id: UUID, worker_id: UUID) -> None:
    ahead = queries.ahead_with(household_id)
    if worker_id in ahead:
        raise InterviewStands()
    if len(ahead) >= rules.MOST:
        raise InterviewsFull(most=rules.MOST)


def cancel(*, actor: Actor, interview_id: UUID, reason: str) -> queries.Shown:
    """Call it off before it begins; her time and the room are free again.

    Raises InterviewNotFound, NotYourStep, StepNotPossible, InterviewBegun.
    """
    found, party = queries.of_party(actor, interview_id, lock=True)
    row = INTERVIEW.find("cancel", state=found.state, party=party)
    rules.check_ahead(found.starts, clock.now())
    _close(found, row, party, actor.ref, frees_room=True, reason=reason)
    return queries.shown(actor, found.id)


def conclude(*, actor: Actor, interview_id: UUID, outcome: str, words: str | None = None) -> queries.Shown:
    """It took place, says the family with what it made of it, or the station's clerk (who leaves that open); the family
    may say it, or say it anew, for a week.

    Raises InterviewNotFound, NotYourStep, StepNotPossible, InterviewNotYet, InterviewTooLate.
    """
    found, party = queries.of_party(actor, interview_id, lock=True)
    outcome = outcome if party == "household" else "undecided"
    row = INTERVIEW.find("judge" if found.state == "held" and party == "household" else "hold", state=found.state,
                         party=party)
    rules.check_begun(found.starts, clock.now())
    rules.check_fresh(found.starts, clock.now())
    if party == "household":
        found.words = Sealed("text", words) if words else None
    if row.name == "judge":
        found.outcome = outcome
        db.session.flush()
        _record(row.fact, found, actor.ref, outcome=outcome)
    else:
        _close(found, row, party, actor.ref, outcome=outcome)
    return queries.shown(actor, found.id)


def miss(*, actor: Actor, interview_id: UUID, missing: str) -> queries.Shown:
    """Who did not come, ``family`` or ``worker``: by the other side or the station's clerk, from 15 minutes after the
    start. Raises InterviewNotFound, NotYourStep, StepNotPossible, InterviewNotYet."""
    found, party = queries.of_party(actor, interview_id, lock=True)
    row = INTERVIEW.find(rules.MISSED[missing], state=found.state, party=party)
    rules.check_begun(found.starts, clock.now(), rules.MISSED_AFTER)
    _close(found, row, party, actor.ref, frees_room=True)
    return queries.shown(actor, found.id)


def look(*, actor: Actor, interview_id: UUID) -> dict[str, str | None]:
    """How to reach both sides while it is ahead, and to the firm what the family wrote; the look is recorded.

    Raises InterviewNotFound.
    """
    found, party = queries.of_party(actor, interview_id)
    identity.look_at_all(actor=actor, subjects=[f"account:{found.household.account_id}", f"worker:{found.worker_id}"],
                         field="interview", reason=found.ref)
    return queries.contact(found, party)


def lapse_due() -> None:
    """Interviews of days gone by of which nobody said anything, a batch of them."""
    now = clock.now()
    over = queries.forgotten(now, BATCH)
    for found in over:
        INTERVIEW.move(found, "lapse", party="system")
        found.closed_at, found.closed_by = now, "system"
    db.session.flush()
    calendars.release_all(refs=[each.ref for each in over])
    ledger.append_many(LAPSED, actor=ledger.SYSTEM, about=[(each.ref, _said(each)) for each in over])


def _close(found: Interview, row: Step, party: str, by_whom: str, /, *, frees_room: bool = False,
           outcome: str | None = None, reason: str | None = None) -> None:
    """Her time is free again, and the room unless they sit in it."""
    INTERVIEW.move(found, row.name, party=party)
    found.outcome, found.reason = outcome, reason
    found.closed_at, found.closed_by = clock.now(), party
    db.session.flush()
    calendars.release(ref=found.ref)
    if frees_room:
        stations.release_for(ref=found.ref, by=by_whom)
    more = {"outcome": outcome, "reason": reason}
    _record(row.fact, found, by_whom, by=party, **{name: value for name, value in more.items() if value})


def _record(fact: str, found: Interview, by_whom: str, /, **more: Any) -> None:
    ledger.append(fact, subject=found.ref, actor=by_whom, data={**_said(found), **more})


def _said(found: Interview) -> dict[str, Any]:
    return {"household": str(found.household_id), "worker": str(found.worker_id), "firm": str(found.firm_id),
            "station": str(found.station_id), "service": found.service_code, "starts": found.starts.isoformat()}


def tell(*, entry_id: int) -> None:
    """Everybody it concerns finds it in the inbox."""
    for news in queries.news(entry_id):
        messages.notify(**news)
