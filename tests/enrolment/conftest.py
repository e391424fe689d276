"""What tests of enrolment start from."""

import pytest
from flask.testing import FlaskClient

from tests.enrolment.scene import Scene


@pytest.fixture()
def scene(client: FlaskClient) -> Scene:
    """A firm on the platform and its graders."""
    return Scene(client)
