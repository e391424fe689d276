"""What invoices are tested with."""

import pytest
from flask.testing import FlaskClient

from tests.family import books_balance, family  # noqa: F401
from tests.invoices.scene import Scene


@pytest.fixture()
def scene(client: FlaskClient) -> Scene:
    """A family whose visit is over, and its firm."""
    return Scene(client)
