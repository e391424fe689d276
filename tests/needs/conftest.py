"""Who meets over a need."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tests.needs.scene import Bidder, Seeker

Bid = Callable[..., Bidder]


@pytest.fixture()
def family(client: FlaskClient, world: sa.Connection, run_jobs: Callable[[], int]) -> Seeker:
    """A family that looks for somebody."""
    return Seeker(client, run_jobs)


@pytest.fixture()
def bidder(client: FlaskClient, world: sa.Connection) -> Bid:
    """Makes firms of the district with a worker who cleans."""
    return lambda **fields: Bidder(client, **fields)
