"""How many calls may run at once."""

import threading
import time

#: seconds a caller waits for a free place among them; nobody waits for places that were all taken longer ago
PATIENCE = 1.0


class Places:
    """Room for so many calls at once. While they hang, whoever comes is turned away at once and keeps no thread."""

    def __init__(self, most: int) -> None:
        self._most, self._changed = most, threading.Condition()
        self._began: dict[object, float] = {}

    def take(self) -> object | None:
        """A place, or None when none comes free in time."""
        came = time.monotonic()
        with self._changed:
            while len(self._began) >= self._most:
                left = min(came, max(self._began.values())) + PATIENCE - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    return None
            place = object()
            self._began[place] = time.monotonic()
            return place

    def leave(self, place: object) -> None:
        """Give a place back."""
        with self._changed:
            del self._began[place]
            self._changed.notify()
