"""A family with a confirmed visit, its firm, and colleagues of who is to come."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.booking.models import Booking
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Worker
from tests import factories


class Scene:
    """Everybody's hands on one booking: tomorrow, ten to one, unless ``start`` says otherwise."""

    def __init__(self, client: FlaskClient, run_jobs: Callable[[], int], start: datetime | None = None) -> None:
        self.client, self.run_jobs = client, run_jobs
        self.firm_row, self.household = factories.firm(), factories.household()
        self.first = self.colleague("王秀英")
        made = factories.booking("confirmed", self.household, self.first, start=start)
        self.id, self.start = made.id, made.start
        self.family = factories.headers(db.session.get_one(Account, self.household.account_id))
        self.firm = factories.headers(factories.member(Role.FIRM_MANAGER, self.firm_row.id))

    def colleague(self, name: str = "李桂兰", **fields: Any) -> Worker:
        """A worker of the firm, listed, at work from eight to eight."""
        made = factories.worker_with_account(of=self.firm_row, name=name, called=f"{name[0]}阿姨", **fields)
        workers.refresh(worker=made)
        return made

    def ask(self, path: str, who: dict[str, str], **body: Any) -> Any:
        """One POST."""
        return self.client.post(f"/api/v1{path}", headers=who, json=body or None)

    def offer(self, *offered: Worker, reason: str = "worker_ill") -> Any:
        """The firm offers others."""
        return self.ask(f"/bookings/{self.id}/substitutions", self.firm, reason=reason,
                        worker_ids=[str(each.id) for each in offered])

    def answer(self, substitution: str, taken: Worker | None) -> Any:
        """The family takes one of them, or nobody."""
        return self.ask(f"/substitutions/{substitution}/answers", self.family,
                        worker_id=str(taken.id) if taken else None)

    def fitting(self, who: dict[str, str] | None = None) -> list[str]:
        """Who could come instead, best first."""
        answer = self.client.get(f"/api/v1/bookings/{self.id}/substitutes", headers=who or self.firm)
        assert answer.status_code == 200, answer.json
        return [each["worker"]["id"] for each in answer.json["items"]]

    @property
    def booking(self) -> Booking:
        """The booking as it stands."""
        db.session.expire_all()
        return db.session.get_one(Booking, self.id)

    def notices(self, of: UUID | None) -> list[str]:
        """Kinds of the notifications an account has."""
        self.run_jobs()
        return list(db.session.execute(sa.text("SELECT kind FROM notification WHERE account_id = :id ORDER BY id"),
                                       {"id": of}).scalars())

    def facts(self) -> list[str]:
        """What the ledger says of the booking since it stands."""
        return list(db.session.execute(sa.text("SELECT fact FROM ledger_entry WHERE subject = :id ORDER BY id"),
                                       {"id": f"booking:{self.id}"}).scalars())
