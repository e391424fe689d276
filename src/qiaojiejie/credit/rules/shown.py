"""What is shown of a standing: a fall is announced first, and shown when the days to object are over."""

from collections.abc import Iterable, Mapping
from typing import Any

from qiaojiejie.credit.rules.ruleset import V1, Event, RuleSet
from qiaojiejie.credit.rules.scoring import view

Standing = Mapping[str, Any]


def shown(standing: Standing, notices: Iterable[Event], as_of: int, rule: RuleSet = V1) -> dict[str, Any]:
    """What is published of a standing on a day: {score, grade, reasons: [{code, points}], neff, households}.

    While a notice runs, what stood before the fall. ``notices``: her ``fall_noticed`` events that nothing voids.
    """
    notice = notice_in_force(standing, notices, as_of, rule)
    source = {**standing, "reasons": view(standing, rule)} if notice is None else notice
    return {name: source[name] for name in ("score", "grade", "reasons", "neff", "households")}


def notice_in_force(standing: Standing, notices: Iterable[Event], as_of: int, rule: RuleSet = V1) -> Event | None:
    """The newest notice of a fall, if on this day it holds the fall back."""
    told = [event for event in notices if event["type"] == "fall_noticed" and event["t"] <= as_of]
    newest = max(told, key=lambda event: (event["t"], event["seq"]), default=None)
    if newest is None or as_of >= newest["until"] or not is_fall(newest, standing, rule):
        return None
    return newest


def is_fall(before_shown: Standing, new: Standing, rule: RuleSet = V1) -> bool:
    """Must she be told, and given time to object, before ``new`` is shown instead of ``before_shown``?

    When she falls to one of the grades of which notice is given, and not for the safety of families.
    """
    return (new["grade"] in rule.data["notice"]["grades"] and rule.worse(new["grade"], before_shown["grade"])
            and not _for_safety(new, rule))


def _for_safety(standing: Standing, rule: RuleSet) -> bool:
    codes = rule.data["notice"]["safety"]
    grave: int = rule.data["notice"]["safety_severity"]
    return (any(gate["code"] in codes for gate in standing["gates"])
            or any(cap["code"] in codes or cap.get("severity", 0) >= grave for cap in standing["caps"]))
