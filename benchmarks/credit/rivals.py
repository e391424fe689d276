"""Usual ways of scoring a worker, each from her events up to a day and what is usual in the market: more is better."""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

Event = dict[str, Any]
Rival = Callable[[Sequence[Event], float], float]
KEEP = 0.95


def _marks(events: Sequence[Event]) -> list[int]:
    return [sum(event["aspects"]) for event in events if event["type"] == "rating"]


def mean_stars(events: Sequence[Event], usual: float) -> float:
    """The mean of her marks; without any, the market's."""
    marks = _marks(events)
    return sum(marks) / len(marks) if marks else usual


def bayesian(events: Sequence[Event], usual: float) -> float:
    """The mean of her marks and of five usual ones."""
    marks = _marks(events)
    return (sum(marks) + 5 * usual) / (len(marks) + 5)


def wilson(events: Sequence[Event], usual: float) -> float:
    """The lower bound, at 95 %, of her share of all fives."""
    marks = _marks(events)
    if not marks:
        return 0.0
    n, z = len(marks), 1.96
    share = sum(mark == 25 for mark in marks) / n
    return (share + z * z / 2 / n - z * sqrt((share * (1 - share) + z * z / 4 / n) / n)) / (1 + z * z / n)


def beta(events: Sequence[Event], usual: float) -> float:
    """A Beta mean of all outcomes, complaints, no-shows, cancellations and lateness too, forgetting 5 % with each."""
    good, bad = 2.0, 0.5
    for outcome in _outcomes(events):
        good, bad = good * KEEP + 1 - outcome, bad * KEEP + outcome
    return good / (good + bad)


def _outcomes(events: Sequence[Event]) -> list[float]:
    """How bad each order was, from 0 to 1, in the order told; an order nobody spoke of is none."""
    found: dict[str, float] = {}
    for event in events:
        bad = {"no_show": 1.0, "cancel_worker": 0.7, "complaint_substantiated": 1.0}.get(event["type"])
        if event["type"] == "rating":
            bad = min(1.0, (25 - sum(event["aspects"])) / 12)
        elif event["type"] == "order_completed" and event["punctuality"] == "late":
            bad = 0.4
        if bad is not None:
            found[event["order"]] = max(bad, found.get(event["order"], 0.0))
    return list(found.values())


RIVALS: dict[str, Rival] = {"mean stars": mean_stars, "Bayesian mean": bayesian, "Wilson bound": wilson,
                            "forgetting Beta": beta}
