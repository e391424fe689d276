"""A stand-in that behaves, and a shop at it."""

from collections.abc import Iterator

import pytest

from tests.sandbox.shop import Shop
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
