"""Milliseconds a rescore takes, without I/O: ``python benchmarks/credit_rescore.py [orders ...]``. Target: under 5."""

import random
import sys
from time import perf_counter
from typing import Any

from qiaojiejie.credit import rules

DAY = 20_000
ROUNDS = 200


def history(orders: int) -> list[dict[str, Any]]:
    """A worker's events: papers, orders over two years, most of them rated, some trouble."""
    chance = random.Random(orders)
    events: list[dict[str, Any]] = [
        {"seq": 1, "t": DAY - 700, "type": "identity_verified", "document": "i"},
        {"seq": 2, "t": DAY - 700, "type": "background_check", "document": "b", "result": "clear",
         "valid_until": DAY + 50},
        {"seq": 3, "t": DAY - 700, "type": "health_cert", "document": "h", "valid_until": DAY + 50}]
    for n in range(1, orders + 1):
        told = {"t": DAY - chance.randrange(700), "order": f"o{n}", "household": f"h{chance.randrange(orders)}",
                "firm": "f", "category": "cleaning"}
        events.append({**told, "seq": 10 * n, "type": "order_completed", "punctuality": "on_time", "k_worker": 0,
                       "k_firm": chance.randrange(3), "hh_n": 1})
        if chance.random() < 0.7:
            events.append({**told, "seq": 10 * n + 1, "type": "rating", "overall": 5, "hh_n": 3, "hh_dev_milli": 900,
                           "aspects": [chance.choice((5, 5, 5, 4, 3)) for _ in range(5)]})
        if chance.random() < 0.03:
            events.append({**told, "seq": 10 * n + 2, "type": "complaint_substantiated", "complaint": f"c{n}",
                           "severity": chance.randint(1, 3)})
    return events


def main(sizes: list[int]) -> None:
    """Print one line a size."""
    inputs = {"tables": rules.tables({}), "firms": {}, "raters": {f"h{n}": 1000 for n in range(2_000)}}
    for size in sizes:
        events = history(size)
        begun = perf_counter()
        for _ in range(ROUNDS):
            rules.score(events, as_of=DAY, inputs=inputs)
        print(f"{size:5} orders, {len(events):5} events: {(perf_counter() - begun) * 1000 / ROUNDS:.3f} ms a rescore")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [7, 50, 200])
