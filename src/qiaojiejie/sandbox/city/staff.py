"""The workers: who they are, where they live, what they offer, when; each with an account she can sign in with."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from qiaojiejie.calendars.models import WeeklyHours, WorkerInterval
from qiaojiejie.core.access import Role
from qiaojiejie.core.secrets import blind
from qiaojiejie.documents.models import WorkerDocument
from qiaojiejie.sandbox.city import load, names, places, trades, words
from qiaojiejie.sandbox.city.accounts import Accounts
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.dossiers import Dossiers
from qiaojiejie.sandbox.city.papers import Births
from qiaojiejie.sandbox.city.town import FirmSeat
from qiaojiejie.workers import facts, rules
from qiaojiejie.workers.models import Employment, Worker, WorkerService

#: the demo firm's maternity nurses, by their numbers
NURSES = (2, 3)


@dataclass(slots=True)
class Hand:
    """A worker as the year's visits need her. Days count from the city's day; ``quality`` is latent, about −3 to 2."""

    no: int
    id: UUID
    account: UUID
    firm: FirmSeat
    district: str
    called: str
    services: dict[str, int]
    week: trades.Week
    quality: float
    pull: float
    #: the days from and until which she may be sent to do care work and other work
    care_days: tuple[int, int]
    other_days: tuple[int, int]
    #: day → [(from, until) in minutes after midnight], buffers included
    taken: dict[int, list[tuple[int, int]]] = field(default_factory=dict)


class Staff:
    """Engages workers one after another; ``flush`` writes the batch."""

    def __init__(self, dice: Dice, accounts: Accounts, diary: load.Diary, births: Births, dossiers: Dossiers) -> None:
        self._dice, self._accounts, self._diary = dice, accounts, diary
        self._births, self._dossiers = births, dossiers
        self._rows: dict[type, list[load.Row]] = {table: [] for table in (
            Worker, WorkerService, Employment, WeeklyHours, WorkerDocument, WorkerInterval)}

    def engage(self, no: int, firm: FirmSeat) -> Hand:
        """A worker of a firm, her papers, hours and leave. Number 1 is the demo's, two more are its nurses."""
        dice, demo, nurse = self._dice, no == 1, no in NURSES
        known = demo or nurse
        trade = trades.TRADES[0] if demo else trades.NURSE if nurse else trades.trade(dice)
        female = known or dice.chance(trade.female)
        quality = 1.0 if known else self._quality(firm)
        day = firm.opened_on + (2 if known else self._days_after_opening(firm))
        at = dice.moment(day, dice.randint(9 * 60, 17 * 60))
        id_number, home = self._births.next(female, trade.mean_age)
        name = names.person(dice, female)
        account, phone = self._accounts.open(at, name, Role.WORKER, phone="13800000003" if demo else None)
        file = self._dossiers.open(dice.id_at(at), firm, trade, day + 1, flawless=known, quality=quality)
        district = firm.district if known or dice.chance(0.8) else places.pick(dice)
        services = {"cleaning": 4000, "deep_cleaning": 5800, "hourly_help": 3800} if demo else trades.services(
            dice, trade, quality)
        row = self._row(no, file.worker_id, at, trade, female, name, phone, id_number, home)
        row |= {"account_id": account, "firm_id": firm.id, "district": district.code,
                "cell": places.spot(dice, district)[2], **file.verified}
        self._rows[Worker].append(row)
        self._rows[WorkerDocument] += file.rows
        self._join(row, firm, services, at)
        hand = Hand(no, file.worker_id, account, firm, district.code, row["called"], services, trades.week(dice, known),
                    quality, 3.0 if demo else dice.lognormvariate(0.45 * quality, 0.8), file.care_days, file.other_days)
        self._keep_hours(hand)
        if not known:
            self._take_leave(hand)
        return hand

    def flush(self) -> None:
        """COPY the batch."""
        self._accounts.flush()
        for table, rows in self._rows.items():
            load.put(table, rows)
            rows.clear()

    def _quality(self, firm: FirmSeat) -> float:
        """Part the firm's, part her own; one in fifty should do other work."""
        if self._dice.chance(0.02):
            return self._dice.gauss(-2.6, 0.3)
        return min(2.2, max(-2.2, firm.care + self._dice.gauss(0, 0.8)))

    def _days_after_opening(self, firm: FirmSeat) -> int:
        """Most came with their firm, the others through the year."""
        if self._dice.chance(0.75):
            return self._dice.randint(1, 8)
        return self._dice.randint(8, max(9, -firm.opened_on - 5))

    def _row(self, no: int, worker_id: UUID, at: datetime, trade: trades.Trade, female: bool, name: str, phone: str,
             id_number: str, home: str) -> load.Row:
        dice, born, sex = self._dice, int(id_number[6:10]), "female" if female else "male"
        since = max(born + 20, dice.today.year - int(dice.expovariate(1 / 6)))
        return rules.NEW | {
            "id": worker_id, "no": no, "name": name, "called": rules.called(name, sex), "phone": phone,
            "phone_index": blind("phone", phone), "id_number": id_number, "id_index": blind("id_number", id_number),
            "sex": sex, "birth_year": born, "native_place": home,
            "working_since": since if dice.chance(0.95) else None, "live_in": dice.chance(trade.live_in),
            "bio": dice.choice(words.BIOS), "created_at": at, "updated_at": at}

    def _join(self, row: load.Row, firm: FirmSeat, services: dict[str, int], at: datetime) -> None:
        joined = at.date() - timedelta(days=int(self._dice.expovariate(1 / 300)))
        self._rows[Employment].append({"id": self._dice.id_at(at), "worker_id": row["id"], "firm_id": firm.id,
                                       "joined_on": joined})
        self._rows[WorkerService] += [{"worker_id": row["id"], "service_code": code, "price_fen": price}
                                      for code, price in services.items()]
        self._diary.note(at, facts.JOINED, f"worker:{row['id']}", f"account:{firm.manager}", {"firm": str(firm.id)})

    def _keep_hours(self, hand: Hand) -> None:
        self._rows[WeeklyHours] += [{"worker_no": hand.no, "weekday": weekday, "starts": starts, "ends": ends}
                                    for weekday, windows in hand.week.items() for starts, ends in windows]

    def _take_leave(self, hand: Hand) -> None:
        """One in twelve was away some days of the year, one in twenty will be soon; whole days from midnight."""
        for share, first, last in ((0.08, -340, -10), (0.05, 2, 30)):
            if not self._dice.chance(share):
                continue
            day, days = self._dice.randint(first, last), self._dice.randint(2, 7)
            for away in range(day, day + days):
                hand.taken[away] = [(0, 24 * 60)]
            leave_id = self._dice.id_at(self._dice.moment(min(-1, day - 3), 12 * 60))
            self._rows[WorkerInterval].append({
                "id": leave_id, "worker_no": hand.no, "kind": "leave", "ref": f"leave:{leave_id}",
                "during": (self._dice.sharp(day, 0), self._dice.sharp(day + days, 0)), "note": "回乡探亲"})
