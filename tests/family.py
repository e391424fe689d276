"""A family about to pay: its hands on the API and on the pay page."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.booking.models import Booking
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests import factories
from tests.stripe_sandbox import StripeSandbox

LINES = [{"line": "wage", "name": "服务人员劳务费", "amount": 12000},
         {"line": "firm_fee", "name": "企业服务费", "amount": 1400},
         {"line": "platform_fee", "name": "平台服务费", "amount": 400}]


class Family:
    """A household with a held booking of 138 yuan (400 fen of it the platform's), its hands on API and pay page."""

    def __init__(self, client: FlaskClient, stripe: StripeSandbox, run_jobs: Callable[[], int]) -> None:
        self.client, self.stripe, self.run_jobs = client, stripe, run_jobs
        self.booking: Booking = factories.booking("held", lines=LINES)
        self.headers = factories.headers(db.session.get_one(Account, self.booking.household.account_id))

    def begin(self, method: str = "wechat_pay", **headers: str) -> Any:
        """Ask to pay."""
        return self.client.post(f"/api/v1/bookings/{self.booking.id}/payment", json={"method": method},
                                headers={**self.headers, **headers})

    def intent(self) -> str:
        """The intent at Stripe."""
        found = db.session.execute(sa.text(
            "SELECT intent_id FROM payment WHERE booking_id = :id ORDER BY created_at DESC, id DESC LIMIT 1"),
            {"id": self.booking.id}).scalar_one()
        return str(found)

    def press(self, action: str = "pay") -> None:
        """Press a button of the pay page."""
        answer = self.stripe.act(self.intent(), action)
        assert answer.ok, answer.text

    def hear(self) -> None:
        """The service hears every event so far, in order, and works on them."""
        for event in self.stripe.events(self.intent()):
            assert self.stripe.deliver(self.client, event).status_code == 200
        self.run_jobs()

    def paid(self, method: str = "wechat_pay") -> None:
        """Pay, and have it heard."""
        assert self.begin(method).status_code == 201
        self.press()
        self.hear()
        assert self.state() == "confirmed"

    def state(self) -> str:
        """The booking's state."""
        db.session.expire_all()
        return self.booking.state

    def payment(self) -> Any:
        """The payment as the household sees it."""
        return self.client.get(f"/api/v1/bookings/{self.booking.id}/payment", headers=self.headers).json

    def refunds(self) -> Any:
        """The refunds as the household sees them."""
        answer: Any = self.client.get(f"/api/v1/bookings/{self.booking.id}/refunds", headers=self.headers)
        return answer.json["items"]

    def cancel(self, refund: int) -> None:
        """Cancel for the refund quoted."""
        answer = self.client.post(f"/api/v1/bookings/{self.booking.id}/cancellations", headers=self.headers,
                                  json={"expected_refund": refund})
        assert answer.status_code == 200, answer.json

    def notices(self) -> list[str]:
        """Kinds of the notifications the family has, in order."""
        return list(db.session.execute(sa.text("SELECT kind FROM notification WHERE account_id = :id ORDER BY id"),
                                       {"id": self.booking.household.account_id}).scalars())


@pytest.fixture()
def books_balance(world: sa.Connection) -> Iterator[None]:
    """When the test is over nothing is wrong in the books."""
    yield
    db.session.flush()
    assert world.execute(sa.text("SELECT * FROM ledger_health")).all() == []


@pytest.fixture()
def family(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int],
           books_balance: None) -> Family:
    """A family with a held booking, at a Stripe that behaves."""
    return Family(client, stripe_sandbox, run_jobs)
