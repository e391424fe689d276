"""The stations' year: rooms, the desk's numbers, activities held and to come."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.activities import facts
from qiaojiejie.activities.models import Activity, ActivityPlace
from qiaojiejie.activities.rules import KINDS
from qiaojiejie.core.db import db
from qiaojiejie.desk import facts as called
from qiaojiejie.desk.models import DeskDay, DeskTicket
from qiaojiejie.desk.rules import SUBJECTS
from qiaojiejie.identity.models import Account
from qiaojiejie.sandbox.city import load, words
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.families import Family
from qiaojiejie.sandbox.city.town import Post
from qiaojiejie.stations import facts as rooms
from qiaojiejie.stations.models import RoomReservation, StationRoom

#: a station's rooms: name, floor, seats
ROOMS = (("妇女微家活动室", 1, 30), ("二楼培训教室", 2, 40), ("见面洽谈室", 2, 6))
#: days from today the desk's numbers go back to; how many a day; how people's needs are spread
DESK_DAYS, A_DAY, NEEDS = 28, (2, 6), (30, 18, 20, 4, 8, 17, 3)
#: days from today of a station's first activity, and days from one to the next
FIRST_ACTIVITY, EVERY = -350, 29
#: of who signed up: who comes; who signs up at the desk
COMES, AT_DESK = 0.86, 0.3


class Square:
    """Writes what stations did; collects the rows until ``flush``."""

    def __init__(self, dice: Dice, diary: load.Diary, names: dict[UUID, str | None]) -> None:
        self._dice, self._diary, self._names = dice, diary, names
        self._rows: dict[type, list[load.Row]] = {table: [] for table in (
            StationRoom, RoomReservation, DeskDay, DeskTicket, Activity, ActivityPlace)}

    def rooms(self, post: Post) -> list[load.Row]:
        """The station's rooms."""
        at = self._dice.moment(post.opened_on, 660)
        made = []
        for name, floor, seats in ROOMS:
            row = {"id": self._dice.id_at(at), "no": len(self._rows[StationRoom]) + 1, "station_id": post.id,
                   "name": name, "floor": floor, "seats": seats}
            self._rows[StationRoom].append(row)
            made.append(row)
            self._note(at, rooms.ROOM_ADDED, f"station:{post.id}", post.clerk, room=str(row["id"]), seats=seats)
        return made

    def reserve(self, post: Post, room: load.Row, day: int, minutes: tuple[int, int], purpose: str, title: str,
                ref: str | None = None) -> None:
        """A room for a time of a day."""
        dice = self._dice
        at = dice.moment(min(day, 0) - dice.randint(2, 9), 700)
        row = {"id": dice.id_at(at), "room_no": room["no"], "starts": dice.sharp(day, minutes[0]),
               "ends": dice.sharp(day, minutes[1]), "purpose": purpose, "title": title, "ref": ref, "state": "reserved",
               "reserved_by": post.clerk, "reserved_at": at}
        self._rows[RoomReservation].append(row)
        self._note(at, rooms.ROOM_RESERVED, f"station:{post.id}", post.clerk, reservation=str(row["id"]),
                   room=str(room["id"]), starts=row["starts"].isoformat(), ends=row["ends"].isoformat(),
                   purpose=purpose)

    def desk(self, post: Post, day: int) -> None:
        """A day's numbers, walked in, called in order."""
        dice, subject = self._dice, f"station:{post.id}"
        on, count = dice.today + timedelta(days=day), dice.randint(*A_DAY)
        minutes = sorted(dice.randint(520, 1000) for _ in range(count))
        self._rows[DeskDay].append({"station_id": post.id, "day": on, "last": count})
        free = dice.moment(day, 515)
        for number, minute in enumerate(minutes, 1):
            drawn = dice.moment(day, minute)
            at = max(drawn + dice.minutes(0, 6), free)
            done = free = at + dice.minutes(3, 25)
            state = dice.choices(("served", "absent", "left"), (92, 3, 5))[0]
            row = {"id": dice.id_at(drawn), "station_id": post.id, "day": on, "number": number,
                   "subject": dice.choices(list(SUBJECTS), NEEDS)[0], "account_id": None,
                   "state": "served" if state == "served" else "left", "window": None if state == "left" else 1,
                   "drawn_by": post.clerk, "drawn_at": drawn, "called_at": None if state == "left" else at,
                   "ended_at": done}
            self._rows[DeskTicket].append(row)
            about: dict[str, Any] = {"ticket": str(row["id"]), "number": number, "subject": row["subject"]}
            self._note(drawn, called.DRAWN, subject, post.clerk, **about)
            if state != "left":
                self._note(at, called.CALLED, subject, post.clerk, **about, window=1)
            self._note(done, called.SERVED if state == "served" else called.LEFT, subject, post.clerk, **about)

    def activity(self, post: Post, which: int, day: int, room: load.Row, people: Sequence[Family]) -> None:
        """An activity, over or to come, and who signed up for it."""
        dice, kind = self._dice, KINDS[which % len(KINDS)]
        title, report = words.ACTIVITIES[kind][which // len(KINDS) % 2]
        at, over = dice.moment(min(day, 0) - 12, 600), day < 0
        row = {"id": dice.id_at(at), "host_id": post.id, "kind": kind, "title": title, "description": title,
               "place": room["name"], "starts": dice.sharp(day, 540), "ends": dice.sharp(day, 660),
               "seats": room["seats"], "taken": 0, "state": "held" if over else "planned", "reason": None,
               "report": report if over else None, "came": 0 if over else None, "planned_by": post.clerk,
               "planned_at": at, "closed_at": dice.sharp(day, 700) if over else None}
        subject = f"activity:{row['id']}"
        self._note(at, facts.PLANNED, subject, post.clerk, station=str(post.id), kind=kind,
                   starts=row["starts"].isoformat())
        for family in people[:room["seats"]]:
            self._sign_up(post, row, family)
        if over:
            self._note(row["closed_at"], facts.HELD, subject, post.clerk, came=row["came"])
        self._rows[Activity].append(row)
        self.reserve(post, room, day, (520, 680), "activity", title, subject)

    def _sign_up(self, post: Post, activity: load.Row, family: Family) -> None:
        dice = self._dice
        at = activity["planned_at"] + dice.minutes(60, 8 * 1440)
        by_clerk, over = dice.chance(AT_DESK), activity["state"] == "held"
        came = over and dice.chance(COMES)
        by = post.clerk if by_clerk else family.account
        row = {"id": dice.id_at(at), "activity_id": activity["id"], "account_id": family.account,
               "name": self._names[family.account], "station_id": post.id if by_clerk else None,
               "consent": "本人到站口头同意" if by_clerk else None, "asked_by": by, "asked_at": at,
               "state": "signed" if not over else "attended" if came else "absent",
               "changed_at": activity["starts"] if over else at}
        activity["taken"] += 1
        self._rows[ActivityPlace].append(row)
        about: dict[str, Any] = {"activity": str(activity["id"]), "place": str(row["id"])}
        subject = f"account:{family.account}"
        self._note(at, facts.SIGNED, subject, by, **about, state="signed", via="station" if by_clerk else "self",
                   station=str(post.id) if by_clerk else None)
        if over:
            activity["came"] += came
            self._note(activity["starts"] if came else activity["closed_at"], facts.ATTENDED if came else facts.ABSENT,
                       subject, post.clerk, **about)

    def flush(self) -> None:
        """COPY it all."""
        for model, rows in self._rows.items():
            load.put(model, rows)
        load.restart(StationRoom, "no")

    def _note(self, at: datetime, fact: str, of: str, by: UUID, /, **data: Any) -> None:
        self._diary.note(at, fact, of, f"account:{by}", data)


def live(dice: Dice, diary: load.Diary, posts: Sequence[Post], homes: Sequence[Family], share: float) -> None:
    """A year at every station; families come to those of their district."""
    near: dict[str, list[Family]] = defaultdict(list)
    for home in homes:
        near[home.district].append(home)
    names = {row.id: row.name and row.name.reveal() for row in db.session.execute(
        sa.select(Account.id, Account.name).where(Account.id.in_([home.account for home in homes])))}
    square = Square(dice, diary, names)
    for number, post in enumerate(posts):
        hall, _, small = square.rooms(post)
        for day in range(-DESK_DAYS, 0):
            if (dice.today + timedelta(days=day)).weekday() != 6:
                square.desk(post, day)
        for which, day in enumerate(range(max(FIRST_ACTIVITY, post.opened_on + 20) + number % 7, EVERY, EVERY)):
            known = [home for home in near[post.district] if home.opened_on < min(day, 0) - 13]
            wanted = max(4, round(dice.randint(16, 28) * share))
            square.activity(post, which + number, day if day else 1, hall, dice.sample(known, min(wanted, len(known))))
        square.reserve(post, small, 2 + number % 5, (600, 660), "interview", "月嫂与家庭见面")
    square.flush()
