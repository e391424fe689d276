"""What tests of webhooks share."""

from collections.abc import Iterator
from threading import Thread

import pytest

from tests.webhooks.listener import Listener


@pytest.fixture()
def listener() -> Iterator[Listener]:
    """A firm's program, listening."""
    made = Listener()
    thread = Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()
