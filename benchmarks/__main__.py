"""Measures everything, or the subjects named, and shows it: ``python -m benchmarks [--full] [subject …]``."""

import argparse
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from benchmarks import availability, credit_replay, holds, hot, load, memory, reads, report, staff_import, starts, town
from benchmarks.ground import ROOT, Maker, Measured, databases
from qiaojiejie.core import clock


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    workers: int = 100_000
    rounds: int = 5
    #: of a turn of reads, and of the rush for a few workers
    seconds: float = 1.0
    rush: float = 8.0
    clients: int = 64
    #: a round
    holds: int = 100
    calendars: int = 3_000
    rows: int = 10_000
    entries: int = 100_000
    #: after which memory is looked at
    requests: tuple[int, int] = (5_000, 20_000)
    #: of the demo's city; 0: no demo
    city: int = 300
    #: workers of the cities compared; none: no comparison
    flat: tuple[int, ...] = ()


QUICK = Size()
FULL = Size(seconds=5.0, rush=60.0, holds=400, requests=(5_000, 100_000), city=3_000, flat=(10_000, 100_000, 1_000_000))

Subject = Callable[[Maker, Callable[[], str], Size], Measured]

#: each is given what makes databases, and what says the address of the city they share
SUBJECTS: Mapping[str, Subject] = {
    "reads": lambda new, city, size: reads.measure(city(), rounds=size.rounds, seconds=size.seconds),
    "holds": lambda new, city, size: holds.measure(city(), rounds=size.rounds, holds=size.holds),
    "hot": lambda new, city, size: hot.measure(city(), clients=size.clients, seconds=size.rush),
    "memory": lambda new, city, size: memory.measure(city(), some=size.requests[0], many=size.requests[1]),
    "availability": lambda new, city, size: availability.measure(new, workers=size.calendars, rounds=size.rounds),
    "staff_import": lambda new, city, size: staff_import.measure(new, rows=size.rows, rounds=size.rounds),
    "credit": lambda new, city, size: credit_replay.measure(size.entries, size.rounds),
    "starts": lambda new, city, size: starts.measure(rounds=size.rounds, workers=size.city),
    "flatness": lambda new, city, size: reads.flatness(new, size.flat, rounds=size.rounds, seconds=size.seconds)
    if size.flat else {},
}


def run(new_database: Maker, size: Size, names: Sequence[str] = tuple(SUBJECTS)) -> Measured:
    """What the subjects measure, one after the other, said as it comes."""
    shared: list[str] = []

    def city() -> str:
        if not shared:
            with said(f"a city of {size.workers:,} workers"):
                shared.append(town.made(new_database, size.workers))
        return shared[0]

    found: Measured = {}
    for name in names:
        with said(name):
            part = SUBJECTS[name](new_database, city, size)
        print("".join(f"    {each}: {median(rounds):.4g}\n" for each, rounds in part.items()), end="", flush=True)
        found.update(part)
    return found


@contextmanager
def said(what: str) -> Iterator[None]:
    """Say what took how long."""
    begun = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - begun:.0f} s, load {os.getloadavg()[0]:.1f}", flush=True)


def main() -> None:
    """Measure, print the table, keep it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="10,000, 100,000 and 1,000,000 workers; longer turns")
    parser.add_argument("subjects", nargs="*", choices=[*SUBJECTS, []], help="all, when none is named")
    asked = parser.parse_args()
    size, before, begun = FULL if asked.full else QUICK, os.getloadavg(), time.perf_counter()
    with databases() as new_database:
        found = run(new_database, size, asked.subjects or tuple(SUBJECTS))
    print(f"\n{report.table(found)}\n\n{time.perf_counter() - begun:.0f} s in all, by {driver()}; load {before[0]:.1f} "
          f"before, {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} cores")
    name = "-".join([str(clock.today()), *(["full"] if asked.full else []), *asked.subjects])
    kept = report.write(ROOT / "benchmarks" / "results", name, found, about(size, before))
    print(f"kept in {kept.relative_to(ROOT)}, drawn beside it")


def driver() -> str:
    """Who asked."""
    return "wrk" if load.WRK else "clients in Python"


def about(size: Size, before: Sequence[float]) -> dict[str, Any]:
    """Under what conditions."""
    return {"on": str(clock.today()), "cores": os.cpu_count(), "python": platform.python_version(), "driver": driver(),
            "load_before": before[0], "load_after": os.getloadavg()[0], "size": asdict(size)}


if __name__ == "__main__":
    main()
