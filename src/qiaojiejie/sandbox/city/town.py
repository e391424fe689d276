"""What stands before the first worker comes: the federation's people, the stations, the firms."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from qiaojiejie.core.access import Role
from qiaojiejie.firms import facts
from qiaojiejie.firms.models import Firm, FirmDecision
from qiaojiejie.sandbox.city import load, names, papers, places, words
from qiaojiejie.sandbox.city.accounts import Accounts
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.stations.models import Station

#: The platform opened this many days before the city's day.
FIRST_DAY = -400


@dataclass(frozen=True, slots=True)
class Officials:
    """The accounts that check papers, decide on firms and hear complaints."""

    auditor: UUID
    admin: UUID
    mediator: UUID
    trainer: UUID


@dataclass(frozen=True, slots=True)
class FirmSeat:
    """A firm on the platform as the rest of the city needs it: ``care`` is its latent quality, about −2 to 2."""

    id: UUID
    manager: UUID
    district: places.District
    care: float
    opened_on: int
    weight: float


def found_officials(dice: Dice, accounts: Accounts) -> Officials:
    """The federation's people, with the demo's phones."""
    at = dice.moment(FIRST_DAY, 9 * 60)

    def open_for(role: Role, phone: str) -> UUID:
        return accounts.open(at, names.person(dice, True), role, phone=phone)[0]

    officials = Officials(auditor=open_for(Role.FEDERATION_AUDITOR, "13800000004"),
                          mediator=open_for(Role.MEDIATOR, "13800000007"),
                          admin=open_for(Role.FEDERATION_ADMIN, "13800000008"),
                          trainer=open_for(Role.TRAINER, "13800000006"))
    return officials


@dataclass(frozen=True, slots=True)
class Post:
    """A station as the rest of the city needs it: ``opened_on`` counts days from the city's day."""

    id: UUID
    clerk: UUID
    name: str
    district: str
    opened_on: int


def found_stations(dice: Dice, accounts: Accounts, count: int) -> list[Post]:
    """Community stations round the town centres; the first has the demo's clerk."""
    rows: list[load.Row] = []
    posts: list[Post] = []
    for number in range(count):
        district = places.DISTRICTS[number % len(places.DISTRICTS)]
        community = words.COMMUNITIES[number % len(words.COMMUNITIES)]
        day = FIRST_DAY + 2 * number
        at = dice.moment(day, 10 * 60)
        lng, lat, _ = places.spot(dice, district)
        station_id = dice.id_at(at)
        rows.append({
            "id": station_id, "name": f"{district.name}{community}“巧姐姐”巾帼家政社区示范工作站", "community": community,
            "region_code": district.code, "address": f"{dice.choice(words.STREETS)} {dice.randint(1, 300)} 号",
            "lng": lng, "lat": lat, "hours": "周一至周六 08:30–17:30", "floors": list(words.STATION_FLOORS),
            "staff": [{"called": f"{words.SURNAMES_CALLED[number % 12]}老师", "duty": duty}
                      for number, duty in enumerate(words.STATION_DUTIES, number * 3)],
            "association": f"{district.name}家庭服务业协会", "opened_on": dice.today + timedelta(days=day)})
        clerk, _ = accounts.open(at, names.person(dice, True), Role.STATION_CLERK, station_id,
                                 phone="13800000005" if number == 0 else None)
        posts.append(Post(station_id, clerk, rows[-1]["name"], district.code, day))
    load.put(Station, rows)
    return posts


