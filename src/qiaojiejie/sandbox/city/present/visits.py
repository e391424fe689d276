"""Visits of the demo's family that are ahead: one to talk about, one moved, one the firm would move, one somebody else
may come to, one the firm is asked for."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from qiaojiejie.booking import queries as bookings
from qiaojiejie.changes import service as changes
from qiaojiejie.changes.rules import Offer
from qiaojiejie.chat import service as chat
from qiaojiejie.core.access import Actor
from qiaojiejie.core.errors import Refusal
from qiaojiejie.firms import service as firms
from qiaojiejie.sandbox.city.families import Family
from qiaojiejie.sandbox.city.present import orders
from qiaojiejie.sandbox.city.staff import Hand
from qiaojiejie.sandbox.city.town import FirmSeat
from qiaojiejie.substitutions import queries as fitting
from qiaojiejie.substitutions import service as substitutions

#: tomorrow at this hour the demo's worker comes; all her days are free until then
EVENING = 18
#: what the firm is asked before it stands, and how many minutes it has
ASKED, ANSWER_MINUTES = "deep_cleaning", 24 * 60
#: for each visit so many workers further on one is looked for first
TURN = 6
#: by so many days another time is looked for
DAYS_ON = range(1, 15)
#: who is offered instead of who was booked
COLLEAGUES = 2
#: who says what about the visit of tomorrow; the family has read what stands before the bar
BEFORE = (("household", "您好，明天傍晚家里有老人休息，卧室放到最后打扫可以吗？"), ("worker", "可以的，我先做厨房和卫生间，动静会小一点。"))
SINCE = (("firm", "您好，清洁工具和清洁剂由阿姨自带，您不用准备。"), ("worker", "要是路上堵车我提前打给您，我的电话是 13800000003。"))


def tell(seat: FirmSeat, family: Family, staff: Sequence[Hand]) -> None:
    """All of them; ``staff``: the firm's, the demo's worker first."""
    demo, *others = staff
    evening = orders.placed(family, [demo], "cleaning", 120, orders.starts(1, 1, (EVENING,)))
    if evening is not None:
        _talk(seat, family, demo, evening)
    _move(family, others)
    _propose(seat, family, [*others[TURN:], *others[:TURN]])
    _substitute(seat, family, [*others[2 * TURN:], *others[:2 * TURN]])
    firms.set_answer_window(actor=orders.manager(seat), firm_id=seat.id, service_code=ASKED, minutes=ANSWER_MINUTES)
    orders.placed(family, others, ASKED, 240, orders.starts(6))


def _talk(seat: FirmSeat, family: Family, hand: Hand, booking_id: UUID) -> None:
    parties = {"household": orders.household(family), "worker": orders.worker(hand), "firm": orders.manager(seat)}
    for party, words in (*BEFORE, *SINCE):
        chat.say(actor=parties[party], booking_id=booking_id, words=words)
    chat.mark_read(actor=parties["household"], booking_id=booking_id, through=len(BEFORE))


def _move(family: Family, hands: Sequence[Hand]) -> None:
    """It was moved to another day and made an hour longer; the family paid the difference."""
    home = orders.household(family)
    booked = orders.placed(family, hands, "cleaning", 120, orders.starts(2, hours=(14, 9)))
    offer = None if booked is None else _offer(home, booked, 180)
    if booked is None or offer is None:
        return
    changes.reschedule(actor=home, booking_id=booked, start=offer.start, minutes=180,
                       expected_difference=offer.difference_fen)
    orders.settle(family, booked, "supplement")


def _propose(seat: FirmSeat, family: Family, hands: Sequence[Hand]) -> None:
    """The firm asks the family for another day."""
    firm, booked = orders.manager(seat), orders.placed(family, hands, "cleaning", 150, orders.starts(3))
    offer = None if booked is None else _offer(firm, booked)
    if booked is not None and offer is not None:
        changes.reschedule(actor=firm, booking_id=booked, start=offer.start, expected_difference=offer.difference_fen)


def _offer(actor: Actor, booking_id: UUID, minutes: int | None = None) -> Offer | None:
    """The next day at the same hour on which she is free."""
    start = bookings.get(booking_id).start
    for days in DAYS_ON:
        try:
            return changes.quote_reschedule(actor=actor, booking_id=booking_id, start=start + timedelta(days=days),
                                            minutes=minutes)
        except Refusal:
            continue
    return None


def _substitute(seat: FirmSeat, family: Family, hands: Sequence[Hand]) -> None:
    """Who was booked is ill; the firm offers two others, if it has them."""
    booked = orders.placed(family, hands, "cleaning", 180, orders.starts(5))
    if booked is None:
        return
    found = fitting.for_booking(bookings.get(booked))
    free = [each.worker.id for each in found if each.worker.id in {hand.id for hand in hands}]
    if free:
        substitutions.offer(actor=orders.manager(seat), booking_id=booked, reason="worker_ill",
                            worker_ids=free[:COLLEAGUES])
