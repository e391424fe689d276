"""The demo's family met each of its maternity nurses at a station before it engaged her."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core.db import db
from qiaojiejie.interviews import facts
from qiaojiejie.interviews.models import Interview
from qiaojiejie.interviews.rules import LENGTH
from qiaojiejie.sandbox.city import load
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.engagements import ASKED_BEFORE, BEGAN, SERVICE
from qiaojiejie.sandbox.city.families import Family
from qiaojiejie.sandbox.city.staff import Hand
from qiaojiejie.sandbox.city.town import Post
from qiaojiejie.stations import facts as rooms
from qiaojiejie.stations.models import RoomReservation, StationRoom

#: so many days before the family asked for her days they met, at this minute; so many days before that it was agreed
MET_BEFORE, AT, AGREED_BEFORE = 4, 14 * 60 + 30, 3
WORDS = "说话温和，问得很细，产后护理讲得清楚。"


def hold(dice: Dice, diary: load.Diary, post: Post, home: Family, hands: Sequence[Hand]) -> None:
    """Interviews that took place, each in the station's smallest room."""
    room = db.session.execute(sa.select(StationRoom.id, StationRoom.no).where(
        StationRoom.station_id == post.id).order_by(StationRoom.seats, StationRoom.no).limit(1)).one()
    met: list[load.Row] = []
    for hand in hands:
        if hand.no in BEGAN and BEGAN[hand.no] - ASKED_BEFORE - MET_BEFORE - AGREED_BEFORE > post.opened_on:
            met.append(_meet(dice, diary, post, home, hand))
    load.put(Interview, met)
    load.put(RoomReservation, [_reserve(dice, diary, post, home, room, row) for row in met])


def _meet(dice: Dice, diary: load.Diary, post: Post, home: Family, hand: Hand) -> load.Row:
    day = BEGAN[hand.no] - ASKED_BEFORE - MET_BEFORE
    at, starts = dice.moment(day - AGREED_BEFORE, 20 * 60), dice.sharp(day, AT)
    told = starts + timedelta(hours=3)
    row: load.Row = {
        "id": dice.id_at(at), "household_id": home.id, "worker_id": hand.id, "firm_id": hand.firm.id,
        "service_code": SERVICE, "station_id": post.id, "starts": starts, "state": "held", "booked_at": at,
        "outcome": "suitable", "words": WORDS, "reason": None, "closed_at": told, "closed_by": "household"}
    about = {"household": str(home.id), "worker": str(hand.id), "firm": str(hand.firm.id), "station": str(post.id),
             "service": SERVICE, "starts": starts.isoformat()}
    subject, by = f"interview:{row['id']}", f"account:{home.account}"
    diary.note(at, facts.BOOKED, subject, by, about)
    diary.note(told, facts.HELD, subject, by, {**about, "by": "household", "outcome": "suitable"})
    return row


def _reserve(dice: Dice, diary: load.Diary, post: Post, home: Family, room: sa.Row[UUID, int],
             met: load.Row) -> load.Row:
    row: load.Row = {
        "id": dice.id_at(met["booked_at"]), "room_no": room.no, "starts": met["starts"],
        "ends": met["starts"] + LENGTH, "purpose": "interview", "title": "面谈", "ref": f"interview:{met['id']}",
        "state": "reserved", "reserved_by": home.account, "reserved_at": met["booked_at"]}
    diary.note(met["booked_at"], rooms.ROOM_RESERVED, f"station:{post.id}", f"account:{home.account}", {
        "reservation": str(row["id"]), "room": str(room.id), "starts": row["starts"].isoformat(),
        "ends": row["ends"].isoformat(), "purpose": "interview"})
    return row
