"""A year of work found: openings and who was placed, piece-work taken home."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.handwork import facts as made
from qiaojiejie.handwork.models import HandworkOrder, HandworkTake
from qiaojiejie.openings import facts
from qiaojiejie.openings.models import JobApplication, JobOpening
from qiaojiejie.sandbox.city import load, names, words
from qiaojiejie.sandbox.city.accounts import Accounts
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.town import FirmSeat, Post
from qiaojiejie.workers.models import Employment, Worker

#: people placed in work in a year of the newspaper's city; of all who ask, who is refused; who confirms
PLACED, REFUSED, CONFIRMS = 5_000, 0.12, 0.88
#: of those a firm took on, whom a station introduced; openings are posted so many days before the first begins
INTRODUCED, BEFORE = 0.25, 20
#: orders of piece-work a station has in a year, makers of one, pieces each takes
ORDERS, MAKERS, PIECES = 3, (4, 9), (20, 60)
CONSENT = "本人到站口头同意，出示身份证"


class Exchange:
    """Writes who asked for work and got it; collects the rows until ``flush``."""

    def __init__(self, dice: Dice, accounts: Accounts, diary: load.Diary) -> None:
        self._dice, self._accounts, self._diary = dice, accounts, diary
        self._rows: dict[type, list[load.Row]] = {table: [] for table in (
            JobOpening, JobApplication, HandworkOrder, HandworkTake)}

    def opening(self, first: date, places: int, **given: Any) -> load.Row:
        """An opening whose first placement begins on a day; over a month and a half later."""
        day = (first - self._dice.today).days - BEFORE
        at = self._dice.moment(day, 560)
        until = first + timedelta(days=45)
        over = until < self._dice.today
        row = {"id": self._dice.id_at(at), "description": "面向城乡妇女，签订用工协议，岗前培训", "places": places, "filled": 0,
               "wage_unit": "month", "until": until, "state": "closed" if over else "open", "posted_at": at,
               "closed_at": clock.midnight(until + timedelta(days=1)) if over else None, **given}
        self._rows[JobOpening].append(row)
        self._diary.note(at, facts.POSTED, f"opening:{row['id']}", f"account:{row['posted_by']}", {
            "firm": str(row["firm_id"]) if row["firm_id"] else None, "places": places,
            "station": str(row["station_id"]) if row["station_id"] else None})
        return row

    def ask(self, opening: load.Row, account: UUID, name: str) -> None:
        """Somebody asked in the last days by herself and waits for an answer."""
        at = self._dice.moment(-self._dice.randint(1, 6), 640)
        row = {"id": self._dice.id_at(at), "opening_id": opening["id"], "account_id": account, "name": name,
               "words": "有相关经验，可随时上岗", "state": "applied", "station_id": None, "consent": None,
               "asked_by": account, "asked_at": at, "answered_at": None, "reason": None, "placed_on": None}
        self._rows[JobApplication].append(row)
        self._note(at, facts.APPLIED, account, account, opening=str(opening["id"]), application=str(row["id"]),
                   via="self", station=None)

    def apply(self, opening: load.Row, account: UUID, name: str, on: date | None, by: Post | None) -> None:
        """Somebody asks, by herself or introduced ``by`` a station: placed from ``on``, or refused."""
        dice = self._dice
        day = ((on or opening["until"] - timedelta(days=45)) - dice.today).days
        at = max(dice.moment(day - dice.randint(3, 12), 640), opening["posted_at"] + timedelta(minutes=5))
        answered = at + dice.minutes(600, 2_000)
        confirmed = on is not None and dice.chance(CONFIRMS)
        row = {"id": dice.id_at(at), "opening_id": opening["id"], "account_id": account, "name": name, "words": "",
               "state": "refused" if on is None else "confirmed" if confirmed else "placed",
               "station_id": by.id if by else None, "consent": CONSENT if by else None,
               "asked_by": by.clerk if by else account, "asked_at": at, "answered_at": answered,
               "reason": "岗位要求不符" if on is None else None, "placed_on": on}
        self._rows[JobApplication].append(row)
        opening["filled"] += on is not None
        about: dict[str, Any] = {"opening": str(opening["id"]), "application": str(row["id"])}
        self._note(at, facts.APPLIED, account, row["asked_by"], **about, via="station" if by else "self",
                   station=str(by.id) if by else None)
        if on is None:
            self._note(answered, facts.REFUSED, account, opening["posted_by"], **about)
            return
        self._note(answered, facts.PLACED, account, opening["posted_by"], **about, on=on.isoformat())
        if confirmed:
            self._note(max(answered, dice.moment(day, 700)), facts.CONFIRMED, account, account, **about)

    def somebody(self, on: date) -> tuple[UUID, str]:
        """A woman who looks for work: her account, opened a month before a day, and her name."""
        name = names.person(self._dice, True)
        return self._accounts.known(self._dice.moment((on - self._dice.today).days - 30, 580), name)[0], name

    def order(self, post: Post, which: int, day: int, makers: Sequence[tuple[UUID, str]]) -> None:
        """An order on a station's board that began on a day, and who made it; the latest still runs."""
        dice, (customer, title, unit) = self._dice, words.HANDWORK[which % len(words.HANDWORK)]
        at, over = dice.moment(day, 570), None if day > -60 else dice.moment(day + 91, 60)
        row = {"id": dice.id_at(at), "board_id": post.id, "customer": customer, "title": title,
               "description": "按样品制作，材料由工作站发放，合格计件", "pieces": len(makers) * PIECES[1], "unit_fen": unit,
               "due_on": dice.today + timedelta(days=day + 90), "state": "closed" if over else "open",
               "posted_by": post.clerk, "posted_at": at, "closed_at": over}
        row["free"] = row["pieces"]
        self._rows[HandworkOrder].append(row)
        subject = f"handwork_order:{row['id']}"
        self._diary.note(at, made.POSTED, subject, f"account:{post.clerk}", {
            "station": str(post.id), "pieces": row["pieces"], "unit_fen": unit})
        for account, name in makers:
            self._make(post, row, day + dice.randint(2, 20), account, name)
        if over:
            self._diary.note(over, made.CLOSED, subject, "system", {"left": row["free"]})

    def _make(self, post: Post, order: load.Row, day: int, account: UUID, name: str) -> None:
        dice, pieces = self._dice, self._dice.randint(*PIECES)
        at = dice.moment(min(day, -1), 600)
        moments = [dice.moment(day + after, 640) for after in (14, 15, 18, 19)]
        done = [moment for moment in moments if moment < dice.as_of]
        good = pieces - (dice.randint(1, 3) if dice.chance(0.3) else 0)
        state = ("taken", "delivered", "judged", "paid", "received")[len(done)]
        judged = len(done) >= 2
        row = {"id": dice.id_at(at), "order_id": order["id"], "account_id": account, "name": name,
               "station_id": post.id, "consent": CONSENT, "asked_by": post.clerk, "asked_at": at, "pieces": pieces,
               "state": state, "accepted": good if judged else None,
               "pay_fen": good * order["unit_fen"] if judged else None,
               "reason": "个别脱胶" if judged and good < pieces else None,
               "reference": f"ZZ{at:%Y%m%d}-{dice.randint(100, 999)}" if len(done) >= 3 else None,
               "judged_on": clock.local(moments[1]).date() if judged else None, "changed_at": done[-1] if done else at}
        self._rows[HandworkTake].append(row)
        order["free"] -= good if judged else pieces
        about: dict[str, Any] = {"order": str(order["id"]), "take": str(row["id"])}
        self._note(at, made.TAKEN, account, post.clerk, **about, pieces=pieces, via="station", station=str(post.id))
        told: list[tuple[str, UUID, dict[str, Any]]] = [
            (made.DELIVERED, post.clerk, {}),
            (made.JUDGED, post.clerk, {"accepted": good, "back": pieces - good, "pay_fen": good * order["unit_fen"]}),
            (made.PAID, post.clerk, {"pay_fen": good * order["unit_fen"]}), (made.RECEIVED, account, {})]
        for moment, (fact, by, data) in zip(done, told, strict=False):
            self._note(moment, fact, account, by, **about, **data)

    def flush(self) -> None:
        """COPY it all."""
        self._accounts.flush()
        for model, rows in self._rows.items():
            load.put(model, rows)

    def _note(self, at: datetime, fact: str, account: UUID, by: UUID, /, **data: Any) -> None:
        self._diary.note(at, fact, f"account:{account}", f"account:{by}", data)


