"""Seconds a replay of a ledger takes, JSON and all, and milliseconds of a worker's rescore after one more event:
``python benchmarks/credit_replay.py [entries]``. Targets: 100,000 entries in under 2 s, a rescore in under 5 ms.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator
from time import perf_counter, process_time
from typing import Any

from qiaojiejie.credit import replay, rules

DAY, SPAN = 20_000, 720
WORKERS_EACH, FIRMS_EACH = 40, 1_000  # one worker in so many entries, one firm
CATEGORIES = ("cleaning", "cooking", "elder_care", "child_care", "moving")
ROUNDS = 200


def ledger(entries: int) -> list[str]:
    """Export lines of a made-up city: papers, orders, most of them rated, some trouble; the same on every run."""
    chance = random.Random(entries)
    told = sorted(_told(chance, entries), key=lambda each: (each["t"], each["after"]))
    lines = []
    for n, each in enumerate(told[:entries], 1):
        del each["after"]
        lines.append(json.dumps({"seq": n, "n": 1, "category": None, "order": None, "index": n - 1,
                                 "salt": f"{chance.getrandbits(128):032x}", **each}))
    return lines


def _told(chance: random.Random, entries: int) -> Iterator[dict[str, Any]]:
    firms = max(1, entries // FIRMS_EACH)
    for n in range(firms):
        yield {"after": 0, "t": DAY - SPAN, "type": "licence", "subject": f"f_{n:016x}", "firm": f"f_{n:016x}",
               "valid_until": DAY + 100}
    for n in range(max(1, entries // WORKERS_EACH)):
        about = {"subject": f"p_{n:016x}", "firm": f"f_{n % firms:016x}", "t": DAY - SPAN, "after": 0}
        for kind, more in (("joined", {}), ("identity_verified", {}), ("background_check", {"result": "clear"}),
                           ("health_cert", {}), ("insurance", {})):
            yield {**about, "type": kind, "document": f"d_{kind}{n}", "valid_until": DAY + 90, **more}
        good = chance.random()
        for order in range(19):
            yield from _order(chance, about, f"o_{n}_{order}", f"h_{chance.randrange(entries // 8):016x}", good)


def _order(chance: random.Random, about: dict[str, Any], order: str, household: str,
           good: float) -> Iterator[dict[str, Any]]:
    told = {**about, "t": DAY - chance.randrange(SPAN), "order": order, "household": household,
            "category": chance.choice(CATEGORIES)}
    if chance.random() < 0.02:
        yield {**told, "type": "no_show", "after": 1}
        return
    punctuality = "late" if chance.random() < 0.05 else "on_time"
    yield {**told, "type": "order_completed", "after": 1, "punctuality": punctuality}
    if chance.random() < 0.8:
        marks = [5 if chance.random() < 0.5 + good / 2 else chance.randint(2, 5) for _ in range(5)]
        yield {**told, "type": "rating", "after": 2, "overall": min(marks), "aspects": marks}
    if chance.random() < 0.03:
        for after, kind in enumerate(("complaint_opened", "complaint_answered", "complaint_substantiated"), 3):
            yield {**told, "type": kind, "after": after, "complaint": f"c{order}", "severity": chance.randint(1, 3),
                   "working_days": chance.randint(0, 5)}


def measure(entries: int, rounds: int) -> dict[str, list[float]]:
    """Seconds of a replay with the months as published, with all worked out; milliseconds of a rescore."""
    lines = ledger(entries)
    months, found = _months(lines), dict[str, list[float]]()
    for _ in range(rounds):
        begun = perf_counter()
        replay.run(lines, as_of=DAY, calibrations=months)
        found.setdefault("replay", []).append(perf_counter() - begun)
        found.setdefault("rescore", []).append(_rescore(lines, months[-1])[1])
    begun = perf_counter()
    replay.run(lines, as_of=DAY, recalibrate=True)
    return {**found, "seconds: replay, calibration worked out": [perf_counter() - begun]}


def _timed(name: str, work: Callable[[], Any]) -> Any:
    wall, cpu = perf_counter(), process_time()
    found = work()
    print(f"{name}: {perf_counter() - wall:.2f} s by the wall, {process_time() - cpu:.2f} s of the processor")
    return found


def main(entries: int) -> None:
    """Print one line each: with the calibration in the ledger, with none, and a rescore."""
    lines = ledger(entries)
    standings = _timed(f"replay of {len(lines):,} entries, calibration worked out", lambda: replay.run(
        lines, as_of=DAY, recalibrate=True))
    print(f"{len(standings):,} standings")
    months = _months(lines)
    _timed(f"replay of {len(lines):,} entries, calibration as published", lambda: replay.run(
        lines, as_of=DAY, calibrations=months))
    before, wall, cpu = _rescore(lines, months[-1])
    print(f"rescore after one more event, {before} before: {wall:.2f} ms by the wall, {cpu:.2f} ms of the processor")


def _months(lines: list[str]) -> list[dict[str, Any]]:
    told = [json.loads(line) for line in lines]
    worth = replay.calibrating.monthly_tables(told, DAY)
    return [{"month": replay.date.fromordinal(replay.EPOCH + month).isoformat(), "tables": tables, "raters": {},
             "firms": {}, "market": 0} for month, tables in sorted(worth.items())]


def _rescore(lines: list[str], inputs: dict[str, Any]) -> tuple[int, float, float]:
    """How many events were before one more, milliseconds of the rescore after it, and those of the processor."""
    told = [json.loads(line) for line in lines]
    hers = [{"k_worker": 0, "k_firm": 0, "hh_n": 1, "hh_dev_milli": 900, **each} for each in told
            if each["subject"] == told[-1]["subject"]]
    wall, cpu = perf_counter(), process_time()
    for _ in range(ROUNDS):
        rules.score([*hers, {"seq": 10**9, "t": DAY, "type": "no_show"}], as_of=DAY, inputs=inputs)
    return len(hers), (perf_counter() - wall) * 1000 / ROUNDS, (process_time() - cpu) * 1000 / ROUNDS


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
