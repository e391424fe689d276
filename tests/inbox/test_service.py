"""The inbox: stored once, handled once, asked after when its job was lost."""

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.inbox import queries
from qiaojiejie.inbox import service as inbox
from tests.stripe_sandbox import StripeSandbox


def jobs_waiting(world: sa.Connection) -> int:
    """How many jobs wait."""
    return world.execute(sa.text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")).scalar_one()


def test_an_event_is_stored_once_with_one_job(world: sa.Connection) -> None:
    assert inbox.receive(id="evt_1", type="payment_intent.created", object_id="pi_1")
    assert not inbox.receive(id="evt_1", type="payment_intent.created", object_id="pi_1")
    assert jobs_waiting(world) == 1


def test_an_event_nobody_looks_after_is_done_at_once(world: sa.Connection) -> None:
    assert inbox.receive(id="evt_1", type="customer.created", object_id="cus_1")
    assert queries.event("evt_1").handled_at is not None and jobs_waiting(world) == 0


def test_an_event_whose_job_was_lost_gets_another(world: sa.Connection, run_jobs: Callable[[], int],
                                                  sweep: Callable[[str], None],
                                                  stripe_sandbox: StripeSandbox) -> None:
    inbox.receive(id="evt_1", type="payment_intent.created", object_id="pi_1")
    world.execute(sa.text("DELETE FROM procrastinate_jobs"))
    sweep("inbox.tasks.remind")
    assert jobs_waiting(world) == 0
    with clock.frozen(clock.now() + timedelta(seconds=31)):
        sweep("inbox.tasks.remind")
        assert run_jobs() == 1
    assert queries.event("evt_1").handled_at is not None
    with clock.frozen(clock.now() + timedelta(seconds=90)):
        sweep("inbox.tasks.remind")
    assert jobs_waiting(world) == 0
