"""Two cities in one database: the one that was here alone, and one put down beside it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from qiaojiejie import tenancy
from qiaojiejie.core import cities
from qiaojiejie.core.cities import City
from qiaojiejie.core.db import db
from tests import factories, races
from tests.conftest import Client, config_for

PHONE = "13800000001"


class Town:
    """A city as it is reached from outside, and a way inside."""

    def __init__(self, app: Flask, code: str, host: str) -> None:
        self.app, self.code, self.host = app, code, host
        self.client = app.test_client()

    @property
    def city(self) -> City:
        """Its row."""
        found: City = self.app.extensions["tenants"].named(self.code)
        return found

    @contextmanager
    def inside(self) -> Iterator[None]:
        """In the city, as a job is; what is done is committed."""
        with cities.within(self.city), self.app.app_context():
            yield
            db.session.commit()

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **how: Any) -> Any:
        """One request at its host."""
        return self.client.open(path if path.startswith("/log/") else f"/api/v1{path}", method=method, json=body,
                                base_url=f"http://{self.host}", headers=headers, **how)

    def signed_in(self, phone: str = PHONE) -> dict[str, str]:
        """The headers of somebody who signed in with a code, and is a household."""
        assert self.ask("POST", "/auth/codes", {"phone": phone}).status_code == 202
        answer = self.ask("POST", "/auth/tokens", {"phone": phone, "code": "000000"})
        assert answer.status_code in (200, 201), answer.json
        headers = {"Authorization": f"Bearer {answer.json['access_token']}"}
        self.ask("POST", "/me/household", headers=headers)
        return {**headers, "X-Acting-As": "household"}


def command(app: Flask, *args: str) -> Result:
    """A command ``flask city …``."""
    with app.app_context():
        return app.test_cli_runner().invoke(tenancy.city, args)


@pytest.fixture(scope="package")
def land(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app of two cities."""
    settings = {"CITIES": "1", "CITY_POOLS": "3", "STRIPE_API_KEY_320300": "sk_test_xuzhou",
                "STRIPE_WEBHOOK_SECRET_320300": "whsec_xuzhou", "MEDIA_DIR": str(tmp_path_factory.mktemp("media"))}
    with races.opened(config_for(new_database(), **settings)) as app:
        app.test_client_class = Client
        for args in (("321300", "宿迁", "--host", "suqian.test", "--schema", "public"),
                     ("320300", "徐州", "--host", "xuzhou.test")):
            done = command(app, "add", *args)
            assert done.exit_code == 0, done.output
        yield app


@pytest.fixture(scope="module")
def suqian(land: Flask) -> Town:
    """The city that was here before there were several."""
    return Town(land, "321300", "suqian.test")


@pytest.fixture(scope="module")
def xuzhou(land: Flask) -> Town:
    """The city beside it."""
    return Town(land, "320300", "xuzhou.test")


@pytest.fixture(scope="module")
def booked(suqian: Town) -> dict[str, Any]:
    """A family of the first city with a booking: its headers and the ids."""
    with suqian.inside():
        made = factories.booking("confirmed", start=factories.tomorrow(days=5))
        return {"headers": factories.headers(db.session.get_one(factories.Account, made.household.account_id)),
                "manager": factories.headers(factories.manager_of(made.firm)),
                "booking": str(made.id), "worker": str(made.worker_id), "firm": str(made.firm_id),
                "address": str(made.address_id), "account": str(made.household.account_id)}
