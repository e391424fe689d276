"""A family that books over HTTP, from a quote on, and what the books, Stripe and its inbox say afterwards."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.households.models import Household
from qiaojiejie.identity.models import Account
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.family import Family
from tests.stripe_sandbox import StripeSandbox

API = "/api/v1"
#: her price an hour in fen: with it no share of the total is a whole number of fen
PRICE = 4333


class Booked(Family):
    """A family with a booking it quoted and made itself: three hours of cleaning, some days from now, at nine."""

    def __init__(self, client: FlaskClient, stripe: StripeSandbox, run_jobs: Callable[[], int],
                 worker: Worker | None = None, days: int = 3) -> None:
        self.client, self.stripe, self.run_jobs = client, stripe, run_jobs
        self.worker = worker or factories.worker_with_account(services={"cleaning": PRICE})
        workers.refresh(worker=self.worker)
        self.household: Household = factories.household()
        self.headers = factories.headers(db.session.get_one(Account, self.household.account_id))
        self.start = factories.tomorrow(9, days=days)
        self.answer = self.book()
        if self.answer.status_code == 201:
            self.booking = db.session.get_one(Booking, self.answer.json["id"])

    def book(self) -> Any:
        """Quote and book; the answer of the step that was refused, or of the last."""
        quote = self.client.post(f"{API}/quotes", headers=self.headers, json={
            "worker_id": str(self.worker.id), "service_code": "cleaning", "start": self.start.isoformat(),
            "minutes": 180, "address_id": str(factories.address(self.household).id)})
        if quote.status_code != 201:
            return quote
        made: Any = quote.json
        return self.client.post(f"{API}/bookings", headers=self.headers, json={"quote_id": made["id"]})

    @property
    def total(self) -> int:
        """What the visit costs in fen."""
        found: int = self.answer.json["total"]["amount"]
        return found

    def step(self, name: str, **body: Any) -> Any:
        """A step of the booking."""
        return self.client.post(f"{API}/bookings/{self.booking.id}/{name}", headers=self.headers, json=body or None)

    def worker_headers(self) -> dict[str, str]:
        """The worker, signed in."""
        return factories.headers(db.session.get_one(Account, self.worker.account_id))

    def free_again(self) -> bool:
        """Whether the worker can be booked for the same hours."""
        start = clock.local(self.start)
        found: Any = self.client.get(f"{API}/workers/{self.worker.id}/availability", query_string={
            "from": start.isoformat(), "until": start.replace(hour=23).isoformat(), "minutes": 180}).json
        return start.isoformat() in found["starts"]

    def history(self) -> list[str]:
        """The facts of the booking, in order."""
        found: Any = self.client.get(f"{API}/bookings/{self.booking.id}/history", headers=self.headers).json
        return [entry["fact"] for entry in found["items"]]

    def balances(self) -> dict[str, int]:
        """What this booking left on each account that does not stand at zero; debit positive."""
        db.session.flush()
        rows = db.session.execute(sa.text(
            "SELECT split_part(line.account, ':', 1), sum(line.amount_fen)::int FROM posting line"
            " JOIN posting_tx tx ON tx.id = line.tx_id WHERE tx.booking_id = :id GROUP BY 1"), {"id": self.booking.id})
        return {account: fen for account, fen in rows if fen}
