"""What is to be reached, a line of the table each."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Goal:
    """A figure by name: at least ``least``, or at most ``most``."""

    name: str
    work: str
    unit: str
    least: float | None = None
    most: float | None = None

    @property
    def bound(self) -> float:
        """What is to be reached."""
        return self.least or self.most or 0.0

    @property
    def says(self) -> str:
        """It in words."""
        return f"{'≥' if self.least is not None else '≤'} {self.bound:g}{self.unit}"

    def reached(self, rounds: Sequence[float]) -> bool:
        """Whether the median of the rounds reaches it."""
        middle = median(rounds)
        return middle >= self.bound if self.least is not None else middle <= self.bound

    def share(self, value: float) -> float:
        """How much of it a value is: 1 is all of it, more is better."""
        if self.least is not None:
            return value / self.bound
        return 1.0 if value <= self.bound and not self.bound else self.bound / value if value else 2.0


GOALS = (
    Goal("search", "GET /workers, free 2 h, top 20 ÷ bare view of the same SQL", "", least=0.90),
    Goal("signed in", "the same signed in ÷ bare view and one token check", "", least=0.85),
    Goal("flat rate", "GET /workers, requests/s at the most workers ÷ at the fewest", "", least=0.80),
    Goal("flat p99", "GET /workers, p99 at the most workers ÷ at the fewest", "", most=1.5),
    Goal("one", "GET /workers/{id} ÷ bare view of the same SQL", "", least=0.90),
    Goal("unchanged", "GET /workers/{id}, 304 ÷ 200", "", least=2.0),
    Goal("availability", "GET /availability, 3,000 workers × 14 days, of the server", " ms", most=60),
    Goal("availability, queries", "the same, statements", "", most=3),
    Goal("holds", "POST /bookings, holds/s ÷ the same SQL by pgbench", "", least=0.35),
    Goal("hot deadlocks", "64 clients on 5 workers, hold and cancel: deadlocks", "", most=0),
    Goal("hot overlaps", "the same: overlapping engagements", "", most=0),
    Goal("hot p99", "the same: p99 of a request", " ms", most=150),
    Goal("import rows", "staff import of 10,000 rows", " rows/s", least=1500),
    Goal("import memory", "the same: peak memory", " MB", most=200),
    Goal("rescore", "credit: rescore after one event", " ms", most=5),
    Goal("replay", "credit: replay of 100,000 entries", " s", most=2),
    Goal("memory", "web process at rest", " MB", most=130),
    Goal("growth", "web process, memory after many requests ÷ after 5,000", "", most=1.10),
    Goal("start", "demo, second start to /readyz", " s", most=4),
    Goal("import", "import of the app", " s", most=1),
)
