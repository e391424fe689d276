"""Many small cases drawn at random, each from the run's seed and its own number, so that one alone can be repeated."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


class Untrue(Exception):
    """What a case found that must not be."""


#: seconds a trial may take in this process
LONGEST = [float("inf")]


@dataclass
class Trial:
    """Cases of one kind: how many of what came of them, and those that went wrong."""

    name: str
    seed: int
    cases: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0
    #: what is not begun after so many seconds is left
    longest: float = field(default_factory=lambda: LONGEST[0])

    def run(self, numbers: Iterable[int], case: Callable[[random.Random], Iterable[str]],
            until_wrong: bool = False) -> "Trial":
        """Run a case for each number; it tells what came of it. ``until_wrong``: no further than the first failure."""
        began = time.monotonic()
        for number in numbers:
            if time.monotonic() - began > self.longest:
                break
            self.cases += 1
            try:
                self.counts.update(case(random.Random(f"{self.seed}/{number}")))
            except Exception as wrong:  # whatever a case meets is what this is for; it is told with its number
                self.failures.append(f"seed {self.seed}, case {number}: {type(wrong).__name__}: {wrong}")
                if until_wrong:
                    break
        self.seconds += time.monotonic() - began
        return self


def told(trial: Trial) -> str:
    """The trial for a person to read."""
    lines = [f"{'ok ' if not trial.failures else 'NOT'} {trial.name}: seed {trial.seed}, {trial.cases} cases in"
             f" {trial.seconds:.0f} s", f"      {dict(sorted(trial.counts.items()))}"]
    return "\n".join([*lines, *(f"      {each[:500]}" for each in trial.failures[:20])])
