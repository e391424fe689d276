"""A stand-in that behaves, and a shop at it; a small sample city."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.sandbox.shop import Shop
from tests.sandbox.town import open_city
from tests.stripe_sandbox import StripeSandbox


@pytest.fixture()
def there(stripe_server: StripeSandbox) -> Iterator[StripeSandbox]:
    """The running stand-in, behaving before and after."""
    stripe_server.control()
    yield stripe_server
    stripe_server.control()


@pytest.fixture()
def shop(there: StripeSandbox) -> Iterator[Shop]:
    """The library at the stand-in."""
    made = Shop(there.url)
    yield made
    made.close()


@pytest.fixture(scope="module")
def town(new_database: Callable[[], str]) -> Iterator[Flask]:
    """A small city."""
    with open_city(new_database()) as app:
        yield app
