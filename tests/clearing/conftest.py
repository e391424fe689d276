"""A Stripe of each test's own: its statement tells of nothing else."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from tests import factories
from tests.clearing.bench import Bench
from tests.family import Family, books_balance, family  # noqa: F401
from tests.sandbox.shop import Shop
from tests.stripe_sandbox import StripeSandbox, serve


@pytest.fixture()
def stripe_server(tmp_path: Path) -> Iterator[StripeSandbox]:
    """A stand-in at which nothing has moved."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    yield from serve(tmp_path)


@pytest.fixture()
def bench(world: sa.Connection, family: Family, run_jobs: Callable[[], int]) -> Iterator[Bench]:  # noqa: F811
    """Everybody; when the test is over nothing is wrong in the clearing."""
    shop = Shop(family.stripe.url)
    yield Bench(family, shop, world, factories.member(Role.FEDERATION_ADMIN), run_jobs)
    shop.close()
    db.session.flush()
    assert world.execute(sa.text("SELECT * FROM clearing_health")).all() == []
