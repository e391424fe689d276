"""Sudden collapse of a good worker: told to her firm at once, apart from the score, which shows it later."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from qiaojiejie.credit.rules.evidence import in_use
from qiaojiejie.credit.rules.ruleset import PERMILLE, V1, Event, RuleSet, marks_of


class Outcome(NamedTuple):
    """How one order went: day, how bad in permille, and how much is known of it in permille."""

    t: int
    bad: int
    weight: int


def alarm(events: Iterable[Event], as_of: int, rule: RuleSet = V1) -> dict[str, int] | None:
    """{since: day, bad: so many, of: so many orders since} while her orders lately go much worse than before.

    Two forgetting Beta means of how badly orders went, a fast and a slow one. It rings when the fast one is high while
    the slow one, of a few orders at least, is still calm. It ends when the fast one is low again, or nothing has been
    heard of her for long.
    """
    known = rule.data["alarm"]
    told = sorted(_outcomes(in_use(events, as_of, rule), rule))
    fast, slow, since = _start(known), _start(known), None
    for place, outcome in enumerate(told):
        calm = place >= known["after"] and _share(slow) <= known["calm"]
        fast, slow = _after(fast, outcome, known["fast_keep"]), _after(slow, outcome, known["slow_keep"])
        if since is None and calm and _share(fast) >= known["rings"]:
            since = _first_bad(told, place, known)
        elif since is not None and _share(fast) < known["ends"]:
            since = None
    if since is None or as_of - told[-1].t > known["lasts_days"]:
        return None
    lately = told[since:]
    return {"since": lately[0].t, "bad": sum(each.bad >= known["bad_from"] for each in lately), "of": len(lately)}


def _start(known: dict[str, Any]) -> tuple[int, int]:
    return known["prior_good"] * PERMILLE, known["prior_bad"] * PERMILLE


def _after(mean: tuple[int, int], outcome: Outcome, keep: int) -> tuple[int, int]:
    good, bad = mean
    return (good * keep // PERMILLE + outcome.weight * (PERMILLE - outcome.bad),
            bad * keep // PERMILLE + outcome.weight * outcome.bad)


def _share(mean: tuple[int, int]) -> int:
    good, bad = mean
    return bad * PERMILLE // max(1, good + bad)


def _first_bad(told: list[Outcome], place: int, known: dict[str, Any]) -> int:
    first = max(0, place + 1 - known["looks_back"])
    return next((n for n in range(first, place + 1) if told[n].bad >= known["bad_from"]), place)


def _outcomes(live: list[Event], rule: RuleSet) -> list[Outcome]:
    known, found = rule.data["alarm"], list[Outcome]()
    done = {event["order"]: event for event in live if event["type"] == "order_completed"}
    marks = {event["order"]: marks_of(event) for event in live if event["type"] == "rating"}
    upheld: dict[str, Event] = {}
    for event in live:
        if event["type"] == "complaint_substantiated":
            upheld[event["order"]] = max(upheld.get(event["order"], event), event, key=lambda each: each["severity"])
        elif event["type"] == "no_show":
            found.append(Outcome(event["t"], known["no_show"], PERMILLE))
        elif event["type"] == "cancel_worker":
            found.append(Outcome(event["t"], known["cancel"], PERMILLE))
    for order, event in {**upheld, **done}.items():
        late = known["late"] if event.get("punctuality") == "late" else 0
        blame = known["complaint"][upheld[order]["severity"] - 1] if order in upheld else 0
        spoken = order in marks or order in upheld
        found.append(Outcome(event["t"], max(late, blame, _of_marks(marks.get(order), rule)),
                             PERMILLE if spoken or late else known["silent_weight"]))
    return found


def _of_marks(marks: int | None, rule: RuleSet) -> int:
    if marks is None:
        return 0
    return next((bad for most, bad in rule.data["alarm"]["marks"] if marks <= most), 0)
