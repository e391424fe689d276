"""Bookings that were paid, or are about to be, on a database that really commits."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock, worker
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity.models import Account
from qiaojiejie.payments import service as payments
from tests import factories
from tests.family import LINES
from tests.soak.ground import Ground
from tests.soak.trial import Untrue

API = "/api/v1"
TOTAL = 13800


@dataclass(frozen=True)
class Visit:
    """A booking, and its family signed in."""

    ground: Ground
    id: UUID
    headers: dict[str, str]
    firm: UUID

    def post(self, path: str, who: dict[str, str] | None = None, **body: Any) -> tuple[int, Any]:
        """One request, by the family unless said otherwise: (status, answer). Raises Untrue at a 5xx but 503."""
        return post(self.ground, path, self.headers if who is None else who, **body)

    def begin(self, method: str = "alipay") -> str:
        """Begin to pay; the intent at Stripe."""
        for _ in range(5):
            status, answer = self.post(f"/bookings/{self.id}/payment", method=method)
            if status == 201:
                return self.intent()
        raise Untrue(f"paying cannot be begun: {status} {answer}")

    def intent(self) -> str:
        """The intent at Stripe."""
        [row] = self.ground.rows("SELECT intent_id FROM payment WHERE booking_id = :id", id=self.id)
        return str(row["intent_id"])

    def pay(self, method: str = "alipay") -> None:
        """Pay, and have it known."""
        intent = self.begin(method)
        if not self.ground.stripe.act(intent).ok:
            raise Untrue(f"{intent} cannot be paid")
        worker.run_framed(self.ground.city, payments.look_at, intent_id=intent)

    def cancel(self, refund: int) -> int:
        """Cancel for a refund; the status."""
        return self.post(f"/bookings/{self.id}/cancellations", expected_refund=refund)[0]

    def state(self) -> str:
        """The booking's state."""
        [row] = self.ground.rows("SELECT state FROM booking WHERE id = :id", id=self.id)
        return str(row["state"])

    def escrow(self) -> int:
        """Fen held for it."""
        [row] = self.ground.rows("SELECT coalesce(-sum(amount_fen), 0)::int AS fen FROM posting"
                                 " WHERE account = 'escrow:' || :id", id=str(self.id))
        return int(row["fen"])

    def back(self) -> int:
        """Fen that Stripe gave back."""
        return sum(refund["amount"] for refund in self.ground.stripe.refunds(self.intent())
                   if refund["status"] == "succeeded")

    def run_out(self) -> None:
        """The time to pay is over."""
        self.ground.execute("UPDATE booking SET expires_at = :at WHERE id = :id", id=self.id,
                            at=clock.now() - timedelta(seconds=1))


def post(ground: Ground, path: str, who: dict[str, str], **body: Any) -> tuple[int, Any]:
    """One request: (status, answer). Raises Untrue at a 5xx but 503."""
    answer = ground.city.test_client().post(f"{API}{path}", headers=who, json=body or None)
    if answer.status_code >= 500 and answer.status_code != 503:
        raise Untrue(f"POST {path}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")
    return answer.status_code, answer.json


def held(ground: Ground, firm: UUID | None = None) -> Visit:
    """A booking of 138 yuan that waits to be paid, of a firm or of a new one."""
    with ground.city.app_context():
        she = factories.worker_with_account(of=db.session.get_one(Firm, firm) if firm else None)
        booking: Booking = factories.booking("held", by=she, lines=LINES)
        headers = factories.headers(db.session.get_one(Account, booking.household.account_id), Role.HOUSEHOLD)
        made = Visit(ground, booking.id, headers, booking.firm_id)
        db.session.commit()
        return made
