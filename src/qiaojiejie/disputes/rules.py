"""What a dispute costs whom, and the words of its evidence. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from qiaojiejie.core.money import display

#: lines of history that are handed in at most
MOST_LINES = 100


@dataclass(frozen=True)
class Burden:
    """Fen of a lost dispute: taken out of what is held, recalled from what was released before, and nobody's."""

    recalled: int
    loss: int


def burden(*, lost: int, held: int, waiting: int, released: int) -> Burden:
    """Who bears ``lost`` fen of a booking.

    What is ``held`` for it goes first, less the ``waiting`` fen its family is still to get back; the rest is recalled
    from the ``released`` fen. What nobody holds any more (a card's money that visits were paid with, or what had gone
    back by bank transfer) is a loss.
    """
    short = min(lost, max(0, lost + waiting - held))
    recalled = min(short, released)
    return Burden(recalled, short - recalled)


@dataclass(frozen=True)
class Visit:
    """A booking's facts that may be handed in: opaque ids, moments, codes; nobody's name, number or address."""

    id: str
    service: str
    ordered: datetime
    start: datetime
    end: datetime
    came: datetime | None
    left: datetime | None
    state: str


def evidence(*, payment: str, amount: int, paid: datetime, given_back: int, visit: Visit | None,
             history: Sequence[tuple[datetime, str]]) -> str:
    """What is handed in for a payment: of the ``history`` (moment, fact), oldest first, the newest lines."""
    lines = [f"Payment {payment}: {display(amount)} by card, paid {moment(paid)}; "
             f"{display(given_back)} of it refunded."]
    if visit is not None:
        lines += _visit(visit)
    lines += ["History, as recorded when it happened:", *(f"{moment(at)} {fact}" for at, fact in history[-MOST_LINES:])]
    return "\n".join(lines)


def _visit(visit: Visit) -> list[str]:
    lines = [f"Booking {visit.id}: {visit.service} at the cardholder's home, ordered {moment(visit.ordered)}, "
             f"agreed for {moment(visit.start)} to {moment(visit.end)}; now {visit.state}."]
    if visit.came is not None:
        lines.append(f"The worker was let in at {moment(visit.came)}: she gave the one-time door code that only the "
                     "cardholder's household is shown.")
    if visit.left is not None:
        lines.append(f"The work ended at {moment(visit.left)}.")
    return lines


def moment(at: datetime) -> str:
    """A moment with its offset, to the second."""
    return at.isoformat(timespec="seconds")