class Firms:
    """Registers firms and decides on them; collects their rows until ``flush``."""

    def __init__(self, dice: Dice, accounts: Accounts, diary: load.Diary, officials: Officials) -> None:
        self._dice, self._accounts, self._diary, self._officials = dice, accounts, diary, officials
        self._names = names.FirmNames(dice)
        self._firms: list[load.Row] = []
        self._decisions: list[load.Row] = []

    def admit(self, number: int) -> FirmSeat:
        """A firm on the platform. The first is the demo's: a good one in 宿城区 whose manager is 13800000002."""
        dice = self._dice
        day = FIRST_DAY + 3 if number == 0 else FIRST_DAY + 2 + int(dice.betavariate(0.7, 6) * 330)
        district = places.spread(number)
        row, manager = self._apply(number, day, district, "13800000002" if number == 0 else None)
        self._decide(row, "start_review", day + 1, "under_review", facts.REVIEW_STARTED)
        self._decide(row, "accept", day + 3, "on_platform", facts.ACCEPTED)
        care = 0.9 if number == 0 else dice.gauss(0, 0.55)
        return FirmSeat(row["id"], manager, district, care, day + 3, dice.lognormvariate(0, 0.9))

    def suspend(self, seat: FirmSeat) -> None:
        """The federation suspends a firm that is on the platform, three weeks ago."""
        row = next(row for row in self._firms if row["id"] == seat.id)
        self._decide(row, "suspend", -21, "suspended", facts.SUSPENDED,
                     [{"code": "complaints_unanswered", "field": None, "note": "投诉集中，限期整改"}])

    def leave_waiting(self, number: int, state: str) -> None:
        """A firm that has not come through: applied, under_review or returned, in the last few weeks."""
        day = -self._dice.randint(3, 20)
        row, _ = self._apply(number, day, places.pick(self._dice), None)
        if state != "applied":
            self._decide(row, "start_review", day + 1, "under_review", facts.REVIEW_STARTED)
        if state == "returned":
            self._decide(row, "return", day + 2, "returned", facts.RETURNED,
                         [{"code": "illegible", "field": "licence_media_id", "note": "执照照片不清晰，请重新上传"}])

    def flush(self) -> None:
        """COPY the firms and the decisions on them."""
        load.put(Firm, self._firms)
        load.put(FirmDecision, self._decisions)

    def _apply(self, number: int, day: int, district: places.District, phone: str | None) -> tuple[load.Row, UUID]:
        dice = self._dice
        at = dice.moment(day, dice.randint(9 * 60, 16 * 60))
        firm_id, boss = dice.id_at(at), names.person(dice, dice.chance(0.6))
        manager, _ = self._accounts.open(at, boss, Role.FIRM_MANAGER, firm_id, phone=phone)
        others = [other.code for other in places.DISTRICTS if other != district and dice.chance(0.3)]
        row: load.Row = {
            "id": firm_id, "uscc": papers.credit_code(number + 1), "name": self._names.next(),
            "mode": "employs" if number == 0 or dice.chance(0.35) else "introduces", "state": "applied",
            "legal_representative": boss, "phone": f"0527-8{dice.randint(0, 9999999):07d}",
            "address": f"{district.name}{dice.choice(words.STREETS)} {dice.randint(1, 400)} 号",
            "region_codes": [district.code, *others],
            "licence_valid_until": dice.today + timedelta(days=dice.randint(400, 6000)),
            "founded_on": dice.today - timedelta(days=dice.randint(500, 6500)), "outlets": dice.choice((1, 1, 1, 2, 3)),
            "description": "", "applied_by": manager, "applied_at": at, "decided_at": None}
        self._firms.append(row)
        self._diary.note(at, facts.APPLIED, f"firm:{firm_id}", f"account:{manager}", {})
        return row, manager

    def _decide(self, row: load.Row, step: str, day: int, state: str, fact: str,
                reasons: list[dict[str, str | None]] | None = None) -> None:
        at: datetime = self._dice.moment(day, self._dice.randint(9 * 60, 17 * 60))
        row["state"] = state
        row["decided_at"] = at
        self._decisions.append({
            "id": self._dice.id_at(at), "firm_id": row["id"], "step": step, "reasons": reasons or [], "note": "",
            "decided_by": self._officials.admin, "decided_at": at})
        self._diary.note(at, fact, f"firm:{row['id']}", f"account:{self._officials.admin}",
                         {"reasons": [reason["code"] for reason in reasons]} if reasons else
                         {"valid_until": row["licence_valid_until"].isoformat()} if step == "accept" else {})
