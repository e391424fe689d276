"""Notices of a fall, repair and display by severity, the alarm, and what would lead to a better grade."""

import random
from typing import Any

import pytest
from hypothesis import given

from qiaojiejie.credit import rules
from tests.credit.city import seeds
from tests.credit.test_rules import DAY, INPUTS, Event, complaint, histories, order, papers, rating, score

HELD = {"score": 712, "grade": "B", "reasons": [{"code": "F22", "points": -88}], "neff": 0, "households": 0}


def standing(grade: str, **more: Any) -> dict[str, Any]:
    """A computed standing."""
    return {"score": 550, "grade": grade, "factors": {"F15": -250}, "neff": 9, "households": 3, "gates": [], "caps": [],
            **more}


def notice(**more: Any) -> dict[str, Any]:
    """A notice given on the day, of what stood before."""
    return {"seq": 5, "t": DAY, "type": "fall_noticed", **HELD, "until": DAY + rules.V1.data["notice_days"], **more}


@pytest.mark.parametrize(("as_of", "grade"), [(DAY - 1, "C"), (DAY, "B"), (DAY + 14, "B"), (DAY + 15, "C")])
def test_a_fall_is_shown_fifteen_days_after_its_notice(as_of: int, grade: str) -> None:
    assert rules.shown(standing("C"), [notice()], as_of)["grade"] == grade


def test_what_is_held_is_what_stood_before_and_only_a_fall_is_held() -> None:
    assert rules.shown(standing("D"), [notice()], DAY) == HELD
    for better in ("B", "A"):
        assert rules.shown(standing(better), [notice()], DAY) == {
            "score": 550, "grade": better, "reasons": [{"code": "F15", "points": -250}], "neff": 9, "households": 3}
    newer = notice(seq=6, t=DAY + 1, grade="D")
    assert rules.shown(standing("D"), [notice(), newer], DAY + 1)["score"] == 550  # the newest counts


@pytest.mark.parametrize(("more", "held"), [
    ({}, True), ({"gates": [{"code": "R02", "grade": "B", "bookable": "no_care"}]}, True),
    ({"gates": [{"code": "R01", "grade": "C", "bookable": "none"}]}, False),
    ({"caps": [{"code": "R05", "limit": 299}]}, False),
    ({"caps": [{"code": "F17", "limit": 779, "severity": 2, "days": 90}]}, True),
    ({"caps": [{"code": "F17", "limit": 599, "severity": 3, "days": 180}]}, False)])
def test_the_safety_of_families_does_not_wait(more: dict[str, Any], held: bool) -> None:
    assert rules.is_fall(HELD, standing("C", **more)) is held
    assert (rules.notice_in_force(standing("C", **more), [notice()], DAY) is not None) is held


@pytest.mark.parametrize(("before", "after", "fall"), [
    ("A", "B", False), ("A", "C", True), ("C", "D", True), ("C", "C", False), ("D", "C", False)])
def test_notice_is_given_of_a_fall_to_c_or_d(before: str, after: str, fall: bool) -> None:
    assert rules.is_fall(standing(before), standing(after)) is fall


@pytest.mark.parametrize(("severity", "age", "yes"), [
    (1, 0, False), (2, 0, True), (2, 364, True), (2, 365, False), (3, 1094, True), (3, 1095, False), (4, 9999, True)])
def test_a_finding_is_displayed_by_its_severity(severity: int, age: int, yes: bool) -> None:
    assert rules.displayed(complaint(1, severity, DAY - age)[1], DAY) is yes
    assert rules.displayed(order(1), DAY)


@pytest.mark.parametrize(("severity", "days"), [(1, None), (2, 90), (3, 365), (4, None)])
def test_repair_may_be_asked_for_from_a_day_by_severity(severity: int, days: int | None) -> None:
    found = rules.repairable_from(complaint(1, severity, DAY)[1])
    assert found == (None if days is None else DAY + days)


