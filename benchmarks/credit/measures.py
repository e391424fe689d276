"""How well a way of scoring finds the truth: standings by a rule as the platform computes them, and figures."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from market import AS_OF, Event, Market, Worker
from rivals import Rival

from qiaojiejie.credit import rules
from qiaojiejie.credit.rules import calibrating

Inputs = Mapping[str, Any]


class Books:
    """A market's ledger as a rule reads it: months calibrated, neutral facts worked out."""

    def __init__(self, market: Market, rule: rules.RuleSet) -> None:
        self.rule, told = rule, market.ledger()
        self.worth = calibrating.monthly_tables(told, AS_OF, rule)
        mean = calibrating.mean_of(self.worth, rule)
        households: dict[str, list[Event]] = defaultdict(list)
        self.people: dict[str, list[Event]] = defaultdict(list)
        for event in told:
            self.people[event["worker"]].append(event)
            if event["type"] in ("order_completed", "rating"):
                households[event["household"]].append(event)
        for events in households.values():
            context = rules.contexts(events, mean)
            for event in events:
                event.update(context[event["seq"]])
        self._months: dict[int, Inputs] = {}
        self._standings: dict[tuple[str, int], dict[str, Any]] = {}

    def inputs(self, day: int) -> Inputs:
        """The calibration in force on a day: that of its month."""
        month = calibrating.month_of(day)
        if month not in self._months:
            worth = self.worth.get(month) or rules.tables({}, self.rule)
            self._months[month] = calibrating.calibrate(self.people.values(), [], as_of=month, worth=worth,
                                                        rule=self.rule)
        return self._months[month]

    def standing(self, key: str, day: int) -> dict[str, Any]:
        """A worker's standing on a day."""
        if (key, day) not in self._standings:
            self._standings[key, day] = rules.score(self.people[key], as_of=day, inputs=self.inputs(day),
                                                    rule=self.rule, detail=False)
        return self._standings[key, day]


def usual(events: Iterable[Event]) -> float:
    """The mean of all marks."""
    marks = [sum(event["aspects"]) for event in events if event["type"] == "rating"]
    return sum(marks) / len(marks)


def by_rival(market: Market, rival: Rival) -> dict[str, float]:
    """Everybody's value at the end."""
    told = market.ledger()
    people: dict[str, list[Event]] = defaultdict(list)
    for event in told:
        people[event["worker"]].append(event)
    mark = usual(told)
    return {key: rival(people[key], mark) for key in market.workers}


def spearman(values: Mapping[str, float], workers: Mapping[str, Worker]) -> float:
    """Rank correlation with true quality."""
    keys = sorted(workers)
    one, other = _ranks([values[key] for key in keys]), _ranks([workers[key].on(AS_OF) for key in keys])
    middle = (len(keys) - 1) / 2
    both = sum((a - middle) * (b - middle) for a, b in zip(one, other, strict=True))
    spread = [sum((rank - middle) ** 2 for rank in ranks) for ranks in (one, other)]
    return float(both / (spread[0] * spread[1]) ** 0.5)


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 0; equal values share theirs."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    found = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start:end + 1]:
            found[place] = (start + end) / 2
        start = end + 1
    return found


def bad_by_grade(grades: Mapping[str, str], workers: Mapping[str, Worker]) -> dict[str, tuple[float, int]]:
    """{grade: (share of truly bad jobs to come, workers)}."""
    found: dict[str, list[float]] = defaultdict(list)
    for key, grade in grades.items():
        found[grade].append(workers[key].bad_share())
    return {grade: (sum(shares) / len(shares), len(shares)) for grade, shares in found.items()}


def mean(values: Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def spread(values: Sequence[float]) -> float:
    """The standard deviation between seeds."""
    if len(values) < 2:
        return 0.0
    middle = mean(values)
    return float((sum((value - middle) ** 2 for value in values) / (len(values) - 1)) ** 0.5)
