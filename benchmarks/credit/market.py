"""A made-up market for household services: what workers are truly like is known here, and only here.

Everything is drawn from one seed. Workers have a quality, partly their firm's; a job goes as the quality says, give or
take; families mark it kindly, most with all fives, or say nothing; they book again whom they liked, and complain of
what was really bad.
"""

import random
from dataclasses import dataclass, field
from datetime import date
from statistics import NormalDist
from typing import Any

Event = dict[str, Any]
BEGIN = date(2025, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
DAYS = 600
AS_OF = BEGIN + DAYS
#: of job experience: how far one worker's jobs differ, how far workers and firms do, and what is truly bad
JOB, WORKER, FIRM, BAD = 1.0, 0.60, 0.25, -1.9
CATEGORIES = ("cleaning", "child", "elder")


@dataclass
class Worker:
    """Who she is; ``quality`` is hidden from every rule. After ``falls`` (a day) her quality is ``fallen``."""

    key: str
    firm: str
    category: str
    quality: float
    joined: int
    demand: float
    falls: int | None = None
    fallen: float = -1.6

    def on(self, day: int) -> float:
        """Her quality on a day."""
        return self.fallen if self.falls is not None and day >= self.falls else self.quality

    def bad_share(self) -> float:
        """How many of her jobs are truly bad, from now on."""
        return NormalDist(self.on(AS_OF), JOB).cdf(BAD)


@dataclass
class Household:
    """A family: how kind its marks are, whether it gives fives to anything bearable, and how often it marks at all."""

    key: str
    kindness: float
    easy: bool
    speaks: float
    days: list[int]
    liked: str | None = None


@dataclass
class Market:
    """What happened: events by worker, each as an export line is, with the worker's key."""

    workers: dict[str, Worker]
    events: list[Event] = field(default_factory=list)
    orders: int = 0

    def order(self, worker: Worker, household: str, day: int) -> Event:
        """What every event of a new order has."""
        self.orders += 1
        return {"t": day, "worker": worker.key, "firm": worker.firm, "household": household,
                "category": worker.category, "order": f"o_{self.orders}"}

    def tell(self, kind: str, about: Event, after: int = 0, **more: Any) -> None:
        """Record an event of an order, some days after it, unless that is still to come."""
        if about["t"] + after <= AS_OF:
            self.events.append({**about, "type": kind, "t": about["t"] + after, **more})

    def ledger(self) -> list[Event]:
        """Everything in the order it was recorded, numbered; events of one day by chance of their making."""
        told = sorted(self.events, key=lambda event: event["t"])
        return [{**event, "seq": number} for number, event in enumerate(told, 1)]


def people(chance: random.Random, count: int) -> dict[str, Worker]:
    """Workers of firms of about 25; two in five were there at the beginning, the last joined days ago."""
    firms = [(f"f_{n}", chance.gauss(0, FIRM)) for n in range(max(4, count // 25))]
    found = {}
    for n in range(count):
        firm, mean = firms[n % len(firms)]
        joined = BEGIN if chance.random() < 0.4 else BEGIN + chance.randrange(DAYS - 20)
        found[f"p_{n}"] = Worker(f"p_{n}", firm, chance.choice(CATEGORIES), mean + chance.gauss(0, WORKER), joined,
                                 chance.lognormvariate(0, 0.4))
    return found


def families(chance: random.Random, count: int) -> list[Household]:
    """A third order once; the others two to ten times a year."""
    found = []
    for n in range(count):
        orders = 1 if chance.random() < 0.35 else 1 + round(chance.uniform(2, 10) * DAYS / 365)
        kindness = chance.gauss(0, 0.35) - (1.2 if chance.random() < 0.03 else 0)
        found.append(Household(f"h_{n}", kindness, chance.random() < 0.5, chance.choice((0.9, 0.9, 0.6, 0.6, 0.1)),
                               sorted(BEGIN + chance.randrange(DAYS) for _ in range(orders))))
    return found


def grow(seed: int, workers: int, falling: bool = False) -> Market:
    """600 days of a market of so many workers and five times as many families. ``falling``: a third of the good ones
    collapse 150 days before the end."""
    chance = random.Random(seed)
    market = Market(people(chance, workers))
    homes = families(chance, workers * 5)
    if falling:
        good = sorted(market.workers.values(), key=lambda worker: -worker.quality)[:workers // 3]
        for worker in chance.sample([each for each in good if each.joined < BEGIN + 250], len(good) // 3):
            worker.falls = AS_OF - 150
    for worker in market.workers.values():
        papers(market, worker)
    for day, place in sorted((day, place) for place, home in enumerate(homes) for day in home.days):
        worker = _chosen(chance, market, homes[place], day)
        if worker:
            _job(chance, market, worker, homes[place], day)
    return market


def papers(market: Market, worker: Worker) -> None:
    """She joins her firm with verified papers."""
    told = {"t": worker.joined, "worker": worker.key, "firm": worker.firm}
    market.tell("joined", told)
    market.tell("identity_verified", told, document="i" + worker.key)
    market.tell("background_check", told, document="b" + worker.key, result="clear")
    market.tell("health_cert", told, document="h" + worker.key)


def _chosen(chance: random.Random, market: Market, home: Household, day: int) -> Worker | None:
    if home.liked:
        return market.workers[home.liked]
    known = [worker for worker in market.workers.values() if worker.joined <= day]
    return chance.choices(known, [worker.demand for worker in known])[0] if known else None


def _job(chance: random.Random, market: Market, worker: Worker, home: Household, day: int) -> None:
    quality = worker.on(day)
    order = market.order(worker, home.key, day)
    if chance.random() < 0.008 * 2.7 ** (-0.9 * quality):
        home.liked = None
        return market.tell("no_show", order)
    if chance.random() < 0.015 * 2.7 ** (-0.6 * quality):
        return market.tell("cancel_worker", order, notice_h=chance.choice((3, 48)))
    went = quality + chance.gauss(0, JOB)
    late = chance.random() < min(0.5, 0.07 * 2.7 ** (-0.7 * quality))
    market.tell("order_completed", order, punctuality="late" if late else "on_time")
    felt = went + home.kindness - 0.4 * late
    home.liked = worker.key if chance.random() < 1 / (1 + 2.7 ** (0.8 - 1.6 * felt)) else None
    if chance.random() < home.speaks * (0.75 if -1.3 < felt < 0 else 1):
        market.tell("rating", order, chance.randint(0, 4), aspects=_aspects(chance, felt, home.easy))
    if felt < BAD and chance.random() < 0.5:
        _complain(chance, market, order, went)


def _aspects(chance: random.Random, felt: float, easy: bool) -> list[int]:
    if easy and felt > -1.5:
        return [5] * 5
    steps = (-1.2, -2.2, -2.9, -3.5)
    return [5 - sum(felt + chance.gauss(0, 0.5) < step for step in steps) for _ in range(5)]


def _complain(chance: random.Random, market: Market, order: Event, went: float) -> None:
    complaint = "c" + order["order"]
    market.tell("complaint_opened", order, 1, complaint=complaint)
    if went < BAD and chance.random() < 0.85:
        severity = 1 + (went < -2.6) + (went < -3.4)
        market.tell("complaint_substantiated", order, 10, complaint=complaint, severity=severity)
    else:
        market.tell("complaint_dismissed", order, 10, complaint=complaint)
