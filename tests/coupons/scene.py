"""A family that books a cleaner of a firm, with coupons: quote, book, pay, over the API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.coupons import service as coupons
from qiaojiejie.coupons.models import Coupon
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity.models import Account
from tests import factories
from tests.family import Family
from tests.stripe_sandbox import StripeSandbox

#: three hours of cleaning at 40 yuan: wage, the firm's fee, insurance, the platform's fee
WAGE, FIRM_FEE, INSURANCE, FEE = 12000, 1800, 200, 240
TOTAL = WAGE + FIRM_FEE + INSURANCE + FEE


def officer() -> Actor:
    """The federation's administrator."""
    return Actor(factories.member(Role.FEDERATION_ADMIN).id, ids.new(), Role.FEDERATION_ADMIN, None)


def manager(of: Firm) -> Actor:
    """A manager of a firm."""
    return Actor(factories.manager_of(of).id, ids.new(), Role.FIRM_MANAGER, of.id)


def coupon(by: Actor | None = None, **terms: Any) -> Coupon:
    """A coupon of 20 yuan of the platform's, for everyone, this month, once a family, unless said otherwise."""
    today = clock.today()
    return coupons.issue(actor=by or officer(), **{
        "name": "立减 20 元", "kind": "amount", "amount_fen": 2000, "permille": None, "most_fen": None, "least_fen": 0,
        "services": [], "categories": [], "audience": "everyone", "valid_from": today,
        "valid_until": today + timedelta(days=30), "most_uses": None, "most_per_household": 1, **terms})


class Customer(Family):
    """A family in whose district a cleaner works; its booking is made over the API."""

    def __init__(self, client: FlaskClient, stripe: StripeSandbox, run_jobs: Callable[[], int]) -> None:
        self.client, self.stripe, self.run_jobs = client, stripe, run_jobs
        self.household = factories.household()
        self.account = db.session.get_one(Account, self.household.account_id)
        self.headers = factories.headers(self.account)
        self.worker = factories.worker_with_account(services={"cleaning": 4000, "tutoring": 8000})
        self.firm = db.session.get_one(Firm, self.worker.firm_id)
        self.place = factories.address(self.household).id

    def quote(self, code: str | None = None, **changes: Any) -> Any:
        """Ask what three hours tomorrow at ten cost, with a coupon."""
        return self.client.post("/api/v1/quotes", headers=self.headers, json={
            "worker_id": str(self.worker.id), "service_code": "cleaning", "address_id": str(self.place),
            "start": factories.tomorrow().isoformat(), "minutes": 180, "coupon_code": code, **changes})

    def book(self, quote: Any) -> Any:
        """Book what was quoted."""
        answer = self.client.post("/api/v1/bookings", headers=self.headers, json={"quote_id": quote.json["id"]})
        if answer.status_code == 201:
            self.booking = db.session.get_one(Booking, UUID(answer.json["id"]))
        return answer

    def holds(self, code: str | None = None, **changes: Any) -> Booking:
        """A booking that is held, with a coupon."""
        quoted = self.quote(code, **changes)
        assert quoted.status_code == 201, quoted.json
        booked = self.book(quoted)
        assert booked.status_code == 201, booked.json
        return self.booking

    def step(self, name: str, by: Account, **body: Any) -> None:
        """A step of the booking by one of its parties."""
        answer = self.client.post(f"/api/v1/bookings/{self.booking.id}/{name}", headers=factories.headers(by),
                                  json=body)
        assert answer.status_code in (200, 201), answer.json

    def served(self) -> None:
        """She came and went, and the family says that it was done."""
        she = db.session.get_one(Account, self.worker.account_id)
        with clock.frozen(self.booking.start):
            self.step("check-ins", she, door_code=self.booking.door_code.reveal())
        with clock.frozen(self.booking.end):
            self.step("check-outs", she)
            self.step("confirmations", self.account)
            self.run_jobs()


def counts(of: Coupon) -> tuple[int, int]:
    """How often a coupon is used now, and the fen that takes off."""
    db.session.flush()
    db.session.expire_all()
    return of.used, of.given_fen


def balances(world: sa.Connection) -> dict[str, int]:
    """Accounts that do not stand at zero, by the first part of their names."""
    db.session.flush()
    rows = world.execute(sa.text("SELECT split_part(account, ':', 1), sum(amount_fen)::int FROM posting GROUP BY 1"))
    return {account: fen for account, fen in rows if fen}
