"""What tests of competitions start from."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from tests.competitions.scene import NOW, Scene


@pytest.fixture()
def scene(client: FlaskClient) -> Iterator[Scene]:
    """Officers and a jury, on a Monday at noon."""
    with clock.frozen(NOW):
        yield Scene(client)
