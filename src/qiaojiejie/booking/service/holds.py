"""Hold her time, and let it go unless it is paid."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm.attributes import set_committed_value

from qiaojiejie.booking import errors, facts, queries, rules
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.booking.queries import overdue, pricing
from qiaojiejie.booking.rules import days, windows
from qiaojiejie.booking.service.records import close, expire_all, record
from qiaojiejie.booking.service.requests import ask, stand
from qiaojiejie.calendars import service as calendars
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import NotYourStep
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.coupons import service as coupons
from qiaojiejie.coupons.rules import line_of
from qiaojiejie.households import queries as households_queries
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages

BATCH = 100


def book(*, actor: Actor, quote_id: UUID, note: str | None = None,
         held_for: timedelta = rules.HELD_FOR) -> queries.Shown:
    """Hold the worker's time, travel included, for ten minutes, or longer.

    Raises HouseholdNotFound, QuoteNotFound, QuoteUsed, QuoteExpired, TooManyHolds, OnBlockList, WorkerNotBookable,
    WorkerNotEligible, SlotTaken, TooFarBetween, CouponGone.
    """
    pricing.check_not_gone(quote_id, actor.account_id)
    household = households_queries.of_account(actor.account_id, lock=True)  # its holds are counted: one at a time
    quoted, used, holds = pricing.to_hold(quote_id, household.id)
    if used:
        raise errors.QuoteUsed()
    if quoted.expires_at <= clock.now():
        raise errors.QuoteExpired()
    return _hold(actor, quoted, holds, None if note is None else Sealed("text", note), held_for)


def hold(*, actor: Actor, quoted: Quote, note: Sealed | None) -> queries.Shown:
    """Hold what was quoted to a household that is locked; of ``quoted`` nothing stands yet.

    Raises TooManyHolds, OnBlockList, WorkerNotBookable, WorkerNotEligible, SlotTaken, CouponGone.
    """
    return _hold(actor, quoted, queries.holds(quoted.household_id), note, rules.HELD_FOR)


def _hold(actor: Actor, quoted: Quote, holds: int, note: Sealed | None, held_for: timedelta) -> queries.Shown:
    if holds >= rules.MOST_HOLDS:
        raise errors.TooManyHolds(most=rules.MOST_HOLDS)
    pricing.check_papers(quoted.worker, quoted.firm_id, quoted.service, quoted.start, quoted.end)
    made = _made(quoted, note, held_for)
    calendars.engage_all(worker_no=quoted.worker.no, spans=made.spans, ref=made.ref, cell=quoted.address.cell)
    db.session.add(made)
    db.session.flush()
    _use_coupon(made)
    record(facts.HELD, made, actor.ref, end=made.end.isoformat(), total=made.total_fen,
           expires_at=made.expires_at.isoformat())
    return queries.Shown(made, "household")


def _made(quoted: Quote, note: Sealed | None, held_for: timedelta) -> Booking:
    now = clock.now()
    made = Booking(
        id=ids.new(), quote_id=quoted.id, household_id=quoted.household_id, worker_id=quoted.worker_id,
        firm_id=quoted.firm_id, service_code=quoted.service_code, address_id=quoted.address_id,
        member_id=quoted.member_id, during=quoted.during,
        state=BOOKING.initial, lines=quoted.lines, policy=quoted.policy, total_fen=quoted.total_fen, paid_fen=0,
        refund_fen=0, days=quoted.days, plan=quoted.plan, window_ends=windows.ends(quoted.plan),
        answer_minutes=quoted.answer_minutes, door_tries=0, complaint_open=False,
        door_code=Sealed("text", new_door_code()), created_at=now,
        note=note, expires_at=now + held_for)
    for name in ("worker", "firm", "service", "address", "member"):  # known from the quote, not asked for again
        set_committed_value(made, name, getattr(quoted, name))
    return made


def _use_coupon(made: Booking) -> None:
    line = line_of(made.lines)
    if line is not None:
        coupons.use(coupon_id=UUID(line["coupon"]), household_id=made.household_id, booking_id=made.id,
                    amount=-line["amount"])


def new_door_code() -> str:
    """Four digits nobody can guess."""
    return f"{secrets.randbelow(10_000):04d}"


def renew_door_code(*, actor: Actor, booking_id: UUID) -> queries.Shown:
    """Give the household a fresh door code and the worker fresh tries. Raises NotYourStep, StepNotPossible."""
    booking, party = queries.of_party(actor, booking_id, lock=True)
    BOOKING.find("check_in", state=booking.state, party="worker")
    if party != "household":
        raise NotYourStep(step="renew_door_code")
    booking.door_code, booking.door_tries = Sealed("text", new_door_code()), 0
    return queries.Shown(booking, party)


def begin_payment(*, booking_id: UUID, actor: Actor, part: str | None = None) -> Booking:
    """The household is about to pay what is due: from now on only payments lets the hold expire. Locks the booking.

    ``part``: what it means to pay. Raises BookingNotFound, NotYourStep, StepNotPossible, OnBlockList, HoldExpired,
    TooEarly, TooLate, PartNotDue.
    """
    booking, party = queries.of_party(actor, booking_id, lock=True)
    if party != "household":
        raise NotYourStep(step="confirm_payment")
    now, due = clock.now(), booking.due
    if booking.state == "held" or due is None:
        BOOKING.find("confirm_payment", state=booking.state, party="system")
        rules.check_payable(booking, now, booking.barred)
    else:
        days.check_balance(booking, due["payable_from"], now, booking.barred)
    if due is not None and part not in (None, due["part"]):
        raise errors.PartNotDue(part=part, due=due["part"])
    if booking.state == "confirmed":
        booking.balance_begun_at = now
    booking.payment_begun_at = booking.payment_begun_at or now
    return booking


def confirm_payment(*, booking_id: UUID, part: str = "full") -> bool:
    """A part of the money came, or all of it: it stands, or the firm is asked. True when it counts (told twice, too);
    False: it is not what is to be paid: the hold is gone, or she is barred, or the booking is over."""
    booking, now = queries.get(booking_id, lock=True), clock.now()
    if booking.state == "held" and booking.barred:
        close(booking, "expire", party="system", by=ledger.SYSTEM)
    if part == "full" and booking.paid_fen == booking.total_fen:
        return True
    paid = days.paid_after(booking.parts, part, booking.paid_fen)
    if paid is None or booking.state not in ("held", "confirmed"):
        return False
    came, booking.paid_fen = paid - booking.paid_fen, paid
    if booking.state == "held" and booking.answer_minutes is not None:
        ask(booking, now, came)
        return True
    row = BOOKING.move(booking, "confirm_payment" if booking.state == "held" else "pay_balance", party="system")
    stand(booking, now)
    record(row.fact, booking, ledger.SYSTEM, paid=came)
    return True


def remind_due() -> None:
    """Tell families that their balance is due, 3 days and 1 day before the start, a batch of them."""
    now = clock.now()
    for booking in overdue.due_to_remind(now, BATCH):
        due, at = booking.due, booking.remind_at
        booking.remind_at = days.reminder(booking.start, now)
        if due is not None:
            data = rules.news_data(booking=str(booking.id), service_name=booking.service.name, amount_fen=due["amount"],
                                   worker_called=booking.worker.called, start=clock.local(booking.start))
            messages.notify(account_id=booking.household.account_id, kind="booking_balance_due", data=data,
                            key=f"balance:{booking.id}:{at}")


def expire(*, booking_id: UUID) -> None:
    """Let a hold go, when it still is one."""
    booking = queries.get(booking_id, lock=True)
    if booking.state == "held":
        close(booking, "expire", party="system", by=ledger.SYSTEM)


def expire_due() -> None:
    """Let holds go that nobody began to pay in time, a batch of them."""
    expire_all(overdue.due_to_expire(clock.now(), BATCH), by=ledger.SYSTEM)
