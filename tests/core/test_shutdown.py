"""A process that is told to end finishes what it was asked, and nobody's request is lost while another takes over."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from qiaojiejie.core import leaving
from tests.core import shutdown
from tests.stripe_sandbox import free_port

#: a job worker with one job more, which takes its time
SLOW = """
import sys, time
import sqlalchemy as sa
from qiaojiejie.app import create_app
from qiaojiejie.core import jobs, worker
from qiaojiejie.core.config import Config
from qiaojiejie.core.db import db

@jobs.task("test.slow")
def slow() -> None:
    print("begun", flush=True)
    time.sleep(1.5)
    db.session.execute(sa.text("INSERT INTO throttle (bucket, window_start, hits) VALUES ('slow', now(), 1)"))

config = Config.read()
app = create_app(config)
with app.app_context():
    for _ in range(2):
        jobs.defer("test.slow")
    db.session.commit()
worker.run(app, config.database_url, concurrency=1)
"""


@pytest.fixture()
def two_servers(new_database: Callable[[], str]) -> Iterator[tuple[int, list[shutdown.Process]]]:
    """Two servers that listen on one port."""
    port, env = free_port(), shutdown.environment(new_database())
    servers = [shutdown.web(port, env) for _ in range(2)]
    try:
        for each in servers:
            shutdown.listening(each, port)
        yield port, servers
    finally:
        for each in servers:
            each.terminate()
            each.wait(timeout=shutdown.PATIENCE)


def test_no_request_is_lost_when_one_of_two_servers_ends(two_servers: tuple[int, list[shutdown.Process]]) -> None:
    port, [first, _] = two_servers
    crowd = shutdown.Crowd(port, "/healthz")
    try:
        crowd.until(400)
        shutdown.leave(first, 0.3)
        crowd.until(crowd.asked + 600)
    finally:
        crowd.stop()
    assert first.poll() == 0 and not crowd.lost, crowd.lost
    assert crowd.answers == {200: crowd.asked}


def test_a_process_that_leaves_says_so_in_every_answer(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Connection" not in client.get("/api/v1/workers").headers
    monkeypatch.setattr(leaving.leaving, "is_set", lambda: True)
    for path, status in (("/api/v1/workers", 200), ("/api/v1/services", 200), ("/none", 404), ("/readyz", 503)):
        answer: Any = client.get(path)
        assert (answer.status_code, answer.headers["Connection"]) == (status, "close")


def test_a_job_worker_finishes_its_job_and_begins_no_other(new_database: Callable[[], str]) -> None:
    url = new_database()
    with subprocess.Popen([sys.executable, "-c", SLOW], env=shutdown.environment(url), text=True,
                          stdout=subprocess.PIPE, cwd=Path(shutdown.ROOT)) as worker:
        assert worker.stdout and worker.stdout.readline() == "begun\n"
        worker.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert worker.wait(timeout=30) == 0
        assert time.monotonic() - began > 1, "it waited for the job"
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT hits FROM throttle WHERE bucket = 'slow'").fetchall() == [(1,)]
        left = connection.execute("SELECT status FROM procrastinate_jobs WHERE task_name = 'test.slow'").fetchall()
        assert left == [("todo",)], "the other waits for another worker"
