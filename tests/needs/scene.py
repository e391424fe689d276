"""A family that looks for somebody, firms that quote, and everybody's hands on the API."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity.models import Account
from qiaojiejie.messages.models import Notification
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Worker
from tests import factories

API = "/api/v1"


class Bidder:
    """A firm with one worker who cleans for 40 yuan an hour, and its manager."""

    def __init__(self, client: FlaskClient, district: str = "321302", services: dict[str, int] | None = None,
                 **worker: Any) -> None:
        self.client = client
        self.firm: Firm = factories.firm(region_codes=[district])
        self.worker = self.hire(services, **worker)
        self.account = factories.manager_of(self.firm)
        self.headers = factories.headers(self.account, Role.FIRM_MANAGER, self.firm.id)

    def hire(self, services: dict[str, int] | None = None, **worker: Any) -> Worker:
        """One more on its staff, listed and at work every day."""
        made = factories.worker_with_account(of=self.firm, services=services, **worker)
        workers.refresh(worker=made)
        db.session.flush()
        return made

    def wanted(self, **filters: Any) -> list[dict[str, Any]]:
        """The needs it may quote for."""
        return list(self.client.get(f"{API}/needs", headers=self.headers, query_string=filters).json["items"])

    def quote(self, need: str, price: int = 4000, worker: Worker | None = None, **more: Any) -> Any:
        """Offer its worker."""
        return self.client.post(f"{API}/needs/{need}/quotes", headers=self.headers, json={
            "worker_id": str((worker or self.worker).id), "price_fen": price, **more})

    def withdraw(self, quote: str) -> Any:
        """Take a quote back."""
        return self.client.post(f"{API}/need-quotes/{quote}/withdrawals", headers=self.headers)

    def states(self) -> list[str]:
        """How its quotes stand, newest first."""
        return [row["state"] for row in self.client.get(f"{API}/need-quotes", headers=self.headers).json["items"]]


class Seeker:
    """A family with an address and a parent to be cared for."""

    def __init__(self, client: FlaskClient, run_jobs: Callable[[], int]) -> None:
        self.client, self.run_jobs = client, run_jobs
        self.household = factories.household()
        self.address, self.member = factories.address(self.household), factories.member_of(self.household)
        self.headers = factories.headers(db.session.get_one(Account, self.household.account_id))
        self.start = factories.tomorrow(10, days=3)

    def post(self, **changes: Any) -> Any:
        """Three hours of cleaning in three days, quotes until tomorrow."""
        return self.client.post(f"{API}/needs", headers=self.headers, json={
            "service_code": "cleaning", "address_id": str(self.address.id), "minutes": 180,
            "start": stamp(self.start), "closes_at": stamp(clock.now() + timedelta(days=1)), **changes})

    def need(self, **changes: Any) -> str:
        """A need that is posted; its id."""
        made = self.post(**changes)
        assert made.status_code == 201, made.json
        return str(made.json["id"])

    def show(self, need: str) -> Any:
        """The need as the family sees it."""
        return self.client.get(f"{API}/needs/{need}", headers=self.headers).json

    def compare(self, need: str, **asked: Any) -> Any:
        """The quotes side by side."""
        return self.client.get(f"{API}/needs/{need}/quotes", headers=self.headers, query_string=asked).json

    def order(self, need: str, quote: str) -> Any:
        """Order from a quote."""
        return self.client.post(f"{API}/needs/{need}/orders", headers=self.headers, json={"need_quote_id": quote})

    def close(self, need: str) -> Any:
        """Look no further."""
        return self.client.post(f"{API}/needs/{need}/closings", headers=self.headers)

    def told(self, account: Any, posted: bool = False) -> list[str]:
        """Kinds of what somebody found in the inbox; ``posted``: that there are new needs, too."""
        self.run_jobs()
        kinds = db.session.scalars(sa.select(Notification.kind).where(
            Notification.account_id == account).order_by(Notification.id))
        return [kind for kind in kinds if posted or kind not in ("need_posted", "needs_waiting")]


def stamp(moment: datetime) -> str:
    """As the API takes a moment."""
    return clock.local(moment).isoformat()


def refused(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json["code"]
