"""What engagements by days are tested with."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core.db import db
from tests.attendance.engagement import Engagement
from tests.family import books_balance  # noqa: F401
from tests.stripe_sandbox import StripeSandbox

Engage = Callable[..., Engagement]


@pytest.fixture()
def days_balance(world: sa.Connection) -> Iterator[None]:
    """When the test is over nothing is wrong in the days and what they released."""
    yield
    db.session.flush()
    assert world.execute(sa.text("SELECT * FROM attendance_health")).all() == []


@pytest.fixture()
def engage(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int],
           books_balance: None, days_balance: None) -> Engage:  # noqa: F811
    """Makes a family that engages a nurse; of 26 days, ten days ahead, unless it is said."""
    def make(**changes: int | str) -> Engagement:
        return Engagement(client, stripe_sandbox, run_jobs, **changes)  # type: ignore[arg-type]

    return make