def find_work(dice: Dice, accounts: Accounts, diary: load.Diary, posts: Sequence[Post], seats: Sequence[FirmSeat],
              share: float) -> None:
    """Everybody a firm took on within the year, and beside them people at bases the stations ask for."""
    exchange, wanted = Exchange(dice, accounts, diary), max(60, round(PLACED * share))
    placed = _at_firms(dice, exchange, posts, seats, wanted)
    found = _at_bases(dice, exchange, posts, wanted - placed)
    for number, post in enumerate(posts):
        employer, title, low, high = words.BASES[number % len(words.BASES)]
        wall = exchange.opening(dice.today + timedelta(days=12), 6, firm_id=None, station_id=post.id, employer=employer,
                                title=title, region_code=post.district, wage_low_fen=low, wage_high_fen=high,
                                posted_by=post.clerk)
        for _ in range(number % 3 + 1):
            exchange.ask(wall, *exchange.somebody(dice.today))
        for which in range(ORDERS):
            day = -330 + which * 155 + number % 9
            known = [(account, name) for account, name, on in found[post.id] if on < day - 5] or [
                exchange.somebody(dice.today + timedelta(days=day))]
            exchange.order(post, which + number, day, dice.sample(known, min(dice.randint(*MAKERS), len(known))))
    exchange.flush()


