"""One PostgreSQL for the run, one database migrated once and copied, one rolled-back transaction a test."""

import contextlib
import contextvars
import fcntl
import hashlib
import logging
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from qiaojiejie.core import clock, embedded, jobs, worker
from qiaojiejie.core.config import Config
from qiaojiejie.core.db import db
from qiaojiejie.payments.gateway import Gateway
from tests import races, statements
from tests.races import NEXT_JOB
from tests.stripe_sandbox import SECRET, StripeSandbox, serve

ROOT = Path(__file__).resolve().parents[1]
#: bring many clients at once; so do the stories told to the one live service
CROWDED = ("test_concurrency", "test_races", "test_storm", "test_database", "test_hanging_stripe", "test_readme",
           "test_seats", "test_station_day", "test_calendar_machine", "test_standby")
CONNECTIONS = 300
SETTINGS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", f"max_connections = {CONNECTIONS}")

# a machine shared by many is slow now and then, which says nothing of a test
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """In several processes a file's tests stay together, and so does all that brings crowds."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return "crowded" if Path(path).stem in CROWDED else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Who runs what."""
    return ByFile(config, log)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server: TEST_DATABASE_URL's, or the embedded one, without fsync."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    folder = ROOT / "instance" / "test-postgres"
    folder.parent.mkdir(exist_ok=True)
    with folder.with_suffix(".lock").open("w") as only, contextlib.closing(only):
        fcntl.flock(only, fcntl.LOCK_EX)  # of two processes one makes the server, and starts it again when it is new
        running = embedded.start(folder)
        if _prepared(running.get_uri()):
            running.cleanup()
            running = embedded.start(folder)
    yield running.get_uri()


def _prepared(uri: str) -> bool:
    """Whether the server must be started again for what was set."""
    with psycopg.connect(uri, autocommit=True) as connection:
        for setting in SETTINGS:
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
        # what the first migration sets for the role: two that migrate at once would meet in that row
        connection.execute('ALTER ROLE CURRENT_USER SET search_path = "$user", public, public_jobs')
        [[connections]] = connection.execute("SHOW max_connections").fetchall()
        return int(connections) < CONNECTIONS


