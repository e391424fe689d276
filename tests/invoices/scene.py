"""A family with a visit that is over and paid, the firm that did it, the federation."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.media.models import Media
from qiaojiejie.payments.models import Payment
from qiaojiejie.refunds.models import Refund
from tests import factories

#: Saturday noon in Suqian, when nobody is at work
NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)
TOTAL = 13800
COMPANY = {"kind": "company", "name": "宿迁绿洲科技有限公司", "uscc": factories.firm_code(77)}
PERSON = {"kind": "personal", "name": "诸葛明月", "email": "zhuge@example.cn"}
NUMBER = "26322000000012345678"


def payment(booking: Booking, amount: int = TOTAL, part: str = "full", method: str = "alipay",
            at: datetime | None = None) -> Payment:
    """A payment of a booking that came."""
    at = at or clock.now() - timedelta(hours=2)
    made = Payment(booking_id=booking.id, part=part, state="succeeded", method=method, amount_fen=amount, attempt=1,
                   created_at=at, checked_at=at, succeeded_at=at)
    db.session.add(made)
    db.session.flush()
    return made


def refund(of: Payment, amount: int, state: str = "succeeded", because: str = "booking.refund_granted",
           settled_at: datetime | None = None) -> Refund:
    """A refund of a payment."""
    made = Refund(payment_id=of.id, state=state, amount_fen=amount, because=because, entry_id=factories.cause(because),
                  attempt=1, created_at=clock.now(), checked_at=clock.now(), settled_at=settled_at)
    db.session.add(made)
    db.session.flush()
    return made


class Scene:
    """Their hands on the API."""

    def __init__(self, client: FlaskClient, **booking: Any) -> None:
        self.client = client
        self.booking = factories.booking("completed", **{"closed_at": clock.now() - timedelta(minutes=5), **booking})
        self.payment = payment(self.booking)
        self.household = factories.headers(db.session.get_one(Account, self.booking.household.account_id))
        self.manager = factories.manager_of(self.booking.firm)
        self.firm = factories.headers(self.manager)
        self.federation = factories.headers(factories.member(Role.FEDERATION_AUDITOR))
        self.stranger = factories.headers(db.session.get_one(Account, factories.household().account_id))
        self.other_firm = factories.headers(factories.manager_of(factories.firm()))

    def call(self, method: str, path: str, who: dict[str, str], status: int = 200, **body: Any) -> Any:
        """One request that must be answered so; its answer."""
        answer: Any = self.client.open(f"/api/v1{path}", method=method, headers=who,
                                       **({"json": body} if body else {}))
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.json if answer.data else None

    def title(self, status: int = 201, **given: Any) -> Any:
        """Keep a title."""
        return self.call("POST", "/me/invoice-titles", self.household, status, **(given or PERSON))

    def ask(self, status: int = 201, title: Any = None, kind: str = "electronic_ordinary",
            booking_id: UUID | None = None, who: dict[str, str] | None = None) -> Any:
        """Ask for an invoice."""
        title = title or self.title()
        return self.call("POST", f"/bookings/{booking_id or self.booking.id}/invoice-requests", who or self.household,
                         status, title_id=title["id"], kind=kind)

    def step(self, request: Any, name: str, status: int = 200, who: dict[str, str] | None = None, **given: Any) -> Any:
        """A step of a request: ``issues``, ``refusals``, ``withdrawals``, ``voids``, ``look``."""
        body = {"issues": {"number": NUMBER, "issued_on": clock.today().isoformat()},
                "refusals": {"reason": "title_wrong"}, "voids": {"reason": "money_back"}}.get(name, {})
        who = who or (self.household if name == "withdrawals" else self.firm)
        return self.call("POST", f"/invoice-requests/{request['id']}/{name}", who, status, **{**body, **given})

    def shown(self, request: Any, who: dict[str, str] | None = None, status: int = 200) -> Any:
        """A request as somebody sees it."""
        return self.call("GET", f"/invoice-requests/{request['id']}", who or self.household, status)

    def listed(self, who: dict[str, str], path: str, query: str = "") -> list[Any]:
        """A list's first page."""
        found: list[Any] = self.call("GET", f"{path}{query}", who)["items"]
        return found

    def receipt(self, status: int = 200, who: dict[str, str] | None = None) -> Any:
        """The receipt."""
        return self.call("GET", f"/bookings/{self.booking.id}/receipt", who or self.household, status)

    def file(self, org_id: UUID | None, kind: str = "document") -> UUID:
        """A stored file's row."""
        made = Media(account_id=self.manager.id, org_id=org_id, kind=kind, content_type="application/pdf", size=9,
                     sha256=uuid4().bytes, key=uuid4().hex, public=False, created_at=clock.now())
        db.session.add(made)
        db.session.flush()
        return made.id

    def told(self, account_id: UUID) -> list[str]:
        """Kinds of an account's notifications about invoices, in order."""
        return list(db.session.execute(sa.text(
            "SELECT kind FROM notification WHERE account_id = :id AND kind LIKE 'invoice%' ORDER BY id"),
            {"id": account_id}).scalars())

    def looks(self) -> list[tuple[str, str]]:
        """(subject, field) of the looks that were recorded."""
        return [(row.subject, row.field) for row in db.session.execute(
            sa.text("SELECT subject, field FROM look ORDER BY id"))]
