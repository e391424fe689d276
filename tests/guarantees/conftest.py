"""What guarantees are tested with."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.attendance.conftest import days_balance  # noqa: F401
from tests.family import books_balance  # noqa: F401
from tests.guarantees.scene import Guarded
from tests.stripe_sandbox import StripeSandbox

Guard = Callable[..., Guarded]


@pytest.fixture()
def guard(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int],
          books_balance: None, days_balance: None) -> Guard:  # noqa: F811
    """Makes an engagement of some days that is under way."""
    def make(days: int = 6, **changes: int | str) -> Guarded:
        made = Guarded(client, stripe_sandbox, run_jobs, days=days, **changes)  # type: ignore[arg-type]
        made.under_way()
        run_jobs()
        return made

    return make
