"""One storm: families book and pay while processes are killed; then quiet, and every truth is asked."""

import contextlib
import itertools
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import requests

from tests.soak import town, truths
from tests.soak.people import HABITS, Client, Family, GaveUp, Storybook, leap
from tests.soak.service import Service, running

#: how the stand-in breaks meanwhile, and goes on breaking while all settles
FAULTS = {"drop": 0.2, "repeat": 0.3, "reorder": 0.3, "lose_answer": 0.08, "fail_before": 0.05, "rate_limit": 0.05,
          "hang": 1.5, "hang_rate": 0.03, "refund_delay": 1}
#: seconds in which all must come right once nobody asks for anything and nothing is killed
SETTLED = 30.0
#: seconds in which the service must serve again once PostgreSQL does
BACK = 10.0


@dataclass(frozen=True)
class Storm:
    """How hard it blows. ``pause``: seconds from one kill to the next, least and most."""

    seed: int
    kills: int
    visits: int
    clients: int = 8
    workers: int = 60
    pause: tuple[float, float] = (0.5, 3.0)
    away: float = 1.0
    leap_every: float = 8.0
    #: seconds the load may last at most
    longest: float = 600.0
    #: more of ``FAULTS``, and settings of ``tests.soak.entry``
    faults: dict[str, float] = field(default_factory=dict)
    twist: dict[str, str] = field(default_factory=dict)
    settle: float = 90.0
    #: web processes, and job workers
    copies: int = 2
    #: what befalls PostgreSQL before the first kill
    outages: tuple[str, ...] = ("restart", "crowd out")
    #: seconds all must stay right
    still: float = 3.0


@dataclass
class Outcome:
    """What came of it."""

    storm: Storm
    found: truths.Findings
    truths: list[truths.Truth]
    story: Storybook
    kills: Counter[str]
    fell: Counter[str]
    load_seconds: float
    #: seconds until every truth held; None when that did not come
    settled: float | None
    #: the last that came right: seconds after the end, what was untrue until then
    last: list[tuple[float, str]]

    @property
    def failures(self) -> list[str]:
        """Everything that is not as it must be."""
        away = [f"after {name} nobody could write for {seconds:.1f} s, {BACK:.0f} s are given"
                for name, seconds in self.story.back if seconds > BACK]
        away += [f"while PostgreSQL was away: {answer}" for answer in self.story.meanwhile if answer.endswith("Error")]
        late = [] if self.settled is not None and self.settled <= SETTLED else [
            f"settled: {'never' if self.settled is None else f'after {self.settled:.1f} s'}, {SETTLED:.0f} s are given"]
        wrong = [f"an answer no service may give: {each}" for each in self.story.wrong]
        fell = [f"{name} ended by itself, {times} times" for name, times in self.fell.items()]
        untrue = [f"{truth.name}: {each}" for truth in self.truths for each in truth.untrue]
        return [*late, *wrong, *away, *fell, *untrue]


def blow(storm: Storm, keep: Path | None = None) -> Outcome:
    """Run a storm from an empty folder to the last truth. Logs are kept in ``keep`` when it is given."""
    chance = random.Random(storm.seed)
    with running(storm.twist, keep, storm.copies) as service:
        settled_town = town.build(service.postgres.url, homes=max(storm.visits, storm.clients * 5),
                                  workers=storm.workers, chance=chance)
        service.start()
        service.control(**{**FAULTS, "seed": storm.seed, **storm.faults})
        return rage(storm, service, settled_town, chance)


def rage(storm: Storm, service: Service, where: town.Town, chance: random.Random) -> Outcome:
    """The storm itself, on a service that runs."""
    story, killed = Storybook(where.private), Counter[str]()
    began = time.monotonic()
    done = threading.Event()
    killer = threading.Thread(target=_kill, args=(storm, service, random.Random(chance.random()), killed, done, story,
                                                  where.homes[0]))
    mover = threading.Thread(target=_leap, args=(storm, service, story))
    crowd = _crowd(storm, service, where, chance, story, done)
    for thread in (killer, mover, *crowd):
        thread.start()
    killer.join(timeout=storm.longest)
    for thread in crowd:
        thread.join(timeout=max(0.0, began + storm.longest - time.monotonic()))
    story.over.set()
    for thread in (killer, mover, *crowd):
        thread.join(timeout=120)
        if thread.is_alive():
            story.note("stuck", f"{thread.name} did not end")
    leap(service.base, story)  # whoever still holds hours has run out of time
    ended = time.monotonic()
    last: list[tuple[float, str]] = []
    found, held, settled = _settle(storm, service, where, story, last)
    story.wrong.extend(service.broken)
    return Outcome(storm, found, held, story, killed, Counter({
        name: child.fell for name, child in service.children.items() if child.fell}), ended - began, settled, last)


def _kill(storm: Storm, service: Service, chance: random.Random, killed: Counter[str], done: threading.Event,
          story: Storybook, home: town.Home) -> None:
    """PostgreSQL's outages; then kill one after another, each kind as often as the others, at moments nobody foresees.
    """
    victims: list[str] = []
    try:
        for outage in storm.outages:
            story.over.wait(storm.pause[1])
            {"restart": service.restart, "crowd out": service.crowd_out}[outage](storm.away)
            story.back.append((outage, _served_again(service, story, home)))
        story.meanwhile.update(story.answers)
        for _ in range(storm.kills):
            if not victims:
                victims = chance.sample([*service.children, "postgres"], len(service.children) + 1)
            if story.over.wait(chance.uniform(*storm.pause)):
                return
            name = victims.pop()
            service.kill(name, chance.uniform(0, storm.away))
            killed[name] += 1
    except (TimeoutError, GaveUp) as gone:
        story.note("gone", f"it did not come back: {gone}")
    finally:
        done.set()