@given(histories())
def test_a_repaired_complaint_weighs_nothing_and_caps_nothing(events: list[Event]) -> None:
    if any(event.get("complaint") == "c13" for event in events):
        return
    told = complaint(13, 4)
    repaired = {"seq": 9999, "t": DAY, "type": "credit_repair", "ref": told[1]["seq"]}
    assert score([*events, *told, repaired]) == score(events)


def career(*marks: int) -> list[Event]:
    """Orders of one after another, a week apart, each marked."""
    first = DAY - 7 * len(marks)
    return [event for n, mark in enumerate(marks, 1) for event in (
        order(n, first + 7 * n, f"x{n}"), rating(n, mark, first + 7 * n, f"x{n}"))]


def test_the_alarm_rings_on_the_sudden_collapse_of_a_good_worker() -> None:
    assert rules.alarm(career(*[5] * 12), DAY) is None
    assert rules.alarm(career(*[5] * 12, 1), DAY) is None  # one bad order is no collapse
    assert rules.alarm(career(*[5] * 12, 1, 5, 5), DAY) is None
    assert rules.alarm(career(*[5] * 12, 1, 1, 1), DAY) == {"since": DAY - 14, "bad": 3, "of": 3}
    assert rules.alarm(career(*[5] * 12, 1, 5, 1, 1), DAY) == {"since": DAY - 21, "bad": 3, "of": 4}


def test_the_alarm_is_not_for_who_always_worked_badly_and_ends() -> None:
    assert rules.alarm(career(*[5, 1] * 6, 1, 1), DAY) is None
    assert rules.alarm(career(5, 1, 1), DAY) is None  # of whom too little is known
    assert rules.alarm(career(*[5] * 12, 1, 1, 1, 5, 5, 5, 5), DAY) is None
    collapsed = career(*[5] * 12, 1, 1, 1)
    assert rules.alarm(collapsed, DAY + 60) is not None
    assert rules.alarm(collapsed, DAY + 61) is None
    voided = {"seq": 9999, "t": DAY, "type": "appeal_upheld", "ref": 1501}
    assert rules.alarm([*collapsed, voided, {**voided, "seq": 10_000, "ref": 1401}], DAY) is None


@given(histories())
def test_each_step_is_scored_by_the_rule_and_promises_nothing(events: list[Event]) -> None:
    now = score(events)
    for step in rules.what_if(events, as_of=DAY, inputs=INPUTS):
        assert step["score"] > now["score"] or rules.V1.worse(now["grade"], step["grade"])
        assert step["words"]["zh"].startswith("如果")
        assert step["words"]["en"].startswith("If")
        assert "{" not in step["words"]["zh"] + step["words"]["en"]


def steps(events: list[Event]) -> dict[str, dict[str, Any]]:
    """The steps by code."""
    return {step["code"]: step for step in rules.what_if(events, as_of=DAY, inputs={**INPUTS, "raters": {}})}


def test_verified_papers_and_the_fewest_orders_are_what_the_rule_gives_then() -> None:
    assert set(steps(papers())) == {"W02", "W07"}
    n = steps(papers())["W02"]["params"]["orders"]
    assert (n, steps(papers())["W02"]["grade"]) == (2, "A")  # a new family's one order weighs half
    bare = steps([])
    assert (bare["W01"]["grade"], bare["W03"]["params"]["orders"], bare["W03"]["grade"]) == ("B", 2, "A")
    assert bare["W01"]["params"]["papers"]["en"] == "Identity, Background check, Health certificate"


