"""What substitutions are tested with."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.substitutions.scene import Scene


@pytest.fixture()
def it(client: FlaskClient, run_jobs: Callable[[], int]) -> Scene:
    """A confirmed visit, tomorrow at ten."""
    return Scene(client, run_jobs)
