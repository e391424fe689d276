"""Who enters the skills competition: of whom it is, in which event, no more of a firm than its quota."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core.db import db
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.staff import Hand
from qiaojiejie.workers.models import Worker

PER_FIRM = 20
#: event → its name, in English, services of who would enter it
EVENTS = (("housekeeping", "家政服务", "Housekeeping", {"cleaning", "hourly_help", "deep_cleaning"}),
          ("mother_baby", "母婴护理", "Mother and baby care", {"maternity_nurse", "infant_care"}),
          ("elder", "养老护理", "Elder care", {"elder_care", "elder_care_full", "patient_care"}),
          ("storage", "整理收纳", "Storage and tidying", {"organising", "post_renovation"}),
          ("pastry", "西式面点", "Western pastry", {"cooking", "live_in_help"}))


def able(dice: Dice, hands: Sequence[Hand], opens: int, held: int) -> list[Hand]:
    """Who was there when entries opened and is of the age, in an order of chance; not the demo's worker."""
    opened, year = dice.moment(opens, 0), (dice.today + timedelta(days=held)).year
    stmt = sa.select(Worker.id).where(Worker.created_at < opened, Worker.no > 1,
                                      Worker.birth_year.between(year - 60, year - 19))
    there = set(db.session.scalars(stmt))
    found = [hand for hand in hands if hand.id in there]
    dice.shuffle(found)
    return found


def choose(there: Sequence[Hand], wanted: int) -> list[tuple[str, Hand]]:
    """So many of them, events as even as can be, each firm within its quota; who does such work comes first."""
    of_firm: Counter[UUID] = Counter()
    chosen: list[tuple[str, Hand]] = []
    taken: set[UUID] = set()
    for number in range(wanted):
        code, _, _, services = EVENTS[number % len(EVENTS)]
        free = [hand for hand in there if hand.id not in taken and of_firm[hand.firm.id] < PER_FIRM]
        if not free:
            break
        hand = next((each for each in free if services & each.services.keys()), free[0])
        taken.add(hand.id)
        of_firm[hand.firm.id] += 1
        chosen.append((code, hand))
    return chosen


def finalists(best: Sequence[tuple[int, str, Hand]], wanted: int) -> list[tuple[str, Hand]]:
    """The counties' best of every event, the better rank first, each firm within its quota."""
    queues: dict[str, list[Hand]] = defaultdict(list)
    for _, code, hand in sorted(best, key=lambda each: (each[0], str(each[2].id))):
        queues[code].append(hand)
    of_firm: Counter[UUID] = Counter()
    chosen: list[tuple[str, Hand]] = []
    for number in range(wanted):
        code = EVENTS[number % len(EVENTS)][0]
        found = next((each for each in queues[code] if of_firm[each.firm.id] < PER_FIRM), None)
        if found is None:
            continue
        queues[code].remove(found)
        of_firm[found.firm.id] += 1
        chosen.append((code, found))
    return chosen
