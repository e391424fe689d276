"""A job is as true as the transaction that deferred it."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core import jobs
from qiaojiejie.core.db import db
from qiaojiejie.ledger import queries, service
from qiaojiejie.ledger.models import LedgerEntry

QUEUED = sa.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name")


def test_a_rolled_back_session_leaves_no_job(world: sa.Connection) -> None:
    jobs.defer("nobody.listens", n=1)
    db.session.rollback()
    assert world.execute(QUEUED, {"name": "nobody.listens"}).scalar_one() == 0


def test_a_committed_session_leaves_its_job(world: sa.Connection) -> None:
    jobs.defer("nobody.listens", n=1)
    db.session.commit()
    assert world.execute(QUEUED, {"name": "nobody.listens"}).scalar_one() == 1


def test_a_fact_defers_its_followers(world: sa.Connection, run_jobs: Callable[[], int],
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setitem(service.FOLLOWERS, "test.happened", ["test.follow"])
    monkeypatch.setitem(jobs.TASKS, "test.follow", lambda entry_id: seen.append(entry_id))
    entry = service.append("test.happened", subject="test:1", actor=service.SYSTEM, data={"n": 1})
    run_jobs()
    assert seen == [entry]


def test_a_keyed_fact_is_written_once(world: sa.Connection) -> None:
    first = service.append("test.happened", subject="test:1", actor=service.SYSTEM, key="once")
    assert service.append("test.happened", subject="test:1", actor=service.SYSTEM, key="once") is None
    assert [entry.id for entry in queries.about("test:1")] == [first]


@pytest.mark.parametrize("change", [
    sa.update(LedgerEntry).values(fact="x"), sa.delete(LedgerEntry), sa.text("TRUNCATE ledger_entry CASCADE")])
def test_the_ledger_refuses_change(world: sa.Connection, change: sa.Executable) -> None:
    service.append("test.happened", subject="test:1", actor=service.SYSTEM)
    db.session.flush()
    with pytest.raises(sa.exc.ProgrammingError, match="append-only|permission denied"):
        db.session.execute(change)


def test_two_jobs_of_one_name_are_a_mistake(app: Flask) -> None:
    with pytest.raises(ValueError, match="two jobs"):
        jobs.task("ledger.twice")(lambda: None)
        jobs.task("ledger.twice")(lambda: None)