def test_repair_time_and_a_certificate_are_steps_with_their_day_or_level() -> None:
    grave = [*papers(), order(1), rating(1), *complaint(1, 2, DAY - 5)]
    repaired = steps(grave)["W04"]
    assert repaired["params"] == {"day": "2024-12-28", "seq": 103}  # ninety days from the finding
    assert steps([*papers(), order(1), *complaint(1, 1, DAY - 5)])["W05"]["params"]["day"] == "2024-12-28"
    missed = [*papers(), *({"seq": 900 + n, "t": DAY, "type": "no_show"} for n in range(1))]
    assert (score(missed)["grade"], steps(missed)["W06"]["grade"]) == ("C", "B")
    certified = [*papers(), {"seq": 9, "t": DAY, "type": "certificate", "document": "c", "level": 4}]
    assert steps(certified)["W07"]["params"] == {"national": 1}
    assert score([*certified, {"seq": 10, "t": DAY, "type": "certificate", "level": 5}])["score"] == (
        steps(certified)["W07"]["score"])


@given(histories(), seeds)
def test_same_day_events_of_different_orders_may_stand_in_any_order(events: list[Event], seed: int) -> None:
    chance = random.Random(seed)
    events = [{**event, "firm": "f1"} if "firm" in event else event for event in events]
    told = [{**event, "t": DAY - 30} if event.get("order") else event for event in events]
    groups: dict[str, list[Event]] = {}
    for event in told:
        groups.setdefault(event.get("order") or "", []).append(event)
    rest = groups.pop("", [])
    turns = [name for name, group in groups.items() for _ in group]
    chance.shuffle(turns)
    slots = sorted(event["seq"] for group in groups.values() for event in group)
    moved = [{**groups[name].pop(0), "seq": seq} for name, seq in zip(turns, slots, strict=True)]

    def without_places(found: dict[str, Any]) -> dict[str, Any]:
        return {**found, "events": sorted(each[1:] for each in found["events"])}

    assert without_places(score([*rest, *moved])) == without_places(score(told))
    assert rules.alarm([*rest, *moved], DAY) == rules.alarm(told, DAY)


def test_her_firm_is_the_one_joined_last_and_within_a_day_the_ledger_decides() -> None:
    joined = [{"seq": seq, "t": DAY, "type": "joined", "firm": firm} for seq, firm in ((1, "z"), (2, "a"))]
    assert rules.firm_of(joined) == "a"
    assert rules.firm_of([{**joined[0], "seq": 3}, joined[1]]) == "z"
    left = {"seq": 3, "t": DAY, "type": "left", "firm": "a"}
    assert rules.firm_of([*joined, left]) == ""
    assert rules.firm_of([*joined, {**left, "firm": "z"}]) == "a"
    assert rules.firm_of([*joined, left, {**joined[0], "seq": 4}]) == "z"
    assert rules.firm_of([order(1), {**order(2), "firm": "f9"}]) == "f9"


def test_a_household_restored_weighs_in_full_and_an_appeal_is_final() -> None:
    told = [{**order(1), "worker": "w"}, {"seq": 900, "t": DAY, "type": "rater_restored", "household": "h0"}]
    assert rules.raters(told[:1]) == {"h0": 500}
    assert rules.raters(told) == {"h0": 1000}
    voided = [order(1), {"seq": 901, "t": DAY, "type": "appeal_upheld", "ref": 100},
              {"seq": 902, "t": DAY, "type": "appeal_upheld", "ref": 901}]
    assert [event["seq"] for event in rules.without_void(voided)] == [901, 902]


def test_a_worker_tells_her_firm_her_own_mean_and_until_when_she_is_insured_and_papered() -> None:
    insured = {"seq": 8, "t": DAY, "type": "insurance", "document": "i", "valid_until": DAY + 9}
    found = score([*papers(), order(1), insured])
    assert found["mu_own"] == score([*papers(), order(1), insured], firms={})["mu"] != found["mu"]
    assert (found["insured_until"], found["papers_until"]) == (DAY + 9, DAY + 99)
    lapsed = score([*papers()[1:], insured], as_of=DAY + 10)
    assert (lapsed["insured_until"], lapsed["papers_until"]) == (-1, -1)
    endless = [{**event, "valid_until": None} for event in papers()]
    assert score(endless)["papers_until"] is None
