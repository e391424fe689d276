"""What goes on at a tenant's station, a row of each kind."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session as OrmSession

from qiaojiejie.activities.models import Activity, ActivityPhoto, ActivityPlace
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.desk.models import DeskTicket
from qiaojiejie.handwork.models import HandworkOrder, HandworkTake
from qiaojiejie.identity.models import Account
from qiaojiejie.media.models import Media
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
    who = people[Role.HOUSEHOLD].id
    asked: dict[str, Any] = {"account_id": who, "name": "王秀英", "asked_by": who, "asked_at": clock.now()}
    _desk(people, ids)
    _activity(people, ids, asked)
    _handwork(people, ids, asked)


def _desk(people: dict[Role, Account], ids: dict[str, UUID]) -> None:
    """A number the family holds."""
    who = people[Role.HOUSEHOLD].id
    ids["ticket_id"] = _keep(DeskTicket(
        station_id=ids["station_id"], day=clock.today(), number=900, subject="other", account_id=who, state="waiting",
        drawn_by=who, drawn_at=clock.now()))


def _activity(people: dict[Role, Account], ids: dict[str, UUID], asked: dict[str, Any]) -> None:
    """An activity the family signed up for, and a photo."""
    clerk, now = people[Role.STATION_CLERK].id, clock.now()
    ids["activity_id"] = _keep(Activity(
        host_id=ids["station_id"], kind="ideas", title="宣讲", description="", place="站", starts=now + WEEK,
        ends=now + WEEK + timedelta(hours=1), seats=2, taken=1, state="planned", planned_by=clerk, planned_at=now))
    ids["activity_place_id"] = _keep(ActivityPlace(activity_id=ids["activity_id"], state="signed", changed_at=now,
                                                   **asked))
    photo = _keep(Media(account_id=clerk, org_id=ids["station_id"], kind="photo", content_type="image/jpeg", size=9,
                        sha256=uuid4().bytes, key=uuid4().hex, public=True, created_at=now))
    ids["activity_photo_id"] = _keep(ActivityPhoto(activity_id=ids["activity_id"], media_id=photo, consent="同意",
                                                   added_by=clerk, added_at=now))


def _handwork(people: dict[Role, Account], ids: dict[str, UUID], asked: dict[str, Any]) -> None:
    """An order on the station's board, of which the family took pieces."""
    now = clock.now()
    ids["handwork_order_id"] = _keep(HandworkOrder(
        board_id=ids["station_id"], customer="厂", title="绢花", description="", pieces=9, free=4, unit_fen=80,
        due_on=clock.today() + WEEK, state="open", posted_by=people[Role.STATION_CLERK].id, posted_at=now))
    ids["take_id"] = _keep(HandworkTake(order_id=ids["handwork_order_id"], pieces=5, state="taken", changed_at=now,
                                        **asked))


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
