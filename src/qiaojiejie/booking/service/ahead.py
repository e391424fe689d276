"""Visits of a series: many of one worker held at once, each a booking of its own, paid shortly before it; moved, given
to another worker, cancelled or let go together, all of them or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.booking import facts, rules
from qiaojiejie.booking.errors import CancellationQuoteChanged
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.booking.rules import cancelling
from qiaojiejie.booking.service.holds import new_door_code
from qiaojiejie.booking.service.records import about, close_all
from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.rules import Seat
from qiaojiejie.catalog.models import Service
from qiaojiejie.core import clock, ids
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.firms import queries as firms
from qiaojiejie.households import queries as households
from qiaojiejie.ledger import service as ledger
from qiaojiejie.workers.models import Worker


@dataclass(frozen=True)
class Time:
    """When a visit is, until when it is held unpaid, and from when on it can be paid (None: at once)."""

    start: datetime
    until: datetime
    expires_at: datetime
    payable_from: datetime | None


@dataclass(frozen=True)
class Price:
    """What each visit costs, in lines, and the policy that is frozen onto it."""

    lines: list[dict[str, Any]]
    total_fen: int
    policy: dict[str, Any]


@dataclass(frozen=True)
class Terms:
    """What all visits share: who comes, to whom and where, for what price."""

    household_id: UUID
    worker: Worker
    service: Service
    address_id: UUID
    member_id: UUID | None
    price: Price
    note: str | None = None


def hold_all(*, terms: Terms, times: Sequence[Time], by: str, series: UUID) -> list[Booking]:
    """Quote and hold visits, in the order of ``times``; the caller has looked at papers, place and hours.

    Raises SlotsTaken, after which nothing must be committed.
    """
    answer = firms.answer_minutes(terms.worker.firm_id, terms.service.code)
    quotes = [_quote(terms, time.start, time.until, answer) for time in times]
    made = [_held(terms, quote, time) for quote, time in zip(quotes, times, strict=True)]
    cell = households.kept_address(terms.address_id).cell
    calendars.seat_all(seats=[Seat(each.ref, terms.worker.no, each.start, each.end, cell) for each in made])
    db.session.add_all(quotes)
    db.session.flush()
    db.session.add_all(made)
    db.session.flush()
    ledger.append_many(facts.HELD, actor=by, about=[(each.ref, about(
        each, end=each.end.isoformat(), total=each.total_fen, expires_at=each.expires_at.isoformat(),
        **({"series": str(series)} if each.payable_from else {}))) for each in made])
    return made


def _quote(terms: Terms, start: datetime, until: datetime, answer: int | None) -> Quote:
    now = clock.now()
    return Quote(id=ids.new(), household_id=terms.household_id, worker_id=terms.worker.id,
                 firm_id=terms.worker.firm_id, service_code=terms.service.code, address_id=terms.address_id,
                 member_id=terms.member_id, during=Range(start, until), lines=terms.price.lines,
                 policy=terms.price.policy, total_fen=terms.price.total_fen, answer_minutes=answer, created_at=now,
                 expires_at=now + rules.QUOTE_GOOD_FOR)


def _held(terms: Terms, quote: Quote, time: Time) -> Booking:
    return Booking(
        id=ids.new(), quote_id=quote.id, household_id=terms.household_id, worker_id=terms.worker.id,
        firm_id=terms.worker.firm_id, service_code=terms.service.code, address_id=terms.address_id,
        member_id=terms.member_id, during=quote.during, state=BOOKING.initial, lines=quote.lines, policy=quote.policy,
        total_fen=quote.total_fen, paid_fen=0, refund_fen=0, door_tries=0, complaint_open=False,
        answer_minutes=quote.answer_minutes,
        door_code=Sealed("text", new_door_code()), created_at=clock.now(),
        note=None if terms.note is None else Sealed("text", terms.note), expires_at=time.expires_at,
        payable_from=time.payable_from)


def retime_all(*, times: Sequence[tuple[Booking, Time]], by: str, series: UUID) -> None:
    """Move locked holds to other times. Raises StepNotPossible; SlotsTaken, after which nothing must be committed."""
    told = []
    for booking, time in times:
        BOOKING.move(booking, "move_hold", party="series")
        was = _was(booking)
        booking.during = Range(time.start, time.until)
        booking.expires_at, booking.payable_from = time.expires_at, time.payable_from
        told.append((booking.ref, about(booking, by="household", was=was, end=booking.end.isoformat(),
                                        series=str(series))))
    calendars.seat_all(seats=[Seat(each.ref, each.worker.no, time.start, time.until) for each, time in times])
    db.session.flush()
    ledger.append_many(facts.HOLD_MOVED, about=told, actor=by)


def reseat_all(*, bookings: Sequence[Booking], worker: Worker, price: Price, by: str, series: UUID) -> None:
    """Give locked holds nobody began to pay to another worker of the firm, at her price: each is quoted anew.

    Raises StepNotPossible; SlotsTaken, after which nothing must be committed.
    """
    told = []
    quotes = [_quote(Terms(each.household_id, worker, each.service, each.address_id, each.member_id, price),
                     each.start, each.end, each.answer_minutes) for each in bookings]
    db.session.add_all(quotes)
    db.session.flush()
    for booking, quote in zip(bookings, quotes, strict=True):
        BOOKING.move(booking, "reseat_hold", party="series")
        was = _was(booking)
        booking.quote_id, booking.worker_id = quote.id, worker.id
        booking.lines, booking.policy, booking.total_fen = price.lines, price.policy, price.total_fen
        told.append((booking.ref, about(booking, by="household", was=was, end=booking.end.isoformat(),
                                        series=str(series), total=booking.total_fen)))
    calendars.seat_all(seats=[Seat(each.ref, worker.no, each.start, each.end) for each in bookings])
    db.session.flush()
    for booking in bookings:
        db.session.expire(booking, ["worker"])
    ledger.append_many(facts.HOLD_RESEATED, about=told, actor=by)


def _was(booking: Booking) -> dict[str, str]:
    return {"worker": str(booking.worker_id), "start": booking.start.isoformat(), "end": booking.end.isoformat()}


def quote_cancelling(bookings: Sequence[Booking]) -> list[cancelling.Cancellation]:
    """What cancelling each of a household's bookings would cost it now. Raises StepNotPossible."""
    now = clock.now()
    for booking in bookings:
        BOOKING.find("cancel", state=booking.state, party="household")
    return [cancelling.cancellation(booking, now, booking.barred) for booking in bookings]


