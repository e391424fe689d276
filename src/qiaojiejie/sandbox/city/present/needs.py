"""What families look for on the city's day: the demo's has three quotes to compare and ordered from another need."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from qiaojiejie.core import clock
from qiaojiejie.core.errors import Refusal
from qiaojiejie.needs import service as needs
from qiaojiejie.needs.errors import NeedNotFound
from qiaojiejie.needs.models import NeedQuote
from qiaojiejie.sandbox.city.families import Family
from qiaojiejie.sandbox.city.present import orders
from qiaojiejie.sandbox.city.staff import Hand
from qiaojiejie.sandbox.city.town import FirmSeat

#: service, minutes, first and last day on which it may be, budget in fen, note
COMPARED = ("deep_cleaning", 240, 6, 10, 30_000, "三室两厅，重点是厨房油烟机和两个卫生间。")
ORDERED = ("cleaning", 180, 7, 12, 20_000, "家里有一只猫，请随手关门。")
#: what others look for; every second one has a quote, the demo's firm has none among them
OTHERS = (("cleaning", 180, 4, 8, None, "每周固定一次更好。"), ("deep_cleaning", 240, 5, 9, 32_000, "刚退租，需要彻底清洁。"),
          ("hourly_help", 120, 3, 7, 9_000, "主要做晚饭和收拾厨房。"), ("cleaning", 120, 4, 7, None, None))
#: how long they are open; quotes to compare, and among how many workers of a firm one is looked for
OPEN_FOR, QUOTES, LOOKED_AT = timedelta(days=3), 3, 4
#: what of her usual wage each firm asks for, and what it says
TERMS = ((1000, "阿姨做过同户型，自带工具和环保清洁剂。"), (950, "首单优惠，当天可以延长。"), (1080, "两年以上经验，油烟机拆洗另不收费。"))

Wish = tuple[str, int, int, int, int | None, str | None]


def tell(seats: Sequence[FirmSeat], homes: Sequence[Family], hands: Sequence[Hand]) -> None:
    """The demo's family first, its quotes from its own firm and others; then some families of its district."""
    near = [hand for hand in hands if hand.district == homes[0].district]
    demo = homes[0]
    _quotes(_post(demo, COMPARED), COMPARED, near[1:], QUOTES)
    _order(demo, near)
    others = [home for home in homes[1:] if home.district == demo.district]
    for number, (home, wish) in enumerate(zip(others, OTHERS, strict=False)):
        need = _post(home, wish)
        if number % 2:
            _quotes(need, wish, [hand for hand in near if hand.firm is not seats[0]], 1)


def _order(family: Family, near: Sequence[Hand]) -> None:
    need = _post(family, ORDERED)
    found = _quotes(need, ORDERED, [hand for hand in near if hand.firm is not near[0].firm], 2)
    if found:
        cheapest = min(found, key=lambda each: each.total_fen)
        held = needs.order(actor=orders.household(family), need_id=need, quote_id=cheapest.id)
        orders.settle(family, held.id)


def _post(family: Family, wish: Wish) -> UUID:
    code, minutes, first, last, budget, note = wish
    today = clock.today()
    made = needs.post(
        actor=orders.household(family), service_code=code, address_id=family.address, member_id=None, start=None,
        from_day=today + timedelta(days=first), to_day=today + timedelta(days=last), minutes=minutes, days=None,
        note=note, closes_at=clock.now() + OPEN_FOR, budget_fen=budget)
    found: UUID = made.id
    return found


def _quotes(need_id: UUID, wish: Wish, hands: Sequence[Hand], most: int) -> list[NeedQuote]:
    """Quotes of different firms, each with the first of its workers who is free on one of the days."""
    offers: dict[UUID, list[Hand]] = {}
    for hand in hands:
        if wish[0] in hand.services:
            offers.setdefault(hand.firm.id, []).append(hand)
    able = (found for number, mine in enumerate(offers.values())
            if (found := _quote(need_id, wish, mine[:LOOKED_AT], TERMS[number % len(TERMS)])))
    return list(islice(able, most))


def _quote(need_id: UUID, wish: Wish, hands: Sequence[Hand], terms: tuple[int, str]) -> NeedQuote | None:
    permille, message = terms
    for hand, start in _tries(wish, hands):
        try:
            return needs.quote(
                actor=orders.manager(hand.firm), need_id=need_id, worker_id=hand.id, start=start, good_until=None,
                price_fen=round(hand.services[wish[0]] * permille / 100_000) * 100, message=message)
        except NeedNotFound:
            return None  # the firm does not serve the district
        except Refusal:
            continue
    return None


def _tries(wish: Wish, hands: Sequence[Hand]) -> Iterator[tuple[Hand, datetime]]:
    return ((hand, start) for hand in hands for start in orders.starts(wish[2], wish[3]))
