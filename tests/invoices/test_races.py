"""Two at once, on a database that really commits."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from qiaojiejie.booking import service as booking
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.invoices import service as invoices
from tests import factories, races
from tests.invoices.scene import NUMBER, TOTAL, payment


def place(city: Flask) -> tuple[Actor, Actor, UUID, UUID]:
    """A family and its firm's manager, a completed booking, a title."""
    with city.app_context():
        made = factories.booking("completed", closed_at=clock.now())
        payment(made)
        family = Actor(made.household.account_id, ids.new(), Role.HOUSEHOLD, None)
        firm = Actor(factories.manager_of(made.firm).id, ids.new(), Role.FIRM_MANAGER, made.firm_id)
        title = invoices.add_title(actor=family, kind="personal", name="王小明", uscc=None, email=None).id
        booking_id = made.id
        db.session.commit()
    return family, firm, booking_id, title


def asking(family: Actor, booking_id: UUID, title: UUID) -> Callable[[], Any]:
    """Ask for an invoice; its id."""
    return lambda: str(invoices.ask(actor=family, booking_id=booking_id, title_id=title, kind="electronic_ordinary").id)


def test_of_many_who_ask_at_once_one_does(city: Flask) -> None:
    family, _, booking_id, title = place(city)
    told = races.at_once(city, [asking(family, booking_id, title)] * 4)
    assert sorted(each for each in told if each == "InvoiceAlreadyRequested") == ["InvoiceAlreadyRequested"] * 3
    with city.app_context():
        assert db.session.execute(sa.text("SELECT count(*) FROM invoice_request")).scalar_one() == 1


def test_withdrawn_or_issued_at_once_is_one_of_the_two(city: Flask) -> None:
    family, firm, booking_id, title = place(city)
    [request] = races.at_once(city, [asking(family, booking_id, title)])
    told = races.at_once(city, [
        lambda: invoices.withdraw(actor=family, request_id=UUID(request)) and None,
        lambda: invoices.issue(actor=firm, request_id=UUID(request), number=NUMBER, issued_on=clock.today(),
                               media_id=None) and None])
    assert sorted(map(str, told)) == ["StepNotPossible", "done"]


def test_an_invoice_issued_while_money_goes_back_is_refused_or_flagged_never_wrong(city: Flask) -> None:
    family, firm, booking_id, title = place(city)
    [request] = races.at_once(city, [asking(family, booking_id, title)])

    def give_back() -> None:
        booking.grant_refund(actor=firm, booking_id=booking_id, amount=800, reason="quality")

    told = races.at_once(city, [give_back, lambda: invoices.issue(
        actor=firm, request_id=UUID(request), number=NUMBER, issued_on=clock.today(), media_id=None) and None])
    races.at_once(city, [lambda: invoices.compare(booking_id=booking_id)] * 2)
    with city.app_context():
        [row] = db.session.execute(sa.text("SELECT state, kept_fen FROM invoice_request")).all()
        facts = db.session.execute(sa.text(
            "SELECT count(*) FROM ledger_entry WHERE fact = 'invoice.amount_changed'")).scalar_one()
    assert told[0] == "done" and row.kept_fen == TOTAL - 800 and facts == 1
    assert (told[1], row.state) in [("done", "issued"), ("InvoiceAmountChanged", "requested")]
