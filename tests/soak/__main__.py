"""Run everything the service must survive at full size, then each without its guard: ``python -m tests.soak``.

Exit status 0 when every truth held and the lack of every guard was found; else 1.
"""

import argparse
import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.soak import endings, ground, histories, slots, storm, timings
from tests.soak.trial import LONGEST, Trial, told

#: a guard of the storm's, and what its lack needs to show: answers of Stripe are lost often, and processes die
#: between two commits
HARSHER = {"stripe keys": {"lose_answer": 0.4}, "reconciler": {"drop": 0.6}, "jobs in the transaction": {"drop": 0.6}}
Run = Callable[..., Trial]
#: a trial and the option that says how many cases it has
TRIALS: dict[str, Run] = {
    "histories": histories.run, "rushes": lambda there, *how, **more: slots.run(there.city, *how, **more),
    "endings": endings.run, "timings": timings.run}
PARTS = ("storms", *TRIALS)


def main() -> int:
    """The command."""
    given = _arguments()
    LONGEST[0] = 60 * given.minutes
    wrong = list[str]()
    if "storms" in given.parts:
        if not given.only_controls:
            wrong += [f"storm {seed}" for seed in range(given.seed, given.seed + given.seeds)
                      if not _holds(storm.Storm(seed, given.kills, given.visits), given.keep)]
        if given.controls:
            wrong += [f"without {guard}" for guard in HARSHER if not _is_missed(guard, given.seed, given.keep)]
    for name in [name for name in TRIALS if name in given.parts]:
        with ground.alone() as there:
            if not given.only_controls:
                trial = TRIALS[name](there, given.seed, getattr(given, name))
                print(told(trial), flush=True)
                wrong += [name] if trial.failures else []
        if given.controls:
            wrong += [] if _is_found(name, given.seed) else [f"{name} without their guard"]
    print(f"what failed: {wrong or 'nothing'}")
    return int(bool(wrong))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.soak", description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--seed", type=int, default=1, help="the first seed of storms, and the trials' seed")
    parser.add_argument("--seeds", type=int, default=5, help="storms")
    parser.add_argument("--kills", type=int, default=40, help="of each storm")
    parser.add_argument("--visits", type=int, default=200, help="families of each storm, at least")
    parser.add_argument("--histories", type=int, default=2000, help="of what Stripe tells")
    parser.add_argument("--rushes", type=int, default=50, help="of a hundred families for the same hours")
    parser.add_argument("--endings", type=int, default=700, help="firms of three bookings each")
    parser.add_argument("--timings", type=int, default=500, help="of an expiry and a late payment")
    parser.add_argument("--minutes", type=float, default=60, help="a trial may take; it says how many cases it did")
    parser.add_argument("--no-controls", dest="controls", action="store_false")
    parser.add_argument("--only-controls", action="store_true")
    parser.add_argument("--keep", type=Path, help="keep the processes' logs of storms in this folder")
    return parser.parse_args()


def _holds(blown: storm.Storm, keep: Path | None) -> bool:
    print(f"R1, R9 storm: seed {blown.seed} …", flush=True)
    outcome = storm.blow(blown, keep and keep / str(blown.seed))
    print(storm.told(outcome), flush=True)
    return not outcome.failures


def _is_missed(guard: str, seed: int, keep: Path | None) -> bool:
    """Whether the storm finds that a guard is gone."""
    print(f"seed {seed} without {guard} …", flush=True)
    outcome = storm.blow(storm.Storm(seed, kills=8, visits=60, faults=HARSHER[guard], settle=45, outages=(),
                                     twist={"SOAK_WITHOUT": guard}), keep and keep / guard.replace(" ", "-"))
    for failure in outcome.failures[:5]:
        print(f"  found: {failure}", flush=True)
    return bool(outcome.failures)


@contextlib.contextmanager
def _unguarded(name: str, there: ground.Ground) -> Iterator[dict[str, bool]]:
    """A trial's guard is away; more arguments of the trial."""
    guards = {"rushes": lambda: slots.unguarded(there.city), "endings": ground.without_locks,
              "timings": timings.late_money_forgotten}
    if name not in guards:
        yield {"heals": False}
        return
    with guards[name]():
        yield {}


def _is_found(name: str, seed: int) -> bool:
    """Whether a trial finds that its guard is gone."""
    began = time.monotonic()
    with ground.alone() as there, _unguarded(name, there) as more:
        trial = TRIALS[name](there, seed, 200, until_wrong=True, **more)
    found = trial.failures[0][:300] if trial.failures else "nothing"
    print(f"  {name} without their guard, {time.monotonic() - began:.0f} s, found: {found}", flush=True)
    return bool(trial.failures)


if __name__ == "__main__":
    sys.exit(main())
