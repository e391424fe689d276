"""Read interviews and lock them; free rooms and slots; who may see which, who is told."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.booking.rules import wall
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars import rules as calendar_rules
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import FIRM, Actor, Role
from qiaojiejie.core.db import db, lock_key
from qiaojiejie.households.models import Household
from qiaojiejie.identity import queries as identity
from qiaojiejie.identity.models import Account
from qiaojiejie.interviews import rules
from qiaojiejie.interviews.errors import InterviewNotFound
from qiaojiejie.interviews.models import Interview
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.stations import queries as stations
from qiaojiejie.stations.models import RoomReservation, StationRoom
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers.errors import WorkerNotFound
from qiaojiejie.workers.models import Worker

_AROUND = (joinedload(Interview.household), joinedload(Interview.worker), joinedload(Interview.firm),
           joinedload(Interview.service), joinedload(Interview.station))


class Shown:
    """An interview as one party sees it: the family's words are for the family, to the firm after a look."""

    def __init__(self, interview: Interview, party: str, room: str | None = None) -> None:
        self._interview, self._party, self.room = interview, party, room

    def __getattr__(self, name: str) -> Any:
        return getattr(self._interview, name)

    @property
    def words(self) -> str | None:
        """What the family wrote of it."""
        sealed = self._interview.words
        return sealed.reveal() if sealed is not None and self._party == "household" else None


def get(interview_id: UUID, lock: bool = False) -> Interview:
    """An interview with all it names beside it. Raises InterviewNotFound."""
    stmt = sa.select(Interview).where(Interview.id == interview_id).options(*_AROUND)
    if lock:
        stmt = stmt.with_for_update(of=Interview).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise InterviewNotFound()
    return found


def of_party(actor: Actor, interview_id: UUID, lock: bool = False) -> tuple[Interview, str]:
    """An interview and which party to it the actor is. Raises InterviewNotFound, to strangers too."""
    found = get(interview_id, lock=lock)
    if actor.role == Role.HOUSEHOLD and found.household.account_id == actor.account_id:
        return found, "household"
    if actor.role == Role.WORKER and found.worker.account_id == actor.account_id:
        return found, "worker"
    if actor.role in FIRM and found.firm_id == actor.org_id:
        return found, "firm"
    if actor.role == Role.STATION_CLERK and found.station_id == actor.org_id:
        return found, "station"
    raise InterviewNotFound()


def shown(actor: Actor, interview_id: UUID) -> Shown:
    """An interview as the actor sees it. Raises InterviewNotFound."""
    found, party = of_party(actor, interview_id)
    return Shown(found, party, _rooms([found]).get(found.ref))


def mine(actor: Actor, *, state: str | None, cursor: str | None, limit: int) -> paging.Page:
    """Interviews of the actor in her present role, newest first, one page."""
    stmt = sa.select(Interview).options(*_AROUND)
    if actor.role == Role.HOUSEHOLD:
        party, stmt = "household", stmt.where(Interview.household_id == sa.select(Household.id).where(
            Household.account_id == actor.account_id).scalar_subquery())
    elif actor.role == Role.WORKER:
        party, stmt = "worker", stmt.where(Interview.worker_id == sa.select(Worker.id).where(
            Worker.account_id == actor.account_id).scalar_subquery())
    else:
        party, stmt = "firm", stmt.where(Interview.firm_id == actor.org_id)
    if state:
        stmt = stmt.where(Interview.state == state)
    scope = paging.scope_of("interviews", [actor.account_id, party, actor.org_id, state])
    return _shown(paging.keyset(stmt, [Interview.id], scope=scope, cursor=cursor, limit=limit), party)


def at_station(actor: Actor, station_id: UUID, day: date, *, cursor: str | None = None, limit: int) -> paging.Page:
    """A day's interviews at a station, in their order, for its clerk and the federation. Raises StationNotFound."""
    stations.own(actor, station_id)
    opens, closes = rules.day_of(day)
    stmt = sa.select(Interview).options(*_AROUND).where(
        Interview.station_id == station_id, Interview.starts >= opens, Interview.starts < closes)
    page = paging.keyset(stmt, [Interview.starts, Interview.id], cursor=cursor, limit=limit, descending=False,
                         scope=paging.scope_of("station-interviews", [station_id, day]))
    return _shown(page, "station")


def _shown(page: paging.Page, party: str) -> paging.Page:
    rooms = _rooms(page.items)
    return paging.Page([Shown(each, party, rooms.get(each.ref)) for each in page.items], page.next_cursor)


