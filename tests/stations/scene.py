"""A station with its clerk, a clerk of another, and people who come."""

from typing import Any

from flask.testing import FlaskClient

from qiaojiejie.core.access import Role
from tests import factories

PHONE = "13900001234"


class Station:
    """A station and what people ask of it over HTTP."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.station = client, factories.station()
        self.path = f"/stations/{self.station.id}"
        self.clerk, self.stranger = self.a_clerk(), self.a_clerk(factories.station("别站"))
        self.woman = self.somebody()

    def a_clerk(self, of: Any = None) -> dict[str, str]:
        """A clerk of the station, or of another."""
        return factories.headers(factories.member(Role.STATION_CLERK, (of or self.station).id))

    def somebody(self) -> dict[str, str]:
        """A family."""
        return factories.headers(factories.member(Role.HOUSEHOLD))

    def ask(self, who: dict[str, str] | None, path: str, status: int = 200, method: str | None = None,
            **body: Any) -> Any:
        """A GET without a body, a POST with one."""
        answer = self.client.open(f"/api/v1{path}", method=method or ("POST" if body else "GET"), headers=who,
                                  json=body or None)
        assert answer.status_code == status, answer.json
        return answer.json if answer.data else None

    def kinds(self, who: dict[str, str]) -> list[str]:
        """What is in somebody's inbox, newest first."""
        return [each["kind"] for each in self.ask(who, "/me/notifications")["items"]]