def _at_firms(dice: Dice, exchange: Exchange, posts: Sequence[Post], seats: Sequence[FirmSeat], most: int) -> int:
    """Those whose employment began within the year, a quarter at a time: how many."""
    since = dice.today - timedelta(days=360)
    rows = db.session.execute(sa.select(
        Worker.account_id, Worker.name, Worker.district, Employment.firm_id, Employment.joined_on, Firm.name).join(
        Employment, Employment.worker_id == Worker.id).join(Firm, Firm.id == Employment.firm_id).where(
        Employment.joined_on > since, Employment.joined_on < dice.today, Employment.left_on.is_(None)).order_by(
        Employment.joined_on, Worker.no).limit(most)).all()
    managers, groups = {seat.id: seat.manager for seat in seats}, defaultdict(list)
    for row in rows:
        groups[row.firm_id, (row.joined_on - since).days // 90].append(row)
    for (firm_id, _), people in groups.items():
        opening = exchange.opening(
            people[0].joined_on, len(people) + dice.randint(0, 2), firm_id=firm_id, station_id=None,
            employer=people[0][5], title="家政服务员", region_code=people[0].district, wage_low_fen=400_000,
            wage_high_fen=700_000, posted_by=managers[firm_id])
        near = [post for post in posts if post.district == people[0].district] or list(posts)
        for row in people:
            by = dice.choice(near) if dice.chance(INTRODUCED) else None
            exchange.apply(opening, row.account_id, row[1].reveal(), row.joined_on, by)
            if dice.chance(REFUSED):
                exchange.apply(opening, *exchange.somebody(row.joined_on), None, by)
    return len(rows)


def _at_bases(dice: Dice, exchange: Exchange, posts: Sequence[Post],
              wanted: int) -> dict[UUID, list[tuple[UUID, str, int]]]:
    """So many people in groups of some tens, each at a base a station asks for: whom each introduced, and the day."""
    found: dict[UUID, list[tuple[UUID, str, int]]] = defaultdict(list)
    while wanted > 0:
        post, (employer, title, low, high) = dice.choice(posts), dice.choice(words.BASES)
        count, first = min(wanted, dice.randint(8, 36)), -dice.randint(30, 320)
        opening = exchange.opening(
            dice.today + timedelta(days=first), count + dice.randint(0, 3), firm_id=None, station_id=post.id,
            employer=employer, title=title, region_code=post.district, wage_low_fen=low, wage_high_fen=high,
            posted_by=post.clerk)
        for _ in range(count):
            day = first + dice.randint(0, 25)
            on = dice.today + timedelta(days=day)
            account, name = exchange.somebody(on)
            exchange.apply(opening, account, name, on, post)
            found[post.id].append((account, name, day))
        wanted -= count
    return found
