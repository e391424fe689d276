"""A web process about to end (SIGUSR1) tells its clients to come back on a new connection, and proxies to go elsewhere.

SIGTERM alone finishes what is asked, but a connection kept open and idle at that moment is closed, perhaps just as the
next request is on its way.
"""

import signal
from collections.abc import Callable
from threading import Event
from typing import Any

#: set once this process is about to end
leaving = Event()


def listen() -> None:
    """Take the signal. Only a process's main thread can."""
    signal.signal(signal.SIGUSR1, lambda *_: leaving.set())


def told(start_response: Callable[..., Any]) -> Callable[..., Any]:
    """The same answer, and that the connection ends with it (the server does the rest)."""

    def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [*headers, ("Connection", "close")], *more)

    return started
