"""What Prometheus is told, and who may ask."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from qiaojiejie.core import clock, jobs
from qiaojiejie.core.db import db
from qiaojiejie.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests import factories, races
from tests.conftest import config_for

Told = dict[tuple[str, frozenset[tuple[str, str]]], float]


def told(client: FlaskClient) -> Told:
    """Every number, by its name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.json
    return {(sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(answer.text) for sample in family.samples}


def number(found: Told, name: str, **labels: str) -> float:
    """One of them; 0: not there yet."""
    return found.get((name, frozenset(labels.items())), 0)


@pytest.fixture()
def grows(client: FlaskClient) -> Iterator[Callable[..., float]]:
    """By how much a number grew since the test began."""
    before = told(client)
    yield lambda name, **labels: number(told(client), name, **labels) - number(before, name, **labels)


def test_a_request_is_counted_by_its_route_both_ways(client: FlaskClient, grows: Callable[..., float]) -> None:
    worker = factories.worker(factories.firm())
    client.get(f"/api/v1/workers/{worker.id}")
    client.get(f"/api/v1/workers/{worker.id}", headers={"If-None-Match": '"another"'})
    client.get(f"/api/v1/workers/{factories.account().id}")
    client.get("/api/v1/services")
    route = {"method": "GET", "route": "/api/v1/workers/<uuid:worker_id>"}
    assert grows("qjj_requests_total", **route, status="200") == 2
    assert grows("qjj_requests_total", **route, status="404") == 1
    assert grows("qjj_request_seconds_count", **route) == 3
    assert 0 < grows("qjj_request_seconds_sum", **route) < 60
    assert grows("qjj_requests_total", method="GET", route="/api/v1/services", status="200") == 1


def test_what_nobody_serves_has_no_name_of_its_own(client: FlaskClient, grows: Callable[..., float]) -> None:
    for path in ("/one", "/two", "/api/v1/three"):
        client.get(path)
    client.open("/four", method="BREW")
    assert grows("qjj_requests_total", method="GET", route="", status="404") == 3
    assert sum(grows("qjj_requests_total", method="other", route="", status=status) for status in ("404", "405")) == 1


def test_what_waits_is_measured_when_somebody_looks(client: FlaskClient, world: sa.Connection) -> None:
    empty = told(client)
    jobs.defer("nobody.listens", n=1)
    db.session.flush()
    world.execute(sa.text("UPDATE procrastinate_events SET at = now() - interval '90 seconds'"))
    found = told(client)
    assert number(found, "qjj_jobs_todo") == number(empty, "qjj_jobs_todo") + 1
    assert 90 <= number(found, "qjj_jobs_oldest_seconds") < 120
    world.execute(sa.text("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour'"))
    assert number(told(client), "qjj_jobs_oldest_seconds") == 0, "it is not due yet"


def test_holds_and_events_that_wait_are_measured(client: FlaskClient, world: sa.Connection) -> None:
    names = ("qjj_holds_open", "qjj_webhooks_oldest_seconds", "qjj_clearing_differences")
    assert [number(told(client), name) for name in names] == [0, 0, 0]
    held, now = factories.booking("held"), clock.now()
    hears = WebhookEndpoint(firm_id=held.firm_id, state="on", url="https://firm.example/hook", kinds=[],
                            secret="s", added_by=held.household.account_id, added_at=now)
    db.session.add(hears)
    db.session.flush()
    for state, minutes in (("pending", 3), ("pending", 1), ("delivered", 9)):
        db.session.add(WebhookDelivery(
            endpoint_id=hears.id, event=state, kind="ping", body="{}", state=state, attempts=0, tries=0, next_at=now,
            queued_until=now, until=now, created_at=now - timedelta(minutes=minutes)))
    db.session.flush()
    found = told(client)
    assert number(found, "qjj_holds_open") == 1
    assert 180 <= number(found, "qjj_webhooks_oldest_seconds") < 240


def test_the_state_of_the_books_is_what_was_found_last(client: FlaskClient, sweep: Callable[[str], None]) -> None:
    sweep("books.tasks.check")
    found = told(client)
    assert number(found, "qjj_ledger_troubles") == 0
    assert number(found, "qjj_ledger_checked_timestamp_seconds") > 1.7e9


def test_connections_somebody_works_on_are_counted(city: Flask) -> None:
    client = city.test_client()
    before = number(told(client), "qjj_db_connections_in_use")
    with city.app_context(), db.engine.connect(), city.extensions["db_reader"].connect():
        assert number(told(client), "qjj_db_connections_in_use") == before + 2
    assert number(told(client), "qjj_db_connections_in_use") == before


def test_only_who_holds_the_token_may_look(new_database: Callable[[], str]) -> None:
    with races.opened(config_for(new_database(), METRICS_TOKEN="secret-1")) as app:
        client = app.test_client()
        for sent, status in ((None, 401), ("Bearer sécret-1", 401), ("secret-1", 401), ("Bearer secret-1", 200)):
            headers = {"Authorization": sent} if sent else {}
            assert client.get("/metrics", headers=headers).status_code == status, sent
        assert "qjj" not in client.get("/openapi.json").text


def test_without_a_token_only_a_demo_answers_and_only_its_own_machine(app: Flask, client: FlaskClient) -> None:
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.7"}).status_code == 404
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"}).status_code == 200


COUNT = """
import sys
from qiaojiejie.core import metrics
for _ in range(int(sys.argv[1])):
    metrics.answered({"REQUEST_METHOD": "GET", metrics.BEGAN: 0.0}, "/x", 200)
metrics._CONNECTIONS.inc()
sys.stdout.write(metrics.generate_latest(metrics._counted()).decode())
"""


def test_processes_that_share_a_folder_answer_for_all(tmp_path: Path) -> None:
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for times, sum_so_far in ((3, 3), (4, 7)):
        out = subprocess.run([sys.executable, "-c", COUNT, str(times)], env=env, capture_output=True, text=True,
                             check=True).stdout
        assert f'qjj_requests_total{{method="GET",route="/x",status="200"}} {sum_so_far}.0' in out
        assert "qjj_db_connections_in_use 1.0" in out, "what a process held that is gone is held no more"
