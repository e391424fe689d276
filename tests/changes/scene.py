"""A family that moves its visit, the cleaner and the firm: over the API, at the stand-in for Stripe."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.calendars.models import WorkerInterval
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.ledger import queries as ledger
from tests import factories
from tests.coupons.scene import Customer
from tests.stripe_sandbox import StripeSandbox

#: three hours of cleaning at 40 yuan, four and two: wage, the firm's fee, insurance, the platform's fee
THREE, FOUR, TWO = 14240, 18920, 9560
HOUR = timedelta(hours=1)


class Mover(Customer):
    """A customer whose visit is at ten, in three days, unless it is said otherwise."""

    def __init__(self, client: FlaskClient, stripe: StripeSandbox, run_jobs: Callable[[], int]) -> None:
        super().__init__(client, stripe, run_jobs)
        self.nurse = factories.headers(db.session.get_one(Account, self.worker.account_id))
        self.manager = factories.headers(factories.manager_of(self.firm))

    def confirmed(self, code: str | None = None, *, days: int = 3, hour: int = 10, minutes: int = 180,
                  method: str = "wechat_pay") -> "Mover":
        """The same, booked and paid."""
        self.holds(code, start=factories.tomorrow(hour, days=days).isoformat(), minutes=minutes)
        self.paid(method)
        return self

    @property
    def start(self) -> datetime:
        """When the visit begins."""
        db.session.expire_all()
        return self.booking.start

    def send(self, path: str, who: dict[str, str] | None = None, /, **body: Any) -> Any:
        """A POST on the booking."""
        return self.client.post(f"/api/v1/bookings/{self.booking.id}/{path}", headers=who or self.headers, json=body)

    def ask(self, path: str, who: dict[str, str] | None = None, /, **body: Any) -> Any:
        """The same for the difference that is quoted; ``path``: reschedule or extension."""
        quoted = self.send(f"{path}-quotes", who, **body)
        if quoted.status_code != 200:
            return quoted
        return self.send(f"{path}s", who, **body, expected_difference=quoted.json["difference"]["amount"])

    def move(self, start: datetime, minutes: int | None = None, who: dict[str, str] | None = None) -> Any:
        """Another time, for the difference that is quoted."""
        return self.ask("reschedule", who, start=start.isoformat(), **({"minutes": minutes} if minutes else {}))

    def say(self, change: Any, what: str, who: dict[str, str], **body: Any) -> Any:
        """Answer a change, or take it back."""
        return self.client.post(f"/api/v1/changes/{change.json['id']}/{what}", headers=who, json=body or None)

    def supplement(self, method: str = "wechat_pay") -> Any:
        """Ask to pay the difference."""
        return self.send("payment", method=method, part="supplement")

    def pay_difference(self) -> None:
        """Pay the difference, and have it heard."""
        assert self.supplement().status_code == 201
        self.press()
        self.hear()

    def under_way(self) -> None:
        """She has come."""
        with clock.frozen(self.start):
            self.step("check-ins", db.session.get_one(Account, self.worker.account_id),
                      door_code=self.booking.door_code.reveal())
            self.run_jobs()

    def engaged(self) -> list[tuple[datetime, datetime]]:
        """Her engaged times, the way included, joined where they meet."""
        db.session.flush()
        rows = db.session.scalars(sa.select(WorkerInterval).where(WorkerInterval.worker_no == self.worker.no)).all()
        spans = list[tuple[datetime, datetime]]()
        for begins, ends in sorted((row.during.lower, row.during.upper) for row in rows):  # type: ignore[type-var]
            assert begins and ends
            spans.append((spans.pop()[0] if spans and spans[-1][1] == begins else begins, ends))
        return spans

    def told(self, fact: str) -> list[dict[str, Any]]:
        """What the booking's entries of a fact say."""
        return [entry.data for entry in ledger.about(f"booking:{self.booking.id}", fact)]

    def money(self) -> tuple[int, int, int, int]:
        """Total, paid, decided to go back of it, gone back because the price fell."""
        db.session.expire_all()
        it = self.booking
        return it.total_fen, it.paid_fen, it.refund_fen, it.returned_fen


def with_way(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """A visit with the way there and back."""
    return start - HOUR / 2, end + HOUR / 2
