"""What was paid for and not accepted goes back to the fen; what was accepted is kept."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from qiaojiejie.booking import facts as booking_facts
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.credit.queries import event_leaves
from qiaojiejie.firms.models import Firm
from qiaojiejie.ledger import queries as ledger
from tests import factories
from tests.family import Family
from tests.refunds.test_service import TOTAL, balances, states


@pytest.fixture()
def asking(family: Family) -> Family:
    """A family that has paid, and whose firm is asked."""
    family.booking.answer_minutes = 60
    db.session.flush()
    assert family.begin().status_code == 201
    family.press()
    family.hear()
    assert family.state() == "asked"
    return family


def by_firm(family: Family, path: str, **body: str) -> None:
    """The firm answers."""
    firm = db.session.get_one(Firm, family.booking.firm_id)
    headers = factories.headers(factories.manager_of(firm), Role.FIRM_MANAGER, firm.id)
    answer = family.client.post(f"/api/v1/bookings/{family.booking.id}/{path}", headers=headers, json=body or None)
    assert answer.status_code == 200, answer.json


def test_while_the_firm_is_asked_all_of_it_is_held(asking: Family, world: sa.Connection) -> None:
    assert balances(world) == {"stripe_clearing": TOTAL, "escrow": -TOTAL}
    assert world.execute(sa.text("SELECT * FROM ledger_health")).all() == []
    by_firm(asking, "acceptances")
    asking.run_jobs()
    assert asking.state() == "confirmed" and balances(world) == {"stripe_clearing": TOTAL, "escrow": -TOTAL}


def test_a_declined_request_goes_back_to_the_fen(asking: Family, world: sa.Connection) -> None:
    by_firm(asking, "declines", reason="overbooked")
    asking.run_jobs()
    asking.hear()
    assert states(asking) == ["succeeded"] and balances(world) == {}
    assert [refund["amount"] for refund in asking.stripe.refunds(asking.intent())] == [TOTAL]


def test_an_unanswered_request_goes_back_to_the_fen_once(asking: Family, world: sa.Connection,
                                                         sweep: Callable[[str], None]) -> None:
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        for _ in range(2):
            sweep("booking.tasks.lapse_unanswered")
            asking.run_jobs()
        asking.hear()
    assert asking.state() == "declined" and states(asking) == ["succeeded"] and balances(world) == {}
    assert asking.refunds()[0]["because"] == "booking.lapsed"
    assert [refund["amount"] for refund in asking.stripe.refunds(asking.intent())] == [TOTAL]


def test_a_family_that_cancels_before_the_answer_pays_nothing(asking: Family, world: sa.Connection) -> None:
    asking.cancel(TOTAL)
    asking.run_jobs()
    asking.hear()
    assert states(asking) == ["succeeded"] and balances(world) == {}


def test_the_public_log_knows_a_paid_request_as_paid_once(asking: Family, world: sa.Connection) -> None:
    by_firm(asking, "acceptances")
    leaves = event_leaves(ledger.about(f"booking:{asking.booking.id}", *booking_facts.PAID))
    assert [leaf.type for leaf in leaves.values()] == ["order_paid"]
