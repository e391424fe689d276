"""An accredited body and whom it certifies."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tests.certificates.scene import Scene


@pytest.fixture()
def scene(world: sa.Connection, client: FlaskClient) -> Scene:
    """Officers, a body they accredited, a worker."""
    return Scene(client)
