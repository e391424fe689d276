"""A family with a prepaid card of a firm, a cleaner of that firm, everybody's hands on the API and the pay page."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.disputes import service as disputes
from qiaojiejie.identity.models import Account
from tests import factories
from tests.coupons.scene import TOTAL, Customer
from tests.stripe_sandbox import StripeSandbox

__all__ = ["PRICE", "TOTAL", "Holder"]

#: a card of 300 yuan: two visits of 142.40 and a bit
PRICE = 30_000


class Holder(Customer):
    """A family, a cleaner, the firm's manager and an officer."""

    def __init__(self, client: FlaskClient, stripe: StripeSandbox, run_jobs: Callable[[], int]) -> None:
        super().__init__(client, stripe, run_jobs)
        self.manager = factories.headers(factories.manager_of(self.firm))
        self.officer = factories.headers(factories.member(Role.FEDERATION_ADMIN))
        self.card = ""

    def post(self, path: str, body: Any = None, who: dict[str, str] | None = None, key: str | None = None) -> Any:
        """One request, the family's unless it is said."""
        headers = {**(who or self.headers), **({"Idempotency-Key": key} if key else {})}
        return self.client.post(f"/api/v1{path}", headers=headers, json=body)

    def get(self, path: str, who: dict[str, str] | None = None) -> Any:
        """What an address answers."""
        answer = self.client.get(f"/api/v1{path}", headers=who or self.headers)
        assert answer.status_code == 200, answer.json
        return answer.json

    def offer(self, price: int = PRICE, **terms: Any) -> Any:
        """The firm offers a card."""
        return self.post("/prepaid-offers", {"name": "保洁卡", "service_code": "cleaning", "price_fen": price, **terms},
                         self.manager)

    def buy(self, price: int = PRICE, method: str = "alipay", **terms: Any) -> Any:
        """Begin to buy a new offer."""
        offered = self.offer(price, **terms)
        assert offered.status_code == 201, offered.json
        return self.buy_of(offered.json["id"], method)

    def buy_of(self, offer_id: str, method: str = "alipay") -> Any:
        """Begin to buy a card of an offer."""
        answer = self.post("/me/prepaid-cards", {"offer_id": offer_id, "method": method})
        if answer.status_code == 201:
            self.card = answer.json["id"]
        return answer

    def holds_card(self, price: int = PRICE, **terms: Any) -> str:
        """A card that is paid and can be used; its id."""
        answer = self.buy(price, **terms)
        assert answer.status_code == 201, answer.json
        assert self.stripe.act(self.card_intent()).ok
        self.hear_card()
        assert self.shown()["state"] == "live"
        return self.card

    def card_intent(self) -> str:
        """The newest intent for the card."""
        return str(db.session.execute(sa.text(
            "SELECT intent_id FROM payment WHERE card_id = :id ORDER BY created_at DESC, id DESC LIMIT 1"),
            {"id": self.card}).scalar_one())

    def hear_card(self) -> None:
        """Everything Stripe says of the card's money so far is heard and worked on."""
        for event in self.stripe.events(self.card_intent()):
            assert self.stripe.deliver(self.client, event).status_code == 200
        self.run_jobs()

    def shown(self) -> Any:
        """The card as the family sees it."""
        return self.get(f"/me/prepaid-cards/{self.card}")

    def balance(self) -> int:
        """What is left on the card, as the family sees it."""
        return int(self.shown()["balance"]["amount"])

    def pay_with(self, card: str | None = None, key: str | None = None, **body: Any) -> Any:
        """Pay the booking from a card."""
        return self.post(f"/bookings/{self.booking.id}/card-payments", {"card_id": card or self.card, **body}, key=key)

    def paid_with_card(self, days: int = 1) -> UUID:
        """A booking, so many days ahead, paid from the card; its id."""
        self.holds(start=factories.tomorrow(days=days).isoformat())
        answer = self.pay_with()
        assert answer.status_code == 201, answer.json
        self.run_jobs()
        assert self.state() == "confirmed"
        return self.booking.id

    def close(self, expected: int, who: dict[str, str] | None = None, key: str | None = None) -> Any:
        """Give the card back."""
        return self.post(f"/me/prepaid-cards/{self.card}/closings", {"expected_refund": expected}, who, key)

    def moves(self) -> list[tuple[str, int]]:
        """What moved on the card, oldest first."""
        return [(line["kind"], line["amount"]["amount"])
                for line in reversed(self.get(f"/me/prepaid-cards/{self.card}/movements")["items"])]

    def card_refunds(self) -> list[tuple[str, int]]:
        """(state, fen) of what goes back of the card's price, in order."""
        return [tuple(row) for row in db.session.execute(sa.text(
            "SELECT refund.state, refund.amount_fen FROM refund JOIN payment ON payment.id = refund.payment_id"
            " WHERE payment.card_id = :id ORDER BY refund.id"), {"id": self.card})]

    def at_stripe(self) -> int:
        """Fen of the card's price that went back at Stripe."""
        return sum(refund["amount"] for refund in self.stripe.refunds(self.card_intent()))

    def worker_account(self) -> Account:
        """The cleaner's."""
        return db.session.get_one(Account, self.worker.account_id)

    def notices(self) -> list[str]:
        """Kinds of the notifications the family has, in order."""
        return list(db.session.execute(sa.text("SELECT kind FROM notification WHERE account_id = :id ORDER BY id"),
                                       {"id": self.account.id}).scalars())

    def disputed(self) -> str:
        """The bank of whoever paid the card disputes it, and that is heard; the dispute's id at Stripe."""
        answer = self.stripe.dispute(self.card_intent())
        assert answer.ok, answer.text
        dispute = str(answer.json()["id"])
        self.hear_dispute(dispute)
        return dispute

    def decided(self, dispute: str, verdict: str) -> None:
        """``won`` or ``lost`` for us, and heard."""
        self.stripe.decide(dispute, verdict)
        self.hear_dispute(dispute)

    def hear_dispute(self, dispute: str) -> None:
        """What Stripe says of a dispute is asked and worked on."""
        disputes.look_at(stripe_id=dispute)
        db.session.commit()
        self.run_jobs()
