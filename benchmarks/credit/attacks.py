"""What dishonest people add to a market: each attack marks a tenth as often as all honest families together."""

import random
from collections.abc import Callable
from dataclasses import replace

from market import AS_OF, BEGIN, DAYS, Market, Worker, papers

FIVES = [5] * 5


def _mark(chance: random.Random, market: Market, worker: Worker, household: str, aspects: list[int]) -> None:
    day = chance.randrange(worker.joined, AS_OF - 6)
    order = market.order(worker, household, day)
    market.tell("order_completed", order, punctuality="on_time")
    market.tell("rating", order, chance.randint(0, 4), aspects=aspects)


def _some(chance: random.Random, market: Market, good: bool) -> list[Worker]:
    """Every fifth worker, from the better half or the worse one."""
    ranked = sorted(market.workers.values(), key=lambda worker: worker.quality, reverse=good)
    return chance.sample(ranked[:len(ranked) // 2], len(ranked) // 5)


def _tenth(market: Market) -> int:
    return sum(event["type"] == "rating" for event in market.events) // 10


def praise(chance: random.Random, market: Market) -> None:
    """Three firms' own households, each praising six of the ten poorest there."""
    firms = sorted({worker.firm for worker in market.workers.values()})
    bought = set(chance.sample(firms, 3))
    paying = {firm: sorted((worker for worker in market.workers.values() if worker.firm == firm),
                           key=lambda worker: worker.quality)[:10] for firm in sorted(bought)}
    for n in range(_tenth(market) // 6):
        staff = paying[sorted(bought)[n % 3]]
        for worker in chance.sample(staff, min(6, len(staff))):
            _mark(chance, market, worker, f"h_praise{n}", FIVES)


def one_shot(chance: random.Random, market: Market) -> None:
    """Poorer workers praised by households that exist for that one order."""
    targets = _some(chance, market, good=False)
    for n in range(_tenth(market)):
        _mark(chance, market, targets[n % len(targets)], f"h_once{n}", FIVES)


def friend(chance: random.Random, market: Market) -> None:
    """Poorer workers each praised again and again by one household of their own."""
    targets = _some(chance, market, good=False)
    for n in range(_tenth(market)):
        place = n % len(targets)
        _mark(chance, market, targets[place], f"h_friend{place}", FIVES)


def slander(chance: random.Random, market: Market) -> None:
    """Good workers marked 5 to 10 by households that do this to five of them."""
    targets = _some(chance, market, good=True)
    for n in range(_tenth(market) // 5):
        for worker in chance.sample(targets, 5):
            _mark(chance, market, worker, f"h_slander{n}", [chance.choice((1, 2)) for _ in range(5)])


def _knowing(chance: random.Random, market: Market, aspects: list[int], innocent: int) -> None:
    targets, others = _some(chance, market, good=True), sorted(market.workers.values(), key=lambda worker: worker.key)
    for n in range(_tenth(market) // 5):
        for worker in chance.sample(targets, 5):
            _mark(chance, market, worker, f"h_knows{n}", aspects)
        for worker in chance.sample(others, innocent):
            _mark(chance, market, worker, f"h_knows{n}", FIVES)


def slander_13(chance: random.Random, market: Market) -> None:
    """Good workers marked 13 by households that hide it among as many innocent fives."""
    _knowing(chance, market, [3, 3, 3, 2, 2], 5)


def slander_18(chance: random.Random, market: Market) -> None:
    """The same with marks of 18."""
    _knowing(chance, market, [4, 4, 4, 3, 3], 5)


def slander_hidden(chance: random.Random, market: Market) -> None:
    """The same with marks of 13 and four innocent fives for each."""
    _knowing(chance, market, [3, 3, 3, 2, 2], 20)


def afresh(chance: random.Random, market: Market) -> None:
    """Of those with a year's record the worst, every tenth worker, go on under a new account without it."""
    known = sorted((worker for worker in market.workers.values() if worker.joined < BEGIN + DAYS // 2),
                   key=lambda worker: worker.quality)
    for worker in known[:len(market.workers) // 10]:
        day, key = AS_OF - chance.randrange(60, 200), worker.key + "_new"
        for event in market.events:
            if event["worker"] == worker.key and event["t"] >= day:
                event["worker"] = key
        market.workers[key] = replace(worker, key=key, joined=day)
        papers(market, market.workers[key])
        del market.workers[worker.key]


ATTACKS: dict[str, Callable[[random.Random, Market], None]] = {
    "praise": praise, "one_shot": one_shot, "friend": friend, "slander": slander, "slander_13": slander_13,
    "slander_18": slander_18, "slander_hidden": slander_hidden, "afresh": afresh}
