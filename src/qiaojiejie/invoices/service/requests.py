"""Ask for an invoice; issue, refuse, withdraw, void it. The booking is locked before its request, and with it what is
kept of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qiaojiejie.booking import queries as bookings
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, violated
from qiaojiejie.core.errors import Refusal
from qiaojiejie.identity import service as identity
from qiaojiejie.invoices import facts, rules
from qiaojiejie.invoices.errors import (
    InvoiceAlreadyRequested, InvoiceFileNotYours, InvoiceNumberTaken, InvoiceTitleClosed)
from qiaojiejie.invoices.lifecycle import INVOICE, LIVE
from qiaojiejie.invoices.models import InvoiceRequest
from qiaojiejie.invoices.queries import money, requests, titles
from qiaojiejie.ledger import service as ledger
from qiaojiejie.media import queries as media
from qiaojiejie.media.models import Media


def ask(*, actor: Actor, booking_id: UUID, title_id: UUID, kind: str) -> InvoiceRequest:
    """A family asks for an invoice of what is kept of a booking, made out to one of its titles.

    ``kind``: rules.KINDS. Raises BookingNotFound, InvoiceTitleNotFound, KindNeedsCompany, NothingKept, InvoiceNotYet,
    InvoiceTooLate, InvoiceAlreadyRequested.
    """
    booking, _ = bookings.of_party(actor, booking_id, lock=True)
    title = titles.own(actor.account_id, title_id)
    rules.check_kind(kind=kind, title_kind=title.kind)
    now, kept = clock.now(), money.kept(booking)
    over_on = booking.closed_at and clock.local(booking.closed_at).date()
    rules.check_askable(state=booking.state, over_on=over_on, kept_fen=kept, today=clock.today())
    made = InvoiceRequest(
        booking_id=booking.id, household_id=booking.household_id, firm_id=booking.firm_id, state=INVOICE.initial,
        kind=kind, amount_fen=kept, title_kind=title.kind, name=title.name, uscc=title.uscc, email=title.email,
        asked_at=now, due_on=rules.due_on(clock.today()), changed_at=now)
    with _unique("uq_invoice_request_live", InvoiceAlreadyRequested()):
        db.session.add(made)
    record(facts.REQUESTED, made, actor.ref, kind=kind, due_on=made.due_on.isoformat())
    return requests.get(made.id)


def issue(*, actor: Actor, request_id: UUID, number: str, issued_on: date, media_id: UUID | None) -> InvoiceRequest:
    """The firm issued the invoice: its number of 20 digits, its day, its file if there is one.

    Raises InvoiceRequestNotFound, NotYourStep, StepNotPossible, InvoiceFileNotYours, InvoiceAmountChanged,
    InvoiceDayDoesNotFit, InvoiceNumberTaken.
    """
    found, party = _locked(actor, request_id)
    INVOICE.find("issue", state=found.state, party=party)
    if media_id is not None:
        _require_file(found.firm_id, media_id)
    rules.check_unchanged(asked_fen=found.amount_fen, kept_fen=money.kept(bookings.get(found.booking_id)))
    rules.check_issue(number=number, issued_on=issued_on, asked_on=clock.local(found.asked_at).date(),
                      today=clock.today())
    with _unique("uq_invoice_request_number", InvoiceNumberTaken()):
        row = INVOICE.move(found, "issue", party=party)
        found.number, found.issued_on, found.media_id = number, issued_on, media_id
        found.changed_at = clock.now()
    record(row.fact, found, actor.ref, number=number, issued_on=issued_on.isoformat())
    return found


def refuse(*, actor: Actor, request_id: UUID, reason: str) -> InvoiceRequest:
    """The firm does not issue it; ``reason``: rules.REFUSALS. The family may ask anew.

    Raises InvoiceRequestNotFound, NotYourStep, StepNotPossible.
    """
    return _end(actor, request_id, "refuse", reason=reason)


def withdraw(*, actor: Actor, request_id: UUID) -> InvoiceRequest:
    """The family takes its request back. Raises InvoiceRequestNotFound, NotYourStep, StepNotPossible."""
    return _end(actor, request_id, "withdraw")


def void(*, actor: Actor, request_id: UUID, reason: str, red_number: str | None) -> InvoiceRequest:
    """The firm took the invoice back by a red one (红冲); ``reason``: rules.VOIDINGS. The family may ask anew.

    Raises InvoiceRequestNotFound, NotYourStep, StepNotPossible.
    """
    return _end(actor, request_id, "void", reason=reason, red_number=red_number)


def look(*, actor: Actor, request_id: UUID) -> InvoiceRequest:
    """The request with its title in plain text, to the firm that works on it; the look is recorded.

    Raises InvoiceRequestNotFound, InvoiceTitleClosed.
    """
    found, _ = requests.of_party(actor, request_id)
    if found.state not in LIVE:
        raise InvoiceTitleClosed()
    _look(actor, found, "title")
    return found


def open_file(*, actor: Actor, request_id: UUID) -> tuple[Media, bytes]:
    """The invoice's file, to the family and the firm; the firm's look is recorded.

    Raises InvoiceRequestNotFound, InvoiceFileNotFound, MediaNotFound, Unavailable.
    """
    found, party, stored = requests.file(actor, request_id)
    if party == "firm":
        _look(actor, found, "file")
    return stored, requests.read_file(stored)


def record(fact: str, found: InvoiceRequest, by: str, /, **more: Any) -> None:
    """Write a fact about a request."""
    ledger.append(fact, subject=found.ref, actor=by, data={
        "booking": str(found.booking_id), "household": str(found.household_id), "firm": str(found.firm_id),
        "amount": found.amount_fen, **more})


def _end(actor: Actor, request_id: UUID, step: str, **why: str | None) -> InvoiceRequest:
    found, party = _locked(actor, request_id)
    row = INVOICE.move(found, step, party=party)
    for name, value in why.items():
        setattr(found, name, value)
    found.changed_at = clock.now()
    db.session.flush()
    record(row.fact, found, actor.ref, **({"reason": why["reason"]} if "reason" in why else {}))
    return found


def _locked(actor: Actor, request_id: UUID) -> tuple[InvoiceRequest, str]:
    found, _ = requests.of_party(actor, request_id)
    bookings.get(found.booking_id, lock=True)
    return requests.of_party(actor, request_id, lock=True)


def _require_file(firm_id: UUID, media_id: UUID) -> None:
    stored = media.find(media_id)
    if stored is None or stored.kind != "document" or stored.org_id != firm_id:
        raise InvoiceFileNotYours()


def _look(actor: Actor, found: InvoiceRequest, field: str) -> None:
    identity.look(actor=actor, subject=found.ref, field=field, reason=f"booking:{found.booking_id}")


@contextmanager
def _unique(constraint: str, refusal: Refusal) -> Iterator[None]:
    """What would break a constraint is refused."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        if violated(error) == constraint:
            raise refusal from error
        raise