@pytest.fixture(scope="session")
def new_database(server: str) -> Iterator[Callable[[], str]]:
    """Makes databases with today's schema; each is dropped at the end of the run."""
    template, made = _template(server), list[str]()

    def make() -> str:
        name = f"qjj_test_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return _address(server, name)

    yield make
    with psycopg.connect(server, autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _address(server: str, name: str) -> str:
    return str(sa.make_url(server).set(database=name).render_as_string(hide_password=False))


def _template(server: str) -> str:
    """The database all others are copies of: migrated from nothing once for each content of migrations and source,
    whichever process comes first, and kept for the next run; those of other contents are dropped."""
    digest = hashlib.sha256()
    for path in sorted((*(ROOT / "migrations").rglob("*.py"), *(ROOT / "src").rglob("*.py"))):
        digest.update(path.read_bytes())
    name = f"qjj_template_{digest.hexdigest()[:16]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('qjj_template'))")
        known = {row[0] for row in connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'qjj_template_%'")}
        if name not in known:
            for old in known:
                connection.execute(f"DROP DATABASE IF EXISTS {old} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}_new")
            with races.opened(config_for(_address(server, f"{name}_new"))) as made, made.app_context():
                upgrade()
            connection.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")
    return name


def config_for(database_url: str, **settings: str) -> Config:
    """Test settings for a database."""
    return Config.read({"QJJ_MODE": "test", "DATABASE_URL": database_url, "LOG_LEVEL": "WARNING", **settings})


class Client(FlaskClient):
    """A client whose requests run in contexts of their own, as on a server (only a frozen clock is carried over)."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """One request."""
        frozen = clock._frozen.get()

        def call() -> Any:
            clock._frozen.set(frozen)
            return super(Client, self).open(*args, **kwargs)

        return contextvars.Context().run(call)


@pytest.fixture(scope="session", autouse=True)
def all_asked(new_database: Callable[[], str]) -> Iterator[statements.Statements]:
    """All that is asked of the database (``tests.statements``)."""
    seen = statements.Statements(new_database, raising="STATEMENTS" in os.environ)
    with seen.watched():
        yield seen


@pytest.fixture(autouse=True)
def within_bounds(all_asked: statements.Statements, request: pytest.FixtureRequest) -> Iterator[None]:
    """No request of the test asked more than is listed for its route, nothing what no index serves; what chance asks
    may be more than when the list was made."""
    all_asked.clear()
    yield
    over = [] if getattr(request.function, "is_hypothesis_test", False) else all_asked.over
    if found := dict.fromkeys((*over, *all_asked.unserved)):
        pytest.fail("\n\n".join(found), pytrace=False)


@pytest.fixture(scope="session")
def app(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole app on a migrated database."""
    with races.opened(config_for(new_database(), MEDIA_DIR=str(tmp_path_factory.mktemp("media")))) as made:
        made.test_client_class = Client
        yield made


@pytest.fixture()
def city(new_database: Callable[[], str]) -> Iterator[Flask]:
    """The whole app on a database of its own, where transactions really commit."""
    with races.opened(config_for(new_database())) as made:
        yield made


@pytest.fixture()
def world(app: Flask) -> Iterator[sa.Connection]:
    """A transaction that everything in the test shares (requests and jobs too) and that is rolled back."""
    with app.app_context():
        connection = db.engine.connect()
        outer = connection.begin()
        app.extensions["db_override"] = connection
        try:
            yield connection
        finally:
            db.session.remove()
            app.extensions.pop("db_override")
            if outer.is_active:  # a test of many worlds has begun others since
                outer.rollback()
            connection.close()


@pytest.fixture()
def client(app: Flask, world: sa.Connection) -> FlaskClient:
    """A client over ``world``."""
    return app.test_client()


@pytest.fixture()
def run_jobs(app: Flask, world: sa.Connection, all_asked: statements.Statements) -> Callable[[], int]:
    """Runs every deferred job (and those they defer) as the job worker would; how many ran. A failing job fails."""

    def run() -> int:
        count = 0
        while True:
            db.session.flush()
            row = world.execute(NEXT_JOB).one_or_none()
            if row is None:
                db.session.expire_all()
                return count
            with all_asked.asking(row.task_name):
                worker.run_framed(app, jobs.TASKS[row.task_name], **row.args)
            count += 1

    return run


@pytest.fixture()
def sweep(app: Flask, world: sa.Connection, all_asked: statements.Statements) -> Callable[[str], None]:
    """Runs one registered sweep by the end of its name, as the job worker would."""

    def run(name: str) -> None:
        db.session.flush()
        [(full, func)] = [(full, func) for full, (_, func) in jobs.SWEEPS.items() if full.endswith(name)]
        with all_asked.asking(full):
            worker.run_framed(app, func)
        db.session.expire_all()

    return run


@pytest.fixture(scope="session")
def stripe_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeSandbox]:
    """The stand-in for Stripe, running for the whole run."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    yield from serve(tmp_path_factory.mktemp("stripe"))


@pytest.fixture()
def stripe_sandbox(app: Flask, stripe_server: StripeSandbox) -> Iterator[StripeSandbox]:
    """The stand-in, behaving, with the app's gateway pointed at it (one try a call, so that a fault is felt)."""
    before = app.extensions["stripe_gateway"]
    pointed = Gateway(api_key="sk_test_demo", api_base=stripe_server.url, webhook_secrets=(SECRET,),
                      public_url="http://localhost:8000", retries=0)
    app.extensions["stripe_gateway"] = pointed
    stripe_server.control()
    yield stripe_server
    stripe_server.control()
    pointed.close()
    app.extensions["stripe_gateway"] = before
