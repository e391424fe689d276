"""A family that engages a nurse by days, her firm, and colleagues who could go on."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity.models import Account
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.attendance.engagement import Engagement


class Replacing:
    """Hands on the replacement of who works in an engagement; mixed into one."""

    id: Any
    firm: dict[str, str]
    family: dict[str, str]
    nurse: dict[str, str]
    worker: Worker
    client: Any
    service: str

    def colleague(self, price: int = 50_000, **fields: Any) -> Worker:
        """Another nurse of the firm, with her papers, free."""
        firm = db.session.get_one(Firm, self.worker.firm_id)
        made = factories.worker_with_account(of=firm, services={self.service: price}, name="李桂兰", called="李阿姨",
                                             **fields)
        made.certificates = self.worker.certificates
        workers.refresh(worker=made)
        return made

    def hands_of(self, worker: Worker) -> dict[str, str]:
        """A worker's own headers."""
        return Engagement._headers(db.session.get_one(Account, worker.account_id))

    def of_booking(self, step: str, who: dict[str, str], **body: Any) -> Any:
        """One POST on the booking."""
        return self.client.post(f"/api/v1/bookings/{self.id}/{step}", headers=who, json=body)

    def seek(self, who: dict[str, str] | None = None, reason: str = "unsuited") -> Any:
        """Ask for another worker."""
        return self.of_booking("replacements", who or self.family, reason=reason)

    def offer(self, begins_on: date, *offered: Worker) -> Any:
        """The firm offers others from a day on."""
        return self.of_booking("replacement-offers", self.firm, begins_on=begins_on.isoformat(),
                               worker_ids=[str(each.id) for each in offered])

    def take(self, worker: Worker | None) -> Any:
        """The family takes one of them, or nobody."""
        return self.of_booking("replacement-answers", self.family, worker_id=str(worker.id) if worker else None)

    def fitting(self, begins_on: date) -> list[str]:
        """Who could go on from a day."""
        answer = self.client.get(f"/api/v1/bookings/{self.id}/replacement-candidates?begins_on={begins_on}",
                                 headers=self.firm)
        assert answer.status_code == 200, answer.json
        return [each["worker"]["id"] for each in answer.json["items"]]

    def guarantee(self) -> Any:
        """The guarantee as the family sees it."""
        return self.client.get(f"/api/v1/bookings/{self.id}/guarantee", headers=self.family).json


class Guarded(Replacing, Engagement):
    """An engagement of some days with a guarantee."""

    def replaced(self, number: int, begins: int, worker: Worker) -> None:
        """In the evening of a day she does not suit; another begins on a later one (both counted from the start)."""
        with clock.frozen(self.evening(number)):
            assert (sought := self.seek()).status_code == 201, sought.json
            offered = self.offer(self.day(begins), worker)
            assert offered.status_code == 201, offered.json
            taken = self.take(worker)
            assert taken.status_code == 200, taken.json

    def work_as(self, number: int, worker: Worker, minutes: int = 600) -> str:
        """She works a day and the family agrees."""
        written = self.write_down(number, minutes, self.hands_of(worker))
        assert written.status_code == 201, written.json
        agreed = self.answer(written.json["id"], "agree", at=self.evening(number) + timedelta(hours=1))
        assert agreed.status_code == 200, agreed.json
        return str(written.json["id"])

    def planned(self) -> list[tuple[int, int]]:
        """(number of the day counted from the start, its price in fen) of each day that has a date."""
        first = self.day(1)
        return [((each["day"] - first).days + 1, each["amount"]) for each in self.booking.schedule]

    def engaged(self) -> list[tuple[int, date, date]]:
        """(worker's number, first and last day) of every interval of the booking."""
        return [(row.worker_no, clock.local(row.starts).date(), clock.local(row.ends).date())
                for row in db.session.execute(sa.text(
                    "SELECT worker_no, lower(during) + interval '30 minutes' AS starts,"
                    " upper(during) - interval '30 minutes 1 microsecond' AS ends FROM worker_interval"
                    " WHERE ref = 'booking:' || :id ORDER BY 2"), {"id": str(self.id)})]
