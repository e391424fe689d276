"""A good worker becomes a bad one overnight: how many orders pass until each way of scoring shows it.

So that no method wins by crying wolf, each has the threshold at which one in ten of the good workers beside her, who
did not change, is flagged within the same number of orders.
"""

from collections.abc import Callable, Sequence

from market import AS_OF, Event, Market
from measures import Books, mean, usual
from rivals import Rival

FALLS, WATCHED, FALSE_ALARMS = AS_OF - 150, 20, 0.10
Value = Callable[[str, int], float]


def watched(market: Market) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Those who fall and good ones who do not: the days, three after each order, on which they are looked at."""
    after: dict[str, list[int]] = {}
    before: dict[str, int] = {}
    for event in market.ledger():
        if event["type"] in ("order_completed", "no_show", "cancel_worker"):
            if event["t"] >= FALLS:
                after.setdefault(event["worker"], []).append(min(event["t"] + 5, AS_OF))
            else:
                before[event["worker"]] = before.get(event["worker"], 0) + 1
    least = min((worker.quality for worker in market.workers.values() if worker.falls), default=0.0)
    good = [worker for worker in market.workers.values()
            if worker.quality >= least and before.get(worker.key, 0) >= 8 and len(after.get(worker.key, [])) >= 4]
    return tuple({worker.key: after[worker.key][:WATCHED] for worker in good if bool(worker.falls) is falls}
                 for falls in (True, False))  # type: ignore[return-value]


def delays(value: Value, fallen: dict[str, list[int]], steady: dict[str, list[int]]) -> tuple[float, float]:
    """(orders until flagged, the number watched where it never was; share never flagged) at equal false alarms."""
    dips = sorted((max(_drops(value, key, days)) for key, days in steady.items()), reverse=True)
    threshold = max(1e-9, dips[int(len(dips) * FALSE_ALARMS)])
    seen = []
    for key, days in fallen.items():
        drops = _drops(value, key, days)
        seen.append(next((n for n, drop in enumerate(drops, 1) if drop > threshold), None))
    return (mean([float(n or WATCHED) for n in seen]), mean([float(n is None) for n in seen]))


def _drops(value: Value, key: str, days: Sequence[int]) -> list[float]:
    before = value(key, FALLS - 1)
    return [before - value(key, day) for day in days]


def of_books(books: Books) -> Value:
    """The score by a rule."""
    return lambda key, day: float(books.standing(key, day)["score"])


def of_rival(market: Market, rival: Rival) -> Value:
    """The value by a usual way."""
    people: dict[str, list[Event]] = {}
    for event in market.ledger():
        people.setdefault(event["worker"], []).append(event)
    mark = usual(market.events)
    return lambda key, day: rival([event for event in people[key] if event["t"] <= day], mark)


def until_lower(books: Books, fallen: dict[str, list[int]], steady: dict[str, list[int]]) -> tuple[float, float]:
    """(orders until her grade is lower than before, share of the steady ones whose grade was ever lower)."""
    found, false = [], []
    for key, days in (*fallen.items(), *steady.items()):
        before = books.standing(key, FALLS - 1)["grade"]
        first = next((n for n, day in enumerate(days, 1)
                      if books.rule.worse(books.standing(key, day)["grade"], before)), None)
        (found if key in fallen else false).append(first)
    return mean([float(n or WATCHED) for n in found]), mean([float(n is not None) for n in false])
