"""A process whose connections are all taken tells people to wait, and serves them once one comes free."""

from contextlib import ExitStack

from flask import Flask

from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from tests import factories


def test_while_every_connection_is_taken_people_are_told_to_wait_and_then_served(city: Flask) -> None:
    with city.app_context():
        family = factories.headers(factories.member(Role.HOUSEHOLD))
        db.session.commit()
        pools = (db.engine, city.extensions["db_reader"])
    client = city.test_client()
    with ExitStack() as taken:
        for engine in pools:
            engine.pool._timeout = 0.2  # as five seconds are to a person
            for _ in range(8):
                taken.enter_context(engine.connect())
        answers = [client.get("/api/v1/me", headers=family),
                   client.patch("/api/v1/me", json={"name": "欧阳静"}, headers=family)]
        assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(503, "Unavailable")] * 2
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
    assert client.patch("/api/v1/me", json={"name": "欧阳静"}, headers=family).status_code == 200
    assert client.get("/api/v1/me", headers=family).status_code == 200
