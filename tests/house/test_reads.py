"""Reads where they really run: on autocommit connections of their own, which no other test's world has."""

from flask import Flask

from qiaojiejie.core import openapi
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from tests.house import fuzzing, town


def test_every_read_is_answered_on_connections_that_only_read(city: Flask) -> None:
    with city.app_context():
        here = town.tenant()
        ids = here.named
        db.session.commit()
    client, wrong, asked = city.test_client(), list[str](), 0
    for operation in fuzzing.operations(openapi.describe(city, city.extensions["api"]), ids):
        for role in (operation.roles or [None]) if operation.method == "GET" else []:
            sent = operation.likely(here.headers[Role(role)] if role else {})
            answer = client.get(sent.path, query_string=sent.query, headers=sent.headers)
            asked += 1
            if answer.status_code >= 500:
                wrong.append(f"{sent.path} as {role}: {answer.json['code']}")
    assert wrong == [] and asked > 200
