"""Processes that die while they send, and several at once: each event arrives, with one id to drop repeats by."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Event
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.ledger import service as ledger
from qiaojiejie.webhooks import gateway, rules
from qiaojiejie.webhooks import service as webhooks
from qiaojiejie.webhooks.models import WebhookAttempt, WebhookDelivery
from qiaojiejie.webhooks.service import deliveries
from tests import factories, races
from tests.webhooks.listener import Listener

#: a job worker that makes one attempt
SENDER = """
import sys
from qiaojiejie.app import create_app
from qiaojiejie.core import jobs, worker
worker.run_framed(create_app(), jobs.TASKS["webhooks.send"], delivery_id=sys.argv[1])
"""


def manager(city: Flask) -> Actor:
    """Who runs a firm."""
    with city.app_context():
        firm = factories.firm()
        made = Actor(factories.manager_of(firm).id, ids.new(), Role.FIRM_MANAGER, firm.id)
        db.session.commit()
        return made


def fact(city: Flask, by: Actor, url: str) -> UUID:
    """A delivery on its way; its job was lost."""
    with city.app_context():
        webhooks.add(actor=by, url=url, kinds=["payout.paid"])
        entry_id = ledger.append("payout.paid", subject=f"firm:{by.org_id}", actor="system", data={"amount": 1})
        assert entry_id is not None
        webhooks.fan_out(entry_id=entry_id)
        db.session.execute(sa.text("DELETE FROM procrastinate_jobs"))
        db.session.commit()
        return db.session.scalars(sa.select(WebhookDelivery.id)).one()


def state(city: Flask) -> tuple[str, list[int | None]]:
    """How a delivery stands, and what its attempts were answered."""
    with city.app_context():
        answers = db.session.scalars(sa.select(WebhookAttempt.status).order_by(WebhookAttempt.number)).all()
        return db.session.scalars(sa.select(WebhookDelivery.state)).one(), list(answers)


def test_what_a_killed_process_was_sending_is_sent_again_with_the_same_id(
        city: Flask, listener: Listener) -> None:
    heard, killed = Event(), Event()

    def hang(_: object) -> None:
        heard.set()
        killed.wait(20)

    listener.before = hang
    delivery_id = fact(city, manager(city), listener.url)
    process = subprocess.Popen([sys.executable, "-c", SENDER, str(delivery_id)], cwd=Path(__file__).parents[2], env={
        **os.environ, "QJJ_MODE": "test", "DATABASE_URL": city.config["QJJ"].database_url})
    assert heard.wait(60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    killed.set()
    assert state(city) == ("pending", [None])
    listener.before = lambda _: None
    for seconds, answers in ((30, [None]), (61, [None, 200])):
        with clock.frozen(clock.now() + timedelta(seconds=seconds)), city.app_context():
            webhooks.take_up()
            db.session.commit()
            for row in db.session.execute(races.NEXT_JOB).all():
                db.session.commit()
                webhooks.send(delivery_id=UUID(row.args["delivery_id"]))
            db.session.commit()
        assert state(city)[1] == answers
    assert state(city)[0] == "delivered"
    assert len({json.loads(each["body"])["id"] for each in listener.got}) == 1 and len(listener.got) == 2


def test_workers_that_take_a_delivery_up_at_once_send_it_once(city: Flask, listener: Listener) -> None:
    delivery_id = fact(city, manager(city), listener.url)
    races.at_once(city, [lambda: webhooks.send(delivery_id=delivery_id)] * 6)
    assert len(listener.got) == 1 and state(city) == ("delivered", [200])


def test_a_late_failure_of_a_lost_attempt_undoes_no_delivery(city: Flask, listener: Listener) -> None:
    delivery_id = fact(city, manager(city), listener.url)
    with city.app_context():
        lost = deliveries._begin(delivery_id)
        assert lost is not None
        db.session.commit()
        with clock.frozen(clock.now() + rules.LEASE + timedelta(seconds=1)):
            webhooks.send(delivery_id=delivery_id)
            db.session.commit()
        deliveries._end(lost, gateway.Answer(None, "timeout", 5000))
        db.session.commit()
    assert state(city) == ("delivered", [None, 200]) and len(listener.got) == 1


def test_of_facts_followed_twice_at_once_one_delivery_is_made(city: Flask) -> None:
    by = manager(city)
    with city.app_context():
        webhooks.add(actor=by, url="https://erp.example.com/", kinds=["payout.paid"])
        entry_id = ledger.append("payout.paid", subject=f"firm:{by.org_id}", actor="system", data={})
        assert entry_id is not None
        db.session.commit()
    races.at_once(city, [lambda: webhooks.fan_out(entry_id=entry_id)] * 4)
    with city.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(WebhookDelivery)) == 1
        assert db.session.scalar(sa.text(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'webhooks.send'")) == 1


def test_a_firm_that_adds_many_at_once_has_five(city: Flask) -> None:
    by = manager(city)

    def add() -> str:
        return webhooks.add(actor=by, url="https://erp.example.com/", kinds=["payout.paid"]).state

    told = races.at_once(city, [add] * 8)
    assert sorted(told) == ["TooManyWebhookEndpoints"] * 3 + ["on"] * 5


@pytest.mark.parametrize("step", ["rotate", "remove"])
def test_a_step_waits_for_the_one_before(city: Flask, step: str) -> None:
    by = manager(city)
    with city.app_context():
        made = webhooks.add(actor=by, url="https://erp.example.com/", kinds=["payout.paid"]).id
        db.session.commit()
    told = races.at_once(city, [lambda: getattr(webhooks, step)(actor=by, endpoint_id=made) and "done"] * 3)
    assert told.count("WebhookEndpointNotFound") == (2 if step == "remove" else 0)