def cancel_all(*, bookings: Sequence[Booking], expected_refund: int, by: str, series: UUID) -> None:
    """Cancel locked bookings of a household, each by its own policy, for exactly the refund quoted for all of them.

    Raises StepNotPossible, CancellationQuoteChanged.
    """
    found, now = quote_cancelling(bookings), clock.now()
    refund, fee = sum(each.refund_fen for each in found), sum(each.fee_fen for each in found)
    if refund != expected_refund:
        raise CancellationQuoteChanged(**cancelling.figures(cancelling.Cancellation(fee, refund, None, "", "")))
    more: Mapping[UUID, dict[str, Any]] = {
        booking.id: {"by": "household", "notice_minutes": cancelling.notice(booking, now), "fee": each.fee_fen,
                     "refund": each.refund_fen, "series": str(series)}
        for booking, each in zip(bookings, found, strict=True)}
    close_all(bookings, "cancel", party="household", by=by, more=more)


def let_go(*, bookings: Sequence[Booking], series: UUID) -> None:
    """Let locked unpaid visits go together; of those somebody began to pay, payments does so as soon as it may."""
    for booking in bookings:
        if booking.payment_begun_at is not None:
            booking.expires_at = min(booking.expires_at, clock.now())
    at_once = [booking for booking in bookings if booking.payment_begun_at is None]
    close_all(at_once, "expire", party="system", by=ledger.SYSTEM,
              more={booking.id: {"series": str(series)} for booking in at_once})


def answered(*, booking: Booking, expires_at: datetime) -> None:
    """A locked hold whose family was asked whether it wants it is kept until another moment."""
    booking.expires_at = expires_at
