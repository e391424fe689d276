"""A family that may use coupons; when a test is over nothing is wrong with any."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core.db import db
from tests.coupons.scene import Customer
from tests.family import books_balance  # noqa: F401,F811
from tests.stripe_sandbox import StripeSandbox


@pytest.fixture()
def coupons_balance(world: sa.Connection) -> Iterator[None]:
    """When the test is over, every coupon's counts are those of its uses."""
    yield
    db.session.flush()
    assert world.execute(sa.text("SELECT * FROM coupons_health")).all() == []


@pytest.fixture()
def family(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int],
           books_balance: None, coupons_balance: None) -> Customer:  # noqa: F811
    """A family and a cleaner."""
    return Customer(client, stripe_sandbox, run_jobs)
