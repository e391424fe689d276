"""Draw a receipt of what a family paid for a booking."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.core.access import Actor
from qiaojiejie.identity import queries as identity
from qiaojiejie.invoices import rules
from qiaojiejie.invoices.errors import NothingPaid
from qiaojiejie.invoices.queries import money
from qiaojiejie.transparency.rules import canonical


def receipt(*, actor: Actor, booking_id: UUID) -> dict[str, Any]:
    """A receipt (rules.receipt) with the SHA-256 of what it says; who pays is masked.

    Raises BookingNotFound, NothingPaid.
    """
    booking, _ = bookings.of_party(actor, booking_id)
    paid = money.payments(booking_id)
    if not paid:
        raise NothingPaid()
    payer = identity.account(booking.household.account_id)
    figures = rules.receipt(
        booking_id=booking.id, lines=booking.lines, total_fen=booking.total_fen, decided_fen=booking.decided_fen,
        paid=paid, back=money.refunds(booking_id), about={
            "payer": f"{payer.name.masked} {payer.phone.masked}" if payer.name else payer.phone.masked,
            "firm_name": booking.firm.name, "worker_called": booking.worker.called,
            "service_name": booking.service.name, "start": booking.start, "end": booking.end,
            "state": booking.state, "state_name": BOOKING.states[booking.state]})
    return {**figures, "sha256": sha256(canonical(rules.told(figures))).hexdigest()}


def paper(*, actor: Actor, booking_id: UUID) -> bytes:
    """The receipt as PDF. Raises BookingNotFound, NothingPaid."""
    figures = receipt(actor=actor, booking_id=booking_id)
    from qiaojiejie.invoices.rules import paper

    return paper.pdf(figures, sha256=figures["sha256"])
