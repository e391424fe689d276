"""What series are tested with."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core.db import db
from tests.family import books_balance  # noqa: F401
from tests.series.scene import Weekly, orphans
from tests.stripe_sandbox import StripeSandbox


@pytest.fixture()
def nothing_orphaned(world: sa.Connection) -> Iterator[None]:
    """When the test is over, every live visit has her time, and no time is engaged for nothing."""
    yield
    db.session.flush()
    assert orphans() == []


@pytest.fixture()
def family(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int], books_balance: None,  # noqa
           nothing_orphaned: None) -> Callable[..., Weekly]:
    """Makes a family that wants a cleaner every week; no day is a holiday unless it is said."""
    def make(**changes: Any) -> Weekly:
        db.session.execute(sa.text("DELETE FROM statutory_holiday"))
        return Weekly(client, stripe_sandbox, run_jobs, **changes)

    return make


@pytest.fixture()
def holiday(world: sa.Connection) -> Callable[[date], None]:
    """Makes a day a statutory holiday."""
    def make(day: date) -> None:
        world.execute(sa.text("INSERT INTO statutory_holiday (day, name) VALUES (:day, '元旦')"), {"day": day})

    return make
