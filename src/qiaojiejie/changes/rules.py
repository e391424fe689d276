"""Arithmetic of changes: when one may be asked for, what it comes to, who is told. Pure; moments are given."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from qiaojiejie.booking.errors import LengthNotPossible
from qiaojiejie.booking.rules import MOST_MINUTES, STEP_MINUTES, check_window, when
from qiaojiejie.changes import facts
from qiaojiejie.changes.errors import (
    ChangeQuoteChanged, EngagedNext, MoneyTakenBack, NothingChanges, NotMovedByDays, TooLateToMove)
from qiaojiejie.core.money import display

#: how long before its start a visit may still be moved
MOVED_BEFORE = timedelta(hours=2)
#: how long the other side of a running visit has to agree, and a family to pay a difference
ANSWERED_WITHIN = PAID_WITHIN = timedelta(minutes=10)
#: how long a family has to answer a firm that proposes another time
PROPOSED_FOR = timedelta(hours=24)
#: by how much a running visit is extended
LEAST_MORE, MOST_MORE = 30, 240

#: whom a party asks for its consent
ASKS = {("reschedule", "firm"): "household", ("extension", "household"): "worker", ("extension", "worker"): "household"}

#: fact → the kind of notification, and who is told: the one asked, the asker, who pays
NEWS = {facts.ASKED: ("change_asked", ("asked",)), facts.AGREED: ("change_to_pay", ("payer",)),
        facts.REFUSED: ("change_refused", ("asker",)), facts.WITHDRAWN: ("change_withdrawn", ("asked",)),
        facts.LAPSED: ("change_lapsed", ("asker", "payer"))}


@dataclass(frozen=True)
class Offer:
    """What another time comes to: the whole price, what is to be paid (or, negative, goes back), until when it can be
    had so, and from which start fees for cancelling are counted then."""

    start: datetime
    end: datetime
    lines: list[dict[str, Any]]
    total_fen: int
    difference_fen: int
    good_until: datetime
    fee_clock: datetime
    tiers: list[dict[str, Any]]

    @property
    def minutes(self) -> int:
        """How long it lasts then."""
        return (self.end - self.start) // timedelta(minutes=1)


class Visit(Protocol):
    """What is read here of a booking."""

    plan: Any
    refund_fen: Any

    @property
    def start(self) -> datetime:
        """When it begins."""

    @property
    def end(self) -> datetime:
        """When it ends."""

    @property
    def minutes(self) -> int:
        """How long it lasts."""


def check_changeable(visit: Visit) -> None:
    """Is it a visit whose money is whole? Raises NotMovedByDays, MoneyTakenBack."""
    if visit.plan is not None:
        raise NotMovedByDays()
    if visit.refund_fen:
        raise MoneyTakenBack()


def check_move(visit: Visit, start: datetime, minutes: int, now: datetime) -> None:
    """May it still be moved, and does that change anything? Raises TooLateToMove, NothingChanges."""
    if visit.start - now < MOVED_BEFORE:
        raise TooLateToMove()
    if (start, minutes) == (visit.start, visit.minutes):
        raise NothingChanges()


def moves_until(visit: Visit, start: datetime, notice: timedelta) -> datetime:
    """The last moment at which it can be moved to ``start``, by the notice she needs."""
    return min(visit.start - MOVED_BEFORE, start - notice)


def check_extension(visit: Visit, more: int, now: datetime) -> None:
    """May a running visit last so much longer: half hours, not beyond the longest visit, asked for before it ends?

    Raises LengthNotPossible, TooLate.
    """
    if more % STEP_MINUTES or not LEAST_MORE <= more <= MOST_MORE or visit.minutes + more > MOST_MINUTES:
        raise LengthNotPossible(least=visit.minutes + LEAST_MORE, most=min(visit.minutes + MOST_MORE, MOST_MINUTES))
    check_window(now=now, earliest=visit.start - timedelta(days=1), latest=visit.end)


def check_free_until(end: datetime, free_until: datetime | None) -> None:
    """Is she free until then? Raises EngagedNext with until when she is."""
    if free_until is not None and free_until < end:
        told = when(free_until)
        raise EngagedNext(until=told["at"], until_display=told["at_display"])


def check_expected(difference: int, expected: int) -> None:
    """Is it the difference that was quoted? Raises ChangeQuoteChanged with what it is now."""
    if difference != expected:
        raise ChangeQuoteChanged(difference=difference, difference_display=display(difference))


def parties(told: Iterable[str], data: Mapping[str, Any]) -> list[str]:
    """Who of a booking's parties is told, each once: ``told`` names them by what they are to the change. Who did it
    knows, but who pays is told of it all the same."""
    asked_by = str(data["asked_by"])
    by_part = {"asker": asked_by, "asked": ASKS.get((data["kind"], asked_by)), "payer": "household"}
    found = dict.fromkeys(by_part[part] for part in told if part == "payer" or by_part[part] != data.get("by"))
    return [party for party in found if party is not None]


def in_words(kind: str) -> tuple[str, str]:
    """A kind of change as people read it."""
    return ("改期", "another time") if kind == "reschedule" else ("加时", "more time")
