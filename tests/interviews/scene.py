"""A family, a live-in worker with her firm, and a station with a room and a clerk."""

from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity.models import Account
from qiaojiejie.stations.models import StationRoom
from qiaojiejie.workers.models import Worker
from tests import factories

WISH = "孩子很喜欢她，周末再定"
SERVICE = "live_in_help"


def room(station_id: Any, name: str = "洽谈室", seats: int = 4) -> StationRoom:
    """A room at a station."""
    made = StationRoom(station_id=station_id, name=name, floor=1, seats=seats)
    db.session.add(made)
    db.session.flush()
    return made


def nurse(**fields: Any) -> Worker:
    """A worker who lives in, with an account and hours."""
    return factories.worker_with_account(services={SERVICE: 600_000}, live_in=True, **fields)


class Meeting:
    """Who meets, and where."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.station, self.worker = client, factories.station(), nurse()
        room(self.station.id)
        self.at = factories.tomorrow(10, days=2)
        self.who = {"household": self.family(), "worker": factories.headers(db.session.get_one(
            Account, self.worker.account_id)), "firm": factories.headers(
                        factories.manager_of(db.session.get_one(Firm, self.worker.firm_id))),
            "station": factories.headers(factories.member(Role.STATION_CLERK, self.station.id)),
            "stranger": self.family()}

    def family(self) -> dict[str, str]:
        """Another family."""
        return factories.headers(factories.member(Role.HOUSEHOLD))

    def ask(self, who: dict[str, str], path: str, status: int = 200, **body: Any) -> Any:
        """A GET without a body, a POST with one."""
        answer = self.client.open(f"/api/v1{path}", method="POST" if body else "GET", headers=who, json=body or None)
        assert answer.status_code == status, answer.json
        return answer.json

    def book(self, status: int = 201, who: dict[str, str] | None = None, at: datetime | None = None,
             worker: Worker | None = None, **more: Any) -> Any:
        """An interview, by the family at ten in two days."""
        return self.ask(who or self.who["household"], "/interviews", status, **{
            "worker_id": str((worker or self.worker).id), "service_code": SERVICE, "station_id": str(self.station.id),
            "starts": clock.local(at or self.at).isoformat(), **more})

    def step(self, party: str, made: Any, path: str, status: int = 200, **body: Any) -> Any:
        """One step by a party."""
        return self.ask(self.who[party], f"/interviews/{made['id']}/{path}", status, **body)

    def look(self, party: str, made: Any) -> Any:
        """How to reach both sides, and what the family wrote."""
        answer: Any = self.client.post(f"/api/v1/interviews/{made['id']}/looks", headers=self.who[party])
        assert answer.status_code == 200, answer.json
        return answer.json

    def slots(self) -> list[str]:
        """When they could meet on the day, as the clock on the wall shows it."""
        day = clock.local(self.at).date().isoformat()
        found = self.ask(self.who["household"], f"/stations/{self.station.id}/interview-slots?day={day}"
                                                f"&worker_id={self.worker.id}")["starts"]
        return [each[11:16] for each in found]

    def kinds(self, party: str) -> list[str]:
        """What is in a party's inbox, newest first."""
        return [each["kind"] for each in self.ask(self.who[party], "/me/notifications")["items"]]

    @property
    def later(self) -> datetime:
        """A quarter of an hour into it."""
        return self.at + timedelta(minutes=15)