def _rooms(interviews: Sequence[Interview]) -> dict[str, str]:
    """The names of the rooms interviews have, by their refs."""
    stmt = sa.select(RoomReservation.ref, StationRoom.name).join(
        StationRoom, StationRoom.no == RoomReservation.room_no).where(
        RoomReservation.ref.in_([each.ref for each in interviews]), RoomReservation.state == "reserved")
    return {ref: name for ref, name in db.session.execute(stmt) if ref}


def ahead_with(household_id: UUID) -> Sequence[UUID]:
    """The workers with whom a household has an interview ahead of it."""
    return db.session.scalars(sa.select(Interview.worker_id).where(
        Interview.household_id == household_id, Interview.state == "booked")).all()


def free_room(station_id: UUID, starts: datetime) -> UUID | None:
    """A station's smallest room that is free for an interview; until this transaction ends nobody else asks."""
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(lock_key(f"interviews:{station_id}"))))
    taken = sa.exists().where(
        RoomReservation.room_no == StationRoom.no, RoomReservation.state == "reserved",
        RoomReservation.starts < starts + rules.LENGTH, RoomReservation.ends > starts)
    return db.session.scalar(sa.select(StationRoom.id).where(StationRoom.station_id == station_id, ~taken).order_by(
        StationRoom.seats, StationRoom.no).limit(1))


def slots(station_id: UUID, worker_id: UUID, day: date) -> list[datetime]:
    """When on a day both a listed worker and a room of a station are free. Raises StationNotFound, WorkerNotFound."""
    stations.get(station_id)
    worker = workers.get(worker_id)
    if not worker.listed:
        raise WorkerNotFound()
    opens, closes = rules.day_of(day)
    rooms = db.session.scalars(sa.select(StationRoom.no).where(StationRoom.station_id == station_id)).all()
    taken = db.session.execute(sa.select(RoomReservation.room_no, RoomReservation.starts, RoomReservation.ends).where(
        RoomReservation.room_no.in_(rooms), RoomReservation.state == "reserved", RoomReservation.starts < closes,
        RoomReservation.ends > opens)).all()
    free = calendar_rules.starts(calendars.free(worker.no, opens, closes), rules.MINUTES)
    return rules.slots(free, len(rooms), [(row[0], row[1], row[2]) for row in taken], clock.now())


def forgotten(now: datetime, limit: int) -> Sequence[Interview]:
    """Interviews of days before today of which nobody said anything, locked; others' are left."""
    today = clock.midnight(clock.local(now).date())
    return db.session.scalars(sa.select(Interview).where(
        Interview.state == "booked", Interview.starts < today).order_by(Interview.starts).limit(limit).with_for_update(
            skip_locked=True)).all()


def contact(found: Interview, party: str) -> dict[str, str | None]:
    """How to reach both while it is ahead, and to the firm what the family wrote: only after the look was recorded."""
    ahead = found.state == "booked"
    phone = db.session.get_one(Account, found.household.account_id).phone
    words = found.words if party == "firm" else None
    return {"household_phone": phone.reveal() if ahead else None,
            "worker_phone": found.worker.phone.reveal() if ahead else None, "words": words.reveal() if words else None}


def news(entry_id: int) -> list[dict[str, Any]]:
    """Whom to tell a fact about an interview, and in what words."""
    entry = ledger.get(entry_id)
    found = get(UUID(entry.subject.partition(":")[2]))
    outcome = entry.data.get("outcome")
    data = {"interview": str(found.id), "service_name": found.service.name, "worker_called": found.worker.called,
            "start": wall(clock.local(found.starts)), "station": found.station.name,
            "outcome_zh": rules.OUTCOMES.get(outcome or ""), "outcome_en": outcome,
            "reason_zh": rules.REASONS.get(entry.data.get("reason", "")), "reason_en": entry.data.get("reason")}
    worker = found.worker.account_id
    accounts = {"household": [found.household.account_id], "worker": [worker] if worker else [],
                "firm": identity.accounts_in(found.firm_id, *FIRM),
                "station": identity.accounts_in(found.station_id, Role.STATION_CLERK)}
    return [{"account_id": each, "kind": entry.fact.replace(".", "_"), "key": f"ledger:{entry_id}",
             "data": {name: value for name, value in data.items() if value is not None}}
            for party in rules.NEWS[entry.fact] for each in accounts[party]]
