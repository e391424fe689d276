"""A course, its people and a body that certifies it."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tests.courses.scene import School


@pytest.fixture()
def school(world: sa.Connection, client: FlaskClient) -> School:
    """A published course with its trainers."""
    return School(client)
