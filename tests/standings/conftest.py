"""Credit's and standings' own jobs; facts here speak of bookings in the ledger alone, so others' are dropped."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core import jobs, worker
from qiaojiejie.core.db import db

TAKE = sa.text("DELETE FROM procrastinate_jobs WHERE status = 'todo' RETURNING id, task_name, args")


@pytest.fixture()
def run_jobs(app: Flask, world: sa.Connection) -> Callable[[], int]:
    """Runs their deferred jobs as the job worker would; how many."""

    def run() -> int:
        db.session.flush()
        taken = sorted(world.execute(TAKE).all(), key=lambda row: row.id)
        mine = [row for row in taken if row.task_name.startswith(("credit.", "standings."))]
        for row in mine:
            worker.run_framed(app, jobs.TASKS[row.task_name], **row.args)
        db.session.expire_all()
        return len(mine)

    return run
