"""What contracts are tested with."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.contracts.scene import Scene

Engage = Callable[..., Scene]


@pytest.fixture()
def engage(client: FlaskClient) -> Engage:
    """Makes a family with an engagement by days."""
    def make(**changes: str) -> Scene:
        return Scene(client, **changes)

    return make


@pytest.fixture()
def scene(client: FlaskClient) -> Scene:
    """A family that engaged a nurse whose firm employs her."""
    return Scene(client)
