"""A month's inputs of the rule, worked out of everybody's events, as the platform does and anybody can."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any

from qiaojiejie.credit.rules.evidence import firm_of
from qiaojiejie.credit.rules.monthly import firm_means, raters, tables
from qiaojiejie.credit.rules.ruleset import V1, Event, RuleSet, marks_of
from qiaojiejie.credit.rules.scoring import own_mean

_EPOCH = date(1970, 1, 1).toordinal()
Tables = Mapping[str, Mapping[str, Any]]


def month_of(day: int) -> int:
    """The day number of the first of a day's month."""
    return date.fromordinal(_EPOCH + day).replace(day=1).toordinal() - _EPOCH


def next_month(first: int) -> int:
    """The day number of the first of the month after."""
    return month_of(first + 31)


def monthly_tables(events: Iterable[Event], as_of: int, rule: RuleSet = V1) -> dict[int, dict[str, dict[str, Any]]]:
    """What marks are worth, by the first day of every month from the earliest event's to ``as_of``'s, each from the
    ratings before it. ``events``: everybody's that stand."""
    told = list(events)
    ratings = sorted(((event["t"], event["category"], marks_of(event)) for event in told if event["type"] == "rating"),
                     key=lambda rated: rated[0])
    month, place, seen = month_of(min((event["t"] for event in told), default=as_of)), 0, Counter[tuple[str, int]]()
    found = {}
    while month <= as_of:
        while place < len(ratings) and ratings[place][0] < month:
            seen[ratings[place][1:]] += 1
            place += 1
        found[month] = tables(_counts(seen), rule)
        month = next_month(month)
    return found


def _counts(seen: Mapping[tuple[str, int], int]) -> dict[str, list[int]]:
    return {name: [seen.get((name, mark), 0) for mark in range(5, 26)] for name in sorted({name for name, _ in seen})}


def mean_of(months: Mapping[int, Tables], rule: RuleSet = V1) -> Callable[[int, str], int]:
    """The mean of a category's marks as published for the month of a day: (t, category) → milli aspect points."""
    days, start = sorted(months), tables({}, rule)

    def mean(t: int, category: str) -> int:
        place = bisect_right(days, t)
        known = months[days[place - 1]] if place else start
        found: int = known.get(category, known["*"])["mean"]
        return found

    return mean


def calibrate(people: Collection[Iterable[Event]], restored: Iterable[Event], *, as_of: int, worth: Tables,
              rule: RuleSet = V1) -> dict[str, Any]:
    """{"tables", "raters", "firms", "market"} of a month from everybody's events before its first day ``as_of``.

    ``people``: each worker's events that stand, with neutral facts; ``restored``: the ``rater_restored`` that stand.
    """
    past = [found for events in people if (found := [event for event in events if event["t"] < as_of])]
    weights = raters([*(event for events in past for event in events),
                      *(event for event in restored if event["t"] < as_of)], rule)
    inputs = {"tables": worth, "raters": weights, "firms": {}}
    firms, market = firm_means([(firm, *own_mean(events, as_of=as_of, inputs=inputs, rule=rule))
                                for events in past if (firm := firm_of(events))], rule)
    return {**inputs, "firms": firms, "market": market}
