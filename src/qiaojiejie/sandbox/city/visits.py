"""Who is to visit whom, when: a year of plans and the weeks ahead, within working hours, never two at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from uuid import UUID

from qiaojiejie.calendars.rules import BUFFER, LOCAL
from qiaojiejie.catalog.models import Service
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.families import WISHES, Family, appetites
from qiaojiejie.sandbox.city.staff import Hand

YEAR, WEEKS_AHEAD = -364, 21
BUFFER_MINUTES = BUFFER // timedelta(minutes=1)
#: How often a family asks again, elsewhere or another day, before it gives up.
TRIES = 8
#: minutes a visit went on longer
LONGER = 60


@dataclass(slots=True)
class Visit:
    """One visit as it was asked for. ``day`` counts from the city's day, ``starts`` in minutes after midnight.

    ``pleasure`` is how good the work will be in this family's eyes (about −4 to 3), known to nobody but chance.
    """

    id: UUID
    family: Family
    hand: Hand
    service: Service
    day: int
    starts: int
    minutes: int
    asked_at: datetime
    start: datetime
    end: datetime
    pleasure: float
    #: nothing is to go wrong with it
    smooth: bool = False
    #: so many of its minutes were asked for while she was there
    longer: int = 0


class Planner:
    """Finds a worker and a time for each wish."""

    def __init__(self, dice: Dice, hands: Sequence[Hand], families: Sequence[Family],
                 services: dict[str, Service]) -> None:
        self._dice, self._families, self._services = dice, families, services
        self._offers: dict[tuple[str, str], list[Hand]] = defaultdict(list)
        for hand in hands:
            for code in hand.services:
                if code in WISHES:
                    self._offers[hand.district, code].append(hand)
        self._pulls = {key: list(accumulate(hand.pull for hand in offer)) for key, offer in self._offers.items()}

    def year(self, count: int) -> list[Visit]:
        """About ``count`` visits of the past year, by the time they were asked for."""
        found = []
        weights = appetites(self._families)
        times: dict[int, int] = defaultdict(int)
        for place in self._dice.choices(range(len(self._families)), weights, k=count):
            times[place] += 1
        times[0] = max(times[0], 12)
        for place, often in sorted(times.items()):
            family = self._families[place]
            first = max(YEAR, family.opened_on + 1)
            days = sorted(self._dice.randint(first, -1) for _ in range(often))
            found += [visit for day in days if (visit := self._ask(family, day, first, -1))]
        return sorted(found, key=lambda visit: (visit.asked_at, visit.id))

    def ahead(self, count: int, demo: Hand) -> list[Visit]:
        """Up to ``count`` visits of the coming weeks, one of them the demo family's; ``demo`` herself is left free."""
        kept, demo.taken = demo.taken, {day: [(0, 24 * 60)] for day in range(WEEKS_AHEAD + 1)}
        first = [(self._families[0], day) for day in range(4, 12)]
        others = self._dice.choices(self._families[1:], appetites(self._families[1:]), k=count)
        wanted = [*first, *((family, self._dice.randint(1, WEEKS_AHEAD)) for family in others)]
        found: list[Visit] = []
        for family, day in wanted:
            if family is self._families[0] and found:
                continue  # one is enough
            visit = self._ask(family, day, 1, WEEKS_AHEAD)
            if visit:
                newcomer = max(visit.hand.care_days[0], visit.hand.other_days[0]) > -8
                asked_on = -1 if newcomer else -self._dice.randint(1, 7)
                visit.asked_at = self._dice.moment(asked_on, self._dice.randint(7 * 60, 22 * 60))
                visit.id = self._dice.id_at(visit.asked_at)
                found.append(visit)
        demo.taken = kept
        return sorted(found, key=lambda visit: (visit.asked_at, visit.id))

    def with_demo(self, family: Family, hand: Hand, count: int) -> list[Visit]:
        """Visits of the demo's worker to the demo's family, spread over the past months."""
        tries = (self._try(family, hand, "cleaning", -7 * week - 3) for week in range(1, 3 * count, 3))
        found = [visit for visit in tries if visit]
        for visit in found:
            visit.smooth, visit.pleasure = True, max(visit.pleasure, 0.5)
        for visit in found:
            if self._lengthen(visit):
                break
        return found

    @staticmethod
    def _lengthen(visit: Visit) -> bool:
        """She stays an hour longer, if that lies within her hours: nothing else is planned for her yet. Did she?"""
        weekday, until = visit.start.astimezone(LOCAL).isoweekday(), visit.starts + visit.minutes + LONGER
        if not any(starts <= visit.starts and until <= ends for starts, ends in visit.hand.week.get(weekday, ())):
            return False
        visit.minutes, visit.longer = visit.minutes + LONGER, LONGER
        visit.end += timedelta(minutes=LONGER)
        visit.hand.taken[visit.day] = [(visit.starts - BUFFER_MINUTES, until + BUFFER_MINUTES)]
        return True

    def _ask(self, family: Family, day: int, first: int, last: int) -> Visit | None:
        for attempt in range(TRIES):
            hand, code = self._choose(family, attempt)
            if hand is None:
                continue
            near = min(last, max(first, day + (self._dice.randint(-3, 3) if attempt else 0)))
            visit = self._try(family, hand, code, near)
            if visit is not None:
                return visit
        return None

    def _choose(self, family: Family, attempt: int) -> tuple[Hand | None, str]:
        """Whom it liked, more often than not; else someone of the district, the popular ones more often."""
        dice = self._dice
        if family.liked and attempt < 2 and dice.chance(0.6):
            return dice.choice(family.liked)
        code = family.wish if dice.chance(0.7) else dice.choices(list(WISHES), list(WISHES.values()))[0]
        key = (family.district, code)
        if key not in self._offers:
            return None, code
        return dice.choices(self._offers[key], cum_weights=self._pulls[key])[0], code

    def _try(self, family: Family, hand: Hand, code: str, day: int) -> Visit | None:
        dice, service = self._dice, self._services[code]
        first, last = hand.care_days if service.care else hand.other_days
        minutes = self._length(service)
        if not first <= day <= last or (starts := self._slot(hand, day, minutes)) is None:
            return None
        hand.taken.setdefault(day, []).append((starts - BUFFER_MINUTES, starts + minutes + BUFFER_MINUTES))
        asked_at = self._asked(family, hand, day, starts, first)
        pleasure = 0.55 * hand.quality + dice.gauss(0, 0.75) + family.mildness
        if pleasure > -0.3 and (hand, code) not in family.liked[-4:]:
            family.liked = [*family.liked[-4:], (hand, code)]
        start = dice.sharp(day, starts)
        return Visit(dice.id_at(asked_at), family, hand, service, day, starts, minutes, asked_at, start,
                     start + timedelta(minutes=minutes), pleasure)

    def _length(self, service: Service) -> int:
        if service.unit == "visit":
            return service.min_minutes + 30 * self._dice.randint(0, 2)
        return service.min_minutes + 30 * self._dice.choice((0, 0, 0, 1, 2, 2, 4))

    def _slot(self, hand: Hand, day: int, minutes: int) -> int | None:
        """A start within her hours of that weekday, clear of what she has taken on, buffers included."""
        weekday = (self._dice.today + timedelta(days=day)).isoweekday()
        windows = [(starts, ends) for starts, ends in hand.week.get(weekday, ()) if ends - starts >= minutes]
        if not windows:
            return None
        earliest, until = self._dice.choice(windows)
        starts = earliest + 30 * self._dice.randint(0, (until - earliest - minutes) // 30)
        clear = all(starts - BUFFER_MINUTES >= ends or starts + minutes + BUFFER_MINUTES <= begins
                    for begins, ends in hand.taken.get(day, ()))
        return starts if clear else None

    def _asked(self, family: Family, hand: Hand, day: int, starts: int, first: int) -> datetime:
        """Some hours to some days before, by day, when both were on the platform; at the latest three hours before."""
        lead = min(20 * 1440, 150 + int(self._dice.lognormvariate(7.2, 0.9)))
        asked_day, minute = divmod(day * 1440 + starts - lead, 1440)
        if minute < 7 * 60:
            minute += 7 * 60
        earliest = max(family.opened_on, first) + 1
        if asked_day < earliest or asked_day * 1440 + minute > day * 1440 + starts - 150:
            asked_day, minute = divmod(day * 1440 + starts - 180, 1440)
        return self._dice.moment(asked_day, minute)
