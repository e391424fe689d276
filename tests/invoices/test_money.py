"""What is kept of a booking, and what happens to its invoice when money goes back; paid through the stand-in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, strategies as st

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.invoices import rules
from qiaojiejie.invoices import service as invoices
from tests import factories
from tests.family import Family
from tests.invoices.scene import NUMBER, TOTAL, Scene, refund
from tests.refunds.test_grants import complete, grant, settle

Sweep = Callable[[str], None]


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_what_is_kept_is_never_less_than_nothing_nor_more_than_was_paid(paid: int, back: int, decided: int) -> None:
    kept = rules.kept(paid=paid, refunded=back, decided=decided)
    assert 0 <= kept <= paid and kept == max(0, paid - max(back, decided))


class Hands:
    """A paid, completed booking's family and firm, about its invoice."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.manager = factories.member(Role.FIRM_MANAGER, org_id=family.booking.firm_id)
        self.firm = factories.headers(self.manager)

    def post(self, path: str, who: dict[str, str], status: int, **body: Any) -> Any:
        """One request."""
        answer: Any = self.family.client.post(f"/api/v1{path}", headers=who, json=body)
        assert answer.status_code == status, answer.json
        return answer.json

    def ask(self, status: int = 201) -> Any:
        """Ask for an invoice in a person's name."""
        title = self.post("/me/invoice-titles", self.family.headers, 201, kind="personal", name="王小明")
        return self.post(f"/bookings/{self.family.booking.id}/invoice-requests", self.family.headers, status,
                         title_id=title["id"], kind="electronic_ordinary")

    def issue(self, request: Any, status: int = 200) -> Any:
        """The firm issues it."""
        return self.post(f"/invoice-requests/{request['id']}/issues", self.firm, status, number=NUMBER,
                         issued_on=clock.today().isoformat())

    def shown(self, request: Any) -> Any:
        """As the family sees it."""
        return self.family.client.get(f"/api/v1/invoice-requests/{request['id']}", headers=self.family.headers).json

    def changes(self) -> tuple[int, int]:
        """How often family and firm were told that the amount changed."""
        rows = db.session.execute(sa.text("SELECT account_id FROM notification WHERE kind = 'invoice_amount_changed'"))
        told = [row.account_id for row in rows]
        return told.count(self.family.booking.household.account_id), told.count(self.manager.id)


@pytest.fixture()
def hands(family: Family, world: sa.Connection, sweep: Sweep) -> Hands:
    """A booking that was paid and completed."""
    family.paid()
    complete(family, world, sweep)
    return Hands(family)


def test_money_that_goes_back_after_issuing_flags_the_invoice_and_tells_both_once_for_each_amount(
        hands: Hands) -> None:
    request = hands.ask()
    hands.issue(request)
    for number, back in enumerate((1, 3_333), 1):
        assert grant(hands.family, back) == (201, "")
        settle(hands.family)
        hands.family.run_jobs()
        assert hands.changes() == (number, number)
    shown = hands.shown(request)
    assert (shown["state"], shown["amount_changed"], shown["amount"]["amount"], shown["kept"]["amount"]) == (
        "issued", True, TOTAL, TOTAL - 3_334)
    hands.post(f"/invoice-requests/{request['id']}/voids", hands.firm, 200, reason="money_back")
    again = hands.ask()
    assert (again["amount"]["amount"], again["amount_changed"]) == (TOTAL - 3_334, False)


def test_what_was_asked_for_before_money_went_back_can_not_be_issued_even_before_the_job_ran(hands: Hands) -> None:
    request = hands.ask()
    assert grant(hands.family, 500) == (201, "")
    assert hands.issue(request, 409)["code"] == "InvoiceAmountChanged"
    settle(hands.family)
    assert hands.shown(request)["amount_changed"] and hands.changes() == (1, 1)
    assert hands.issue(request, 409)["code"] == "InvoiceAmountChanged"
    hands.post(f"/invoice-requests/{request['id']}/refusals", hands.firm, 200, reason="amount_changed")
    assert hands.ask()["amount"]["amount"] == TOTAL - 500


def test_all_of_it_given_back_leaves_nothing_to_invoice(hands: Hands) -> None:
    request = hands.ask()
    hands.issue(request)
    assert grant(hands.family, TOTAL) == (201, "")
    settle(hands.family)
    assert hands.shown(request)["kept"]["amount"] == 0
    hands.post(f"/invoice-requests/{request['id']}/voids", hands.firm, 200, reason="money_back")
    assert hands.ask(409)["code"] == "NothingKept"


def test_a_late_cancellation_is_invoiced_for_its_fee(family: Family) -> None:
    family.paid()
    with clock.frozen(family.booking.start - timedelta(hours=1)):
        family.cancel(TOTAL // 2)
        settle(family)
        assert Hands(family).ask()["amount"]["amount"] == TOTAL - TOTAL // 2


def test_a_lost_job_is_made_up_for_by_the_sweep_which_tells_once(scene: Scene, world: sa.Connection, sweep: Sweep,
                                                                 run_jobs: Callable[[], int]) -> None:
    asked = scene.ask()
    run_jobs()
    refund(scene.payment, 700, because="test.money")
    world.execute(sa.text("INSERT INTO ledger_entry (at, fact, subject, actor, data) VALUES"
                          " (now(), 'refund.requested', :booking, 'system', '{}')"),
                  {"booking": f"booking:{scene.booking.id}"})
    for _ in range(2):
        sweep("compare_again")
        invoices.compare(booking_id=scene.booking.id)
        run_jobs()
    assert scene.shown(asked)["kept"]["amount"] == TOTAL - 700
    assert scene.told(scene.manager.id) == ["invoice_requested", "invoice_amount_changed"]
