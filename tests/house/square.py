"""What goes on at a tenant's station: openings and who applied."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session as OrmSession

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.openings.models import JobApplication, JobOpening
from qiaojiejie.stations.models import RoomReservation, StationRoom

WEEK = timedelta(days=7)


def _keep(row: Any) -> UUID:
    session: OrmSession = db.session()
    session.add(row)
    session.flush()
    found: UUID = row.id
    return found


def fill(people: dict[Role, Account], ids: dict[str, UUID]) -> None:
    """One row of everything the tenant's station keeps."""
    _room(people, ids)
    _jobs(people, ids)


def _room(people: dict[Role, Account], ids: dict[str, UUID]) -> None:
    """A room of the station that its clerk has for an hour."""
    now = clock.now()
    room = StationRoom(station_id=ids["station_id"], name="教室", floor=2, seats=40)
    ids["room_id"] = _keep(room)
    ids["reservation_id"] = _keep(RoomReservation(
        room_no=room.no, starts=now + WEEK, ends=now + WEEK + timedelta(hours=1), purpose="class", title="课",
        state="reserved", reserved_by=people[Role.STATION_CLERK].id, reserved_at=now))


def _jobs(people: dict[Role, Account], ids: dict[str, UUID]) -> None:
    """An opening of the firm for which the worker asked."""
    now = clock.now()
    ids["opening_id"] = _keep(JobOpening(
        firm_id=ids["firm_id"], employer="安心家政", title="保洁员", description="", region_code="321302", places=1, filled=0,
        wage_low_fen=1, wage_high_fen=2, wage_unit="hour", until=clock.today() + WEEK, state="open",
        posted_by=people[Role.FIRM_MANAGER].id, posted_at=now))
    who = people[Role.WORKER].id
    ids["application_id"] = _keep(JobApplication(
        opening_id=ids["opening_id"], account_id=who, name="王秀英", words="", state="applied", asked_by=who,
        asked_at=now))