def _served_again(service: Service, story: Storybook, home: town.Home) -> float:
    """Seconds from now until a family can read and write."""
    began, client = time.monotonic(), Client(service.base, home, story)
    try:
        client.ask("GET", "/bookings")
        client.ask("PATCH", "/me", {"name": "诸葛明"})
    finally:
        client.close()
    return time.monotonic() - began


def _leap(storm: Storm, service: Service, story: Storybook) -> None:
    while not story.over.wait(storm.leap_every):
        try:
            leap(service.base, story)
        except GaveUp as gone:
            story.note("gave up", str(gone))


def _crowd(storm: Storm, service: Service, where: town.Town, chance: random.Random, story: Storybook,
           done: threading.Event) -> list[threading.Thread]:
    """Threads of families, one after another, until enough have come and no more is killed."""
    homes, near, far = itertools.cycle(where.homes), iter(where.near), iter(where.far)
    draw, made = threading.Lock(), itertools.count()

    def next_family() -> tuple[town.Home, town.Slot, str, random.Random] | None:
        with draw:
            if story.over.is_set() or (done.is_set() and next(made) >= storm.visits):
                return None
            if not done.is_set():
                next(made)
            [habit] = chance.choices(list(HABITS), list(HABITS.values()))
            slot = next(near, None) if habit == "cancel late" else None
            slot = slot or next(far, None)
            return None if slot is None else (next(homes), slot, habit, random.Random(chance.random()))

    def live() -> None:
        while (drawn := next_family()) is not None:
            home, slot, habit, dice = drawn
            client = Client(service.base, home, story)
            try:
                Family(client, service.stripe, story, dice).live(home, slot, habit)
            except GaveUp as gone:
                story.note("gave up", f"nobody answered: {gone}")
            except Exception as broken:  # a family's thread must say what it met, whatever it is
                story.note("broke", f"{habit}: {type(broken).__name__}: {broken}")
            finally:
                client.close()
            story.over.wait(dice.uniform(0, 0.4))

    return [threading.Thread(target=live, name=f"family {number}", daemon=True) for number in range(storm.clients)]


def _settle(storm: Storm, service: Service, where: town.Town, story: Storybook,
            last: list[tuple[float, str]]) -> tuple[truths.Findings, list[truths.Truth], float | None]:
    """Ask until every truth holds, and once more a little later: what is true must stay so."""
    ended, held_since = time.monotonic(), None
    found, held = truths.Findings(), list[truths.Truth]()
    while time.monotonic() - ended < storm.settle:
        time.sleep(0.25)
        try:
            found = truths.read(service.postgres.url, service.stripe_state)
        except psycopg.OperationalError:
            continue
        held = truths.all_of(found, story)
        now = time.monotonic()
        untrue = [each for truth in held for each in truth.untrue]
        if untrue:
            held_since = None
            last[:] = [(now - ended, each) for each in untrue]
            _compare(service, where)
        elif held_since is None:
            held_since = now
        elif now - held_since >= storm.still:
            return found, held, held_since - ended
    return found, held, None


def _compare(service: Service, where: town.Town) -> None:
    """The federation holds Stripe's account against the books: what the night's comparison found is of the night."""
    with contextlib.suppress(requests.RequestException):  # it is asked again as long as it matters
        requests.post(f"{service.base}/api/v1/federation/clearing", headers=where.officer, timeout=20)


def told(outcome: Outcome) -> str:
    """The outcome for a person to read."""
    storm, found, story = outcome.storm, outcome.found, outcome.story
    lost, repeated = truths.lost_and_repeated(outcome.truths) if outcome.truths else (0, 0)
    paid = sum(row["state"] == "succeeded" for row in found.payments)
    lines = [
        f"seed {storm.seed}: {sum(outcome.kills.values())} kills {dict(outcome.kills)},"
        f" load {outcome.load_seconds:.0f} s",
        f"  bookings {len(found.bookings)} {dict(Counter(row['state'] for row in found.bookings.values()))}",
        f"  paid {paid}, refunds {len(found.refunds)}, events heard {found.events}, jobs left {dict(found.jobs)}",
        f"  families {dict(truths.visits_by_habit(story.visits))}, the clock was moved {story.leaps} times",
        f"  answers {dict(story.answers.most_common())}; the longest wait for one was {story.longest:.1f} s",
        f"  ended by themselves and started again: {dict(outcome.fell)}",
        f"  seconds from the end of an outage until a family could read and write:"
        f" {({name: round(seconds, 1) for name, seconds in story.back})}; meanwhile {dict(story.meanwhile)}",
        f"  lost {lost}, repeated {repeated}, settled after "
        f"{'no time we waited' if outcome.settled is None else f'{outcome.settled:.1f} s'}"]
    lines += [f"  the last to come right, {at:.1f} s: {each}" for at, each in outcome.last[:4]]
    lines += [f"  {'ok ' if not truth.untrue else 'NOT'} {truth.count:6d}  {truth.name}" for truth in outcome.truths]
    lines += [f"      {each}" for each in outcome.failures[:20]]
    return "\n".join(lines)
