"""A booking that is given up, and money given back for one."""

from uuid import UUID

from qiaojiejie.booking import errors, facts, queries, rules
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.rules import cancelling, days, windows
from qiaojiejie.booking.service.records import close, record
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.errors import NotYourStep, StepNotPossible


def quote_cancellation(*, actor: Actor, booking_id: UUID) -> cancelling.Cancellation:
    """What cancelling would cost the household now, and until when. Raises NotYourStep, StepNotPossible."""
    booking, party = queries.of_party(actor, booking_id)
    BOOKING.find("cancel", state=booking.state, party=party)
    return cancelling.cancellation(booking, clock.now(), booking.barred)


def cancel(*, actor: Actor, booking_id: UUID, expected_refund: int) -> queries.Shown:
    """Cancel by the household for exactly the refund it was quoted, in fen.

    Raises NotYourStep, StepNotPossible, CancellationQuoteChanged (with the new figures).
    """
    booking, party = queries.of_party(actor, booking_id, lock=True)
    BOOKING.find("cancel", state=booking.state, party=party)
    found = cancelling.cancellation(booking, clock.now(), booking.barred)
    if found.refund_fen != expected_refund:
        raise errors.CancellationQuoteChanged(**cancelling.figures(found))
    close(booking, "cancel", party=party, by=actor.ref, refund=found.refund_fen,
          more={"by": party, "notice_minutes": cancelling.notice(booking, clock.now()), "fee": found.fee_fen})
    return queries.Shown(booking, party)


def undo(*, booking_id: UUID, by: str) -> int:
    """What was booked on behalf of a household is taken back at once, free of charge; how many fen come back.

    Whoever calls says until when that may be. Raises StepNotPossible.
    """
    booking = queries.get(booking_id, lock=True)
    close(booking, "cancel", party="household", by=by, refund=booking.paid_fen, because="undone",
          more={"by": "household", "notice_minutes": cancelling.notice(booking, clock.now()), "fee": 0})
    return booking.refund_fen


def turn_down(*, actor: Actor, booking_id: UUID, reason: str) -> queries.Shown:
    """The worker withdraws or the firm declines; everything that was paid is refunded.

    Unpaid, a visit of a series alone is turned down. ``reason``: one of rules.WITHDRAWAL_REASONS or DECLINE_REASONS.
    Raises NotYourStep, StepNotPossible.
    """
    booking, party = queries.of_party(actor, booking_id, lock=True)
    step, now = "withdraw" if party == "worker" else "decline", clock.now()
    BOOKING.find(step, state=booking.state, party=party)
    if not rules.turned_down(step, booking.state, booking.payable_from):
        raise StepNotPossible(step=step, state=booking.state, state_name=BOOKING.states[booking.state])
    early = booking.state == "held" and booking.payable_from is not None and now < booking.payable_from
    excuse = {name: True for name, so in (("asked", booking.state == "asked"), ("early", early)) if so}
    close(booking, step, party=party, by=actor.ref, refund=booking.paid_fen, because=reason, more={
        "by": party, "notice_minutes": cancelling.notice(booking, now), "fee": 0, "reason": reason,
        "barred": booking.barred, **excuse})
    return queries.Shown(booking, party)


def report_absence(*, actor: Actor, booking_id: UUID) -> queries.Shown:
    """One side waited 15 minutes from the start and the other did not come: the worker for the household, the
    household for the worker or her firm. Stays open until someone says what happened.

    Raises StepNotPossible, BeginningNotSaid, TooEarly; BalanceDue where she could not have begun before the household
    pays the rest.
    """
    booking, party = queries.of_party(actor, booking_id, lock=True)
    step = "miss_worker" if party == "household" else "miss_household"
    BOOKING.find(step, state=booking.state, party=party)
    windows.check_said(booking)
    if step == "miss_worker":
        days.check_paid(booking)
    rules.check_window(now=clock.now(), earliest=booking.start + rules.ABSENT_AFTER)
    fee = 0 if step == "miss_worker" or booking.barred else cancelling.no_show_fee(
        booking.policy, booking.total_fen, booking.paid_fen)
    close(booking, step, party=party, by=actor.ref, refund=booking.paid_fen - fee, more={"by": party, "fee": fee})
    return queries.Shown(booking, party)


def grant_refund(*, actor: Actor, booking_id: UUID, amount: int, reason: str) -> queries.Shown:
    """The firm gives ``amount`` fen of what it was or will be paid back to the family.

    Raises NotYourStep, RefundNotNow, RefundExceedsKept.
    """
    booking, party = queries.of_party(actor, booking_id, lock=True)
    if party != "firm":
        raise NotYourStep(step="grant_refund")
    rules.check_grant(booking, amount)
    booking.refund_fen += amount
    record(facts.REFUND_GRANTED, booking, actor.ref, by=party, refund=amount, reason=reason)
    return queries.Shown(booking, party)


def count_back(*, booking: Booking, total: int) -> None:
    """``total`` fen of a locked booking have gone back to the family or will, some of it by its bank: it keeps no more
    than the rest, and nobody can give that much back again."""
    booking.refund_fen = max(booking.refund_fen, min(total - booking.returned_fen, booking.paid_fen))
