"""What prepaid cards are tested with; when a test is over nothing is wrong with any."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.family import books_balance  # noqa: F401,F811
from tests.prepaid.scene import Holder
from tests.stripe_sandbox import StripeSandbox


@pytest.fixture()
def family(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int],
           books_balance: None) -> Holder:  # noqa: F811
    """A family, a cleaner and her firm."""
    return Holder(client, stripe_sandbox, run_jobs)
