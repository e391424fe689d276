"""Events, and the outbox of webhooks that carry them: written with the change they tell of."""

import json
import time

from qiaojiejie.sandbox.stripe.faults import Faults
from qiaojiejie.sandbox.stripe.state import Object, State, new_id

API_VERSION = "2026-10-28.endive"


class Events:
    """Records events; puts them in the outbox when somebody is to be told."""

    def __init__(self, state: State, faults: Faults, *, told: bool) -> None:
        self._state, self._faults, self._told = state, faults, told

    def record(self, kind: str, thing: Object) -> None:
        """An event about an object as it now stands. Call inside ``state.changing()``."""
        event = {"id": new_id("evt"), "object": "event", "api_version": API_VERSION, "created": int(time.time()),
                 "data": {"object": thing}, "livemode": False, "pending_webhooks": int(self._told),
                 "request": {"id": None, "idempotency_key": None}, "type": kind}
        self._state.put(event, kind="event", parent=kind)
        if not self._told or self._faults.draw("drop"):
            return
        with self._state.changing() as connection:
            for _ in range(self._faults.copies()):
                connection.execute("INSERT INTO outbox (event, due) VALUES (?, ?)",
                                   (json.dumps(event), time.time() + self._faults.delay()))
