"""Whatever is sent, the service does it or refuses it in words: never a 5xx, and every answer is as described."""

import os
import random
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from qiaojiejie.core import openapi
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from tests.house import fuzzing, town
from tests.statements import Statements
from tests.stripe_sandbox import StripeSandbox

SECONDS = float(os.environ.get("FUZZ_SECONDS", "6"))
SEED = int(os.environ.get("FUZZ_SEED", "20261123"))


class Judge:
    """Sends requests, each undone afterwards, and holds their answers against the description."""

    def __init__(self, app: Flask, world: sa.Connection, client: FlaskClient) -> None:
        self.world, self.client, self.faults, self.sent = world, client, dict[str, str](), 0
        self.document = openapi.describe(app, app.extensions["api"])
        self.checks: dict[str, Draft202012Validator] = {}

    def send(self, operation: fuzzing.Operation, sent: fuzzing.Sent) -> TestResponse:
        """One request and the verdict on its answer."""
        undo = self.world.begin_nested()
        try:
            answer: TestResponse = self.client.open(
                sent.path, method=sent.method, query_string=sent.query, headers=sent.headers, data=sent.data,
                content_type=sent.content_type)
            self.sent += 1
            fault = self.fault(operation, answer)
            if fault:
                where = f"{answer.status_code} {operation.method} {operation.path} {fault}"
                self.faults.setdefault(where, str(sent))
            return answer
        finally:
            undo.rollback()
            answer.close()

    def fault(self, operation: fuzzing.Operation, answer: TestResponse) -> str | None:
        """What is wrong with an answer, if anything is."""
        if answer.status_code >= 500:
            return str(answer.json["code"])
        if answer.status_code >= 400:
            if answer.mimetype != "application/problem+json" or not {"code", "request_id", "title"} <= set(answer.json):
                return f"no problem+json: {answer.mimetype} {answer.get_data(as_text=True)[:200]}"
            told = {*operation.said["responses"], "404", "405", "401", "412"}
            return None if str(answer.status_code) in told else f"{answer.json['code']} is not described"
        return self._shape(operation, answer) if answer.mimetype == "application/json" else None

    def _shape(self, operation: fuzzing.Operation, answer: TestResponse) -> str | None:
        said = operation.said["responses"].get(str(answer.status_code))
        if said is None:
            return "this status is not described"
        if "content" not in said:
            return "a body where none is described" if answer.get_data() else None
        key = f"{operation.method} {operation.path} {answer.status_code}"
        if key not in self.checks:
            schema = {**said["content"]["application/json"]["schema"], "components": self.document["components"]}
            self.checks[key] = Draft202012Validator(schema)
        wrong = next(self.checks[key].iter_errors(answer.json), None)
        return None if wrong is None else f"{list(wrong.absolute_path)}: {wrong.message[:300]}"

    def verdict(self) -> None:
        """Fails with every fault found, once each."""
        assert not self.faults, f"seed {SEED}, {self.sent} sent\n" + "\n".join(
            f"{fault}\n    {sent}" for fault, sent in sorted(self.faults.items())[:40])


@pytest.fixture()
def judge(app: Flask, world: sa.Connection, client: FlaskClient, stripe_sandbox: StripeSandbox,
          all_asked: Statements) -> Iterator[Judge]:
    """A judge with the stand-in for Stripe behaving. Chance may ask for more than was ever listed, and how far it comes
    is the machine's to say."""
    yield Judge(app, world, client)
    all_asked.over.clear()


def callers(operation: fuzzing.Operation, here: town.Tenant) -> list[dict[str, str]]:
    """The headers of everybody who may, and of nobody."""
    return [here.headers[Role(role)] for role in operation.roles] or [{}]


def test_whatever_is_sent_nothing_breaks_and_every_answer_is_as_described(judge: Judge) -> None:
    chance = random.Random(SEED)
    here = town.tenant()
    db.session.commit()
    every = list(fuzzing.operations(judge.document, here.named))
    statuses: dict[str, set[int]] = {}
    for operation in every:
        for headers in [*callers(operation, here), {}]:
            answer = judge.send(operation, operation.likely(headers))
            statuses.setdefault(f"{operation.method} {operation.path}", set()).add(answer.status_code)
        for sent in operation.certain(callers(operation, here)[0]):
            judge.send(operation, sent)
    judge.verdict()
    assert sum(min(seen) < 300 for seen in statuses.values()) > 80, "too few of the likely requests were done"
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        operation = chance.choice(every)
        judge.send(operation, operation.spoilt(chance, chance.choice([*callers(operation, here), {}])))
    assert judge.sent > 1000
    judge.verdict()
