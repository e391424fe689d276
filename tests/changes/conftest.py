"""What changes are tested with; when a test is over nothing is wrong with money or calendars."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.changes.scene import Mover
from tests.family import books_balance  # noqa: F401,F811
from tests.stripe_sandbox import StripeSandbox


@pytest.fixture()
def family(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int],
           books_balance: None) -> Mover:  # noqa: F811
    """A family about to book a cleaner."""
    return Mover(client, stripe_sandbox, run_jobs)
