"""How the stand-in breaks on demand; probabilities are drawn from one seeded generator."""

import json
import random
import threading
from typing import Any

from qiaojiejie.sandbox.stripe.refusals import invalid
from qiaojiejie.sandbox.stripe.state import State

#: what may be set, and what it means
DEFAULTS: dict[str, float] = {
    "seed": 0,           # of the generator
    "drop": 0,           # probability that an event is never delivered
    "repeat": 0,         # extra deliveries of each event; a fraction is the probability of one more
    "reorder": 0,        # probability that an event is held back for up to 2 s
    "fail_before": 0,    # probability of a stored 500 before the work
    "lose_answer": 0,    # probability that the work is done and the connection cut without an answer
    "rate_limit": 0,     # probability of a 429
    "hang": 0,           # seconds to wait before answering
    "hang_rate": 1,      # probability that a request waits so long
    "down": 0,           # probability of a 503 that is not stored
    "refund_delay": 1,   # seconds until a wallet's refund settles
    "refund_fail": 0,    # probability that a wallet's refund fails instead
    "times": -1,         # how many requests to break before behaving again; -1: no end
}


class Faults:
    """The settings, kept in the state so that they survive a kill."""

    def __init__(self, state: State) -> None:
        self._state, self._lock = state, threading.Lock()
        row = state.connection().execute("SELECT value FROM setting WHERE name = 'faults'").fetchone()
        self.now: dict[str, float] = {**DEFAULTS, **(json.loads(row["value"]) if row else {})}
        self._random = random.Random(self.now["seed"])

    def set(self, given: dict[str, Any]) -> dict[str, float]:
        """Replace the settings: what is not given goes back to its default."""
        for name, value in given.items():
            if name not in DEFAULTS or isinstance(value, bool) or not isinstance(value, int | float):
                raise invalid(f"/_control takes {', '.join(DEFAULTS)}, each a number; not {name}={value!r}")
        chosen = {**DEFAULTS, **given}
        # the writer's lock before ours, as everybody who draws while writing takes them
        with self._state.changing() as connection, self._lock:
            connection.execute("INSERT INTO setting VALUES ('faults', ?)"
                               " ON CONFLICT (name) DO UPDATE SET value = excluded.value", (json.dumps(chosen),))
            self.now, self._random = chosen, random.Random(chosen["seed"])
        return chosen

    def draw(self, name: str) -> bool:
        """Whether the fault strikes this time (events and refunds: no end to it)."""
        with self._lock:
            return self.now[name] > 0 and self._random.random() < self.now[name]

    def strike(self, name: str) -> bool:
        """Whether the fault strikes this request; counts against ``times``."""
        with self._lock:
            if not self.now["times"] or self.now[name] <= 0 or self._random.random() >= min(self.now[name], 1):
                return False
            if self.now["times"] > 0:
                self.now["times"] -= 1
            return True

    def pause(self) -> float:
        """Seconds this request hangs; counts against ``times``."""
        with self._lock:
            if not self.now["times"] or not self.now["hang"] or self._random.random() >= self.now["hang_rate"]:
                return 0
            if self.now["times"] > 0:
                self.now["times"] -= 1
            return self.now["hang"]

    def copies(self) -> int:
        """How many times an event is delivered."""
        with self._lock:
            more, chance = divmod(self.now["repeat"], 1)
            return 1 + int(more) + (chance > 0 and self._random.random() < chance)

    def delay(self) -> float:
        """Seconds an event is held back."""
        if not self.draw("reorder"):
            return 0
        with self._lock:
            return self._random.uniform(0.1, 2)
