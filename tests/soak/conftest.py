"""Ground to race on."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.soak import ground as grounds
from tests.stripe_sandbox import StripeSandbox


@pytest.fixture()
def ground(city: Flask, stripe_server: StripeSandbox) -> Iterator[grounds.Ground]:
    """The app on a database of its own, at a Stripe that behaves."""
    with grounds.opened(city, stripe_server) as made:
        yield made
