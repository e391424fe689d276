"""A family that engages a maternity nurse by days, all through the API and the pay page."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests import factories
from tests.stripe_sandbox import StripeSandbox

DAY = timedelta(days=1)
#: what a day costs: 500 yuan, 15 % for the firm, 2 % for the platform; 2 yuan of insurance once
PRICE = 50_000


class Engagement:
    """A household, a nurse of a firm, and everybody's hands on the API. ``starts``: so many days ahead, at nine."""

    def __init__(self, client: FlaskClient, stripe: StripeSandbox, run_jobs: Callable[[], int], days: int = 26,
                 starts: int = 10, service: str = "maternity_nurse", price: int = PRICE) -> None:
        self.client, self.stripe, self.run_jobs, self.days, self.service = client, stripe, run_jobs, days, service
        self.household, self.worker = factories.household(), factories.worker_with_account(services={service: price})
        self.worker.certificates = [
            {"title": code, "occupation": code, "level": 5, "verified": True, "valid_until": None}
            for code in ("maternity_carer", "domestic_worker", "elderly_carer", "infant_carer")]
        self.start = factories.tomorrow(9, days=starts)
        self.address = factories.address(self.household)
        self.family = self._headers(db.session.get_one(Account, self.household.account_id))
        self.nurse = self._headers(db.session.get_one(Account, self.worker.account_id))
        self.firm = self._headers(factories.member(Role.FIRM_MANAGER, self.worker.firm_id))
        self.mediator = self._headers(factories.member(Role.MEDIATOR))
        self.id: UUID | None = None
        db.session.execute(sa.text("DELETE FROM statutory_holiday"))  # whatever day it is today: each day counts once
        if days not in (13, 26, 42):
            db.session.execute(sa.text("UPDATE service SET day_counts = '{}'"))  # few days tell as much
        db.session.flush()

    @staticmethod
    def _headers(who: Account) -> dict[str, str]:
        """A session that outlasts the engagement."""
        made = factories.headers(who)
        db.session.execute(sa.text("UPDATE session SET expires_at = expires_at + interval '1 year'"))
        return made

    def post(self, path: str, who: dict[str, str], body: Any = None) -> Any:
        """One request."""
        return self.client.post(f"/api/v1{path}", headers=who, json=body)

    def quote(self, **changes: Any) -> Any:
        """Ask what it costs."""
        return self.post("/quotes", self.family, {
            "worker_id": str(self.worker.id), "service_code": self.service, "address_id": str(self.address.id),
            "start": self.start.isoformat(), "days": self.days, **changes})

    def book(self) -> Any:
        """Quote and hold."""
        quoted = self.quote()
        assert quoted.status_code == 201, quoted.json
        held = self.post("/bookings", self.family, {"quote_id": quoted.json["id"]})
        assert held.status_code == 201, held.json
        self.id = UUID(held.json["id"])
        return held.json

    def begin(self, **body: Any) -> Any:
        """Ask to pay what is due."""
        return self.post(f"/bookings/{self.id}/payment", self.family, {"method": "alipay", **body})

    def intent(self) -> str:
        """The newest intent at Stripe."""
        return str(db.session.execute(sa.text(
            "SELECT intent_id FROM payment WHERE booking_id = :id ORDER BY created_at DESC, id DESC LIMIT 1"),
            {"id": self.id}).scalar_one())

    def pay(self, **body: Any) -> None:
        """Pay what is due, and have it heard."""
        begun = self.begin(**body)
        assert begun.status_code == 201, begun.json
        assert self.stripe.act(self.intent()).ok
        self.hear()

    def hear(self) -> None:
        """Everything Stripe says so far is heard and worked on."""
        intents = db.session.execute(sa.text(
            "SELECT intent_id FROM payment WHERE booking_id = :id ORDER BY created_at, id"),
            {"id": self.id}).scalars().all()
        for event in [event for intent in intents for event in self.stripe.events(intent)]:
            assert self.stripe.deliver(self.client, event).status_code == 200
        self.run_jobs()

    def pay_all(self) -> None:
        """Deposit at once, balance two days before the start."""
        self.pay()
        with clock.frozen(self.start - 2 * DAY):
            if self.booking.due:
                self.pay()

    def arrive(self) -> Any:
        """She checks in on the first day at nine."""
        with clock.frozen(self.start):
            return self.post(f"/bookings/{self.id}/check-ins", self.nurse,
                             {"door_code": self.booking.door_code.reveal()})

    def under_way(self) -> "Engagement":
        """Booked, paid, begun."""
        self.book()
        self.pay_all()
        answer = self.arrive()
        assert answer.status_code == 200, answer.json
        return self

    def day(self, number: int) -> date:
        """The ``number``-th day, from 1."""
        return clock.local(self.start).date() + (number - 1) * DAY

    def evening(self, number: int) -> datetime:
        """Nine in the evening of the ``number``-th day."""
        return self.start + (number - 1) * DAY + timedelta(hours=12)

    def write_down(self, number: int, minutes: int = 600, who: dict[str, str] | None = None,
                   at: datetime | None = None) -> Any:
        """She writes a day down in its evening."""
        with clock.frozen(at or self.evening(number)):
            return self.post(f"/bookings/{self.id}/workdays", who or self.nurse,
                             {"day": self.day(number).isoformat(), "minutes": minutes})

    def answer(self, workday: str, answer: str, who: dict[str, str] | None = None, at: datetime | None = None,
               **more: Any) -> Any:
        """Somebody says something of a day, the family unless it is said."""
        with clock.frozen(at or clock.now()):
            return self.post(f"/workdays/{workday}/answers", who or self.family, {"answer": answer, **more})

    def work(self, number: int, minutes: int = 600) -> str:
        """She works a day and the family agrees; the day's id."""
        written = self.write_down(number, minutes)
        assert written.status_code == 201, written.json
        agreed = self.answer(written.json["id"], "agree", at=self.evening(number) + timedelta(hours=1))
        assert agreed.status_code == 200, agreed.json
        return str(written.json["id"])

    def end_quote(self, number: int, who: dict[str, str] | None = None) -> Any:
        """What ending late in the evening of a day would come to."""
        with clock.frozen(self.evening(number) + timedelta(hours=2)):
            return self.post(f"/bookings/{self.id}/ending-quotes", who or self.family)

    def end(self, number: int, refund: int, who: dict[str, str] | None = None) -> Any:
        """End it late in the evening of a day."""
        with clock.frozen(self.evening(number) + timedelta(hours=2)):
            return self.post(f"/bookings/{self.id}/endings", who or self.family,
                             {"expected_refund": refund, "reason": "not_needed"})

    @property
    def booking(self) -> Booking:
        """The booking as it stands."""
        db.session.expire_all()
        return db.session.get_one(Booking, self.id)

    def balances(self) -> dict[str, int]:
        """Every account that is not at zero, by its name without the id."""
        return {account: int(fen) for account, fen in db.session.execute(sa.text(
            "SELECT split_part(account, ':', 1), sum(amount_fen) FROM posting GROUP BY 1 HAVING sum(amount_fen) <> 0"))}

    def released(self) -> int:
        """Fen of it that were released."""
        return int(db.session.execute(sa.text(
            "SELECT coalesce(sum(line.amount_fen), 0) FROM posting line JOIN posting_tx tx ON tx.id = line.tx_id"
            " WHERE tx.kind = 'released' AND line.account = 'escrow:' || :id"), {"id": str(self.id)}).scalar_one())

    def given_back(self) -> list[tuple[str, str, int]]:
        """(because, state, fen) of each refund, in order."""
        return [tuple(row) for row in db.session.execute(sa.text(
            "SELECT refund.because, refund.state, refund.amount_fen FROM refund JOIN payment"
            " ON payment.id = refund.payment_id WHERE payment.booking_id = :id ORDER BY refund.id"), {"id": self.id})]

    def notices(self, of: UUID | None = None) -> list[str]:
        """Kinds of the notifications an account has, the family's unless it is said."""
        return list(db.session.execute(sa.text("SELECT kind FROM notification WHERE account_id = :id ORDER BY id"),
                                       {"id": of or self.household.account_id}).scalars())
