"""Rule v1 on its own: no database, no clock, no floats."""

import ast
import json
import random
import sys
from collections.abc import Callable
from decimal import Decimal, getcontext
from hashlib import sha256
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiaojiejie.credit import rules
from qiaojiejie.credit.rules.ruleset import sdiv

DAY = 20_000
Event = dict[str, Any]
INPUTS: dict[str, Any] = {"tables": rules.tables({}), "firms": {"f1": -120, "f2": 240},
                          "raters": {f"h{n}": weight for n, weight in enumerate((1000, 1000, 600, 250, 1000, 80))}}


def papers(t: int = DAY - 400, seq: int = 1) -> list[Event]:
    """Everything verified and in date."""
    return [{"seq": seq, "t": t, "type": "identity_verified", "document": "i"},
            {"seq": seq + 1, "t": t, "type": "background_check", "document": "b", "result": "clear",
             "valid_until": DAY + 99},
            {"seq": seq + 2, "t": t, "type": "health_cert", "document": "h", "valid_until": DAY + 99}]


def order(n: int, t: int = DAY - 20, household: str = "h0", k: int = 0, late: bool = False, **more: Any) -> Event:
    """A completed order; its place in the ledger is 100·n."""
    return {"seq": 100 * n, "t": t, "type": "order_completed", "order": f"o{n}", "household": household, "firm": "f1",
            "category": "cleaning", "punctuality": "late" if late else "on_time", "k_worker": k, "k_firm": k, "hh_n": 1,
            **more}


def rating(n: int, marks: int = 5, t: int = DAY - 19, household: str = "h0", **more: Any) -> Event:
    """A rating of order n, the same mark five times unless ``aspects`` says otherwise."""
    return {"seq": 100 * n + 1, "t": t, "type": "rating", "order": f"o{n}", "household": household, "firm": "f1",
            "category": "cleaning", "overall": marks, "aspects": [marks] * 5, "hh_n": 0, "hh_dev_milli": 0, **more}


def complaint(n: int, severity: int = 2, t: int = DAY - 5) -> list[Event]:
    """A complaint about order n, opened and found substantiated."""
    told = {"order": f"o{n}", "complaint": f"c{n}", "household": "h0"}
    return [{"seq": 100 * n + 2, "t": t - 1, "type": "complaint_opened", **told},
            {"seq": 100 * n + 3, "t": t, "type": "complaint_substantiated", "severity": severity, **told}]


def score(events: list[Event], as_of: int = DAY, **inputs: Any) -> dict[str, Any]:
    """The rule on a day."""
    return rules.score(events, as_of=as_of, inputs={**INPUTS, **inputs})


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """All kinds of events about one worker, at most a dozen orders."""
    events = papers() if draw(st.booleans()) else []
    count, visits = draw(st.integers(0, 12)), dict[str, int]()
    for n in range(1, count + 1):
        household, t = f"h{draw(st.integers(0, 7))}", DAY - draw(st.integers(0, 800))
        k = visits[household] = visits.get(household, -1) + 1
        events.append(order(n, t, household, k, draw(st.booleans()), hh_n=draw(st.integers(0, 4)),
                            k_firm=k + draw(st.integers(0, 3)), firm=draw(st.sampled_from(["f1", "f2"]))))
        if draw(st.booleans()):
            events.append(rating(n, t=min(DAY, t + 1), household=household, hh_n=draw(st.integers(0, 9)),
                                 aspects=draw(st.lists(st.integers(1, 5), min_size=5, max_size=5)),
                                 hh_dev_milli=draw(st.integers(-60_000, 60_000))))
        if draw(st.integers(0, 5)) == 0:
            events += complaint(n, draw(st.integers(1, 4)), min(DAY, t + 3))
    for n in range(50, 50 + draw(st.integers(0, 3))):
        t = DAY - draw(st.integers(0, 700))
        events.append(draw(st.sampled_from([
            {"seq": 100 * n, "t": t, "type": "no_show", "order": f"o{n}"},
            {"seq": 100 * n, "t": t, "type": "cancel_worker", "order": f"o{n}", "notice_h": 3},
            {"seq": 100 * n, "t": t, "type": "cancel_worker", "order": f"o{n}", "notice_h": 30},
            {"seq": 100 * n, "t": t, "type": "certificate", "document": "c", "level": 4},
            {"seq": 100 * n, "t": t, "type": "award", "level": 3},
            {"seq": 100 * n, "t": t, "type": "joined", "firm": "f2"},
            {"seq": 100 * n, "t": t, "type": "sanction", "level": 2, "until": DAY + 3},
            {"seq": 100 * n, "t": t, "type": "blacklist_on"},
            {"seq": 100 * n, "t": t, "type": "mediation", "complaint": "c1", "outcome": "settled"},
        ])))
    return events


def test_the_rule_set_is_whole_numbers_and_its_tables_are_what_they_claim() -> None:
    def whole(node: Any) -> bool:
        if isinstance(node, dict | list):
            return all(whole(each) for each in (node.values() if isinstance(node, dict) else node))
        return node is None or isinstance(node, int | str)
    assert whole(rules.RULE)
    normal = NormalDist()
    inside = [round(1e6 * normal.pdf(normal.inv_cdf(p / 1000))) for p in range(1, 1000)]
    assert rules.RULE["phi"] == [0, *inside, 0]
    getcontext().prec = 60
    assert rules.RULE["decay"]["millionths"] == [int(Decimal(10) ** 6 * Decimal(2) ** (Decimal(-n) / 18))
                                                 for n in range(18)]
    canonical = json.dumps(rules.RULE, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert rules.RULE_HASH == sha256(canonical.encode()).hexdigest()


def test_no_float_and_nothing_but_the_standard_library_is_in_the_rule() -> None:
    folder = Path(rules.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), path
            assert not isinstance(node, ast.Div), path
            assert not (isinstance(node, ast.Name) and node.id in ("float", "round")), path
            if isinstance(node, ast.ImportFrom):
                module = node.module or ""
                assert module.startswith("qiaojiejie.credit.rules") or module.split(".")[0] in sys.stdlib_module_names


@pytest.mark.parametrize(("age", "half", "left"), [
    (0, 540, 1000), (29, 540, 1000), (30, 540, 962), (540, 540, 500), (1080, 540, 250), (90, 90, 500), (180, 90, 250),
    (30, 90, 793), (20_000, 540, 0)])
def test_evidence_fades_by_thirty_day_steps(age: int, half: int, left: int) -> None:
    steps = rules.V1.fades[half]
    assert steps[min(age // 30, len(steps) - 1)] == left


def test_division_truncates_toward_zero() -> None:
    assert [sdiv(a, 3) for a in (-4, -3, -2, 2, 3, 4)] == [-1, -1, 0, 0, 1, 1]


def test_a_star_is_worth_as_much_as_it_is_rare() -> None:
    inflated = rules.tables({"cleaning": [0] * 20 + [1000]})["cleaning"]["z"]
    honest = rules.tables({"cleaning": [0] * 15 + [200] * 5 + [200]})["cleaning"]["z"]
    assert inflated[20] < 100 < 1000 < honest[20]
    assert inflated == sorted(inflated)
    assert min(inflated) == -2800
    assert max(rules.tables({"cleaning": [1000] + [0] * 20})["cleaning"]["z"]) == 1200


def test_a_category_with_few_ratings_uses_the_pooled_table() -> None:
    found = rules.tables({"cleaning": [0] * 20 + [200], "moving": [0] * 20 + [199]})
    assert set(found) == {"*", "cleaning"}
    assert found["*"]["n"] == 399
    assert rules.tables({"moving": [0] * 20 + [199]})["*"]["n"] == 399  # the starting counts stand beside it


def test_a_new_worker_with_verified_papers_is_b_and_new() -> None:
    found = score(papers())
    assert (found["score"], found["grade"], found["new"]) == (712, "B", True)
    assert [gate["code"] for gate in found["gates"]] == ["R04"]
    assert found["factors"] == {"F22": -88}


def test_without_identity_she_is_c_at_most_and_not_bookable() -> None:
    found = score(papers()[1:])
    assert found["grade"] == "C"
    assert {"code": "R01", "grade": "C", "bookable": "none"} in found["gates"]


@pytest.mark.parametrize("change", [
    lambda events: events[:1] + events[2:],
    lambda events: events[:2],
    lambda events: [*events[:2], {**events[2], "valid_until": DAY - 1}],
    lambda events: [events[0], {**events[1], "result": "found"}, events[2]],
    lambda events: [*events, {"seq": 9, "t": DAY, "type": "document_withdrawn", "document": "h"}],
])
def test_a_missing_or_lapsed_paper_keeps_her_at_b_and_from_care(change: Callable[[list[Event]], list[Event]]) -> None:
    good = [event for n in range(1, 31) for event in (order(n, household=f"x{n}"), rating(n, household=f"x{n}"))]
    raters = {f"x{n}": 1000 for n in range(1, 31)}
    assert score(papers() + good, raters=raters)["grade"] in ("A", "AA", "AAA")
    found = score(change(papers()) + good, raters=raters)
    assert (found["grade"], [gate["bookable"] for gate in found["gates"]]) == ("B", ["no_care"])


def test_a_paper_is_good_through_its_last_day() -> None:
    last = [{**event, "valid_until": DAY} if "valid_until" in event else event for event in papers()]
    assert [gate["code"] for gate in score(last)["gates"]] == ["R04"]
    assert [gate["code"] for gate in score(last, as_of=DAY + 1)["gates"]] == ["R02", "R03", "R04"]


def test_a_high_grade_asks_for_orders_from_several_households() -> None:
    table = {"*": {"n": 999, "mean": 20_000, "z": [-2800] * 20 + [1200]}}

    def market(families: int) -> dict[str, Any]:
        events = [event for n in range(1, 25) for event in (
            order(n, household=f"x{n % families}", k=n // families), rating(n, household=f"x{n % families}"))]
        return score(papers() + events, tables=table, raters={f"x{n}": 1000 for n in range(families)})
    assert market(24)["grade"] == "AAA"
    one = market(1)
    assert (one["grade"], one["score"] >= 700, one["households"]) == ("B", True, 1)


def test_two_weeks_of_silence_count_and_less_does_not() -> None:
    assert score([order(1, DAY - 13)])["factors"].keys() == {"F21", "F22"}
    assert score([order(1, DAY - 14)])["factors"]["F12"] < 0
    never = score([order(1, DAY - 14, hh_n=0)])["events"]
    asked = score([order(1, DAY - 14, hh_n=1)])["events"]
    assert never[-1][1] == asked[-1][1] == "F12"
    assert never[-1][2] > asked[-1][2]


def test_booked_again_within_120_days_credits_the_earlier_order() -> None:
    within = score([order(1, DAY - 140), order(2, DAY - 20, k=1)])
    assert [each[:2] for each in within["events"] if each[1] == "F14"] == [[100, "F14"]]
    assert "F14" not in score([order(1, DAY - 141), order(2, DAY - 20, k=1)])["factors"]


@pytest.mark.parametrize(("severity", "days", "limit"), [(4, 365, 499), (3, 180, 599), (2, 90, 779)])
def test_a_grave_complaint_caps_the_score_for_a_time(severity: int, days: int, limit: int) -> None:
    events = [order(1, DAY - 400), *complaint(1, severity, DAY - days)]
    assert {"code": "F17", "limit": limit, "severity": severity, "days": days} in score(events)["caps"]
    assert score(events, as_of=DAY + 1)["caps"] == []


def test_a_minor_complaint_is_out_of_use_after_ninety_days_and_a_settled_one_weighs_less() -> None:
    events = [order(1, DAY - 100), rating(1, 4), *complaint(1, 1, DAY - 90)]
    assert "F17" not in score(events)["factors"]
    assert score(events, as_of=DAY - 1)["factors"]["F17"] < 0
    grave = [order(1), rating(1, 4), *complaint(1, 2)]
    settled = [*grave, {"seq": 190, "t": DAY, "type": "mediation", "complaint": "c1", "outcome": "settled"}]
    assert score(grave)["raw"] < score(settled)["raw"] < score([order(1), rating(1, 4)])["raw"]


def test_a_very_low_mark_alone_counts_as_two_sigma_at_most() -> None:
    alone, late = score([order(1), rating(1, 1)]), score([order(1, late=True), rating(1, 1)])
    rows = {code: milli for _, code, milli in alone["events"]}
    blamed = {code: milli for _, code, milli in late["events"]}
    assert blamed["F10"] < rows["F10"] < 0


def test_the_block_list_and_a_sanction_bite_while_they_last() -> None:
    listed = [{"seq": 7, "t": DAY - 9, "type": "blacklist_on"}]
    assert (score(papers() + listed)["score"], score(papers() + listed)["grade"]) == (299, "D")
    assert score([*papers(), *listed, {"seq": 8, "t": DAY - 1, "type": "blacklist_off"}])["score"] == 712
    fined = [*papers(), {"seq": 9, "t": DAY - 9, "type": "sanction", "level": 2, "until": DAY}]
    assert (score(fined)["raw"], score(fined)["factors"]["F18"]) == (592, -120)
    assert score(fined, as_of=DAY + 1)["raw"] == 712


def test_a_certificate_never_counts_against_her() -> None:
    raws = [score([{"seq": 5, "t": DAY, "type": "certificate", "document": "c", "level": level}])["raw"]
            for level in range(1, 6)]
    assert raws == [712, 712, 750, 787, 825]


@given(histories())
def test_the_points_of_the_factors_sum_to_the_score(events: list[Event]) -> None:
    found = score(events)
    assert sum(found["factors"].values()) == found["raw"] - 800
    assert 0 <= found["score"] <= 1000
    assert found["range"][0] <= found["score"] <= found["range"][1]
    shown = [each["points"] for each in rules.view(found)]
    assert sum(points < 0 for points in shown) <= 4
    assert sum(points > 0 for points in shown) <= 2


@given(histories())
def test_the_points_of_the_events_sum_to_the_score_too(events: list[Event]) -> None:
    found = score(events)
    total = sum(milli for _, _, milli in found["events"]) + 1000 * found["factors"].get("F18", 0)
    assert abs(total - 1000 * (found["raw"] - 800)) < 2000 + len(found["events"])


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_a_days_events_are_told_changes_nothing(events: list[Event], chance: random.Random) -> None:
    same_day = [{**event, "t": DAY - 30} if event["type"] not in ("blacklist_on", "background_check") else event
                for event in events]
    shuffled = same_day[:]
    chance.shuffle(shuffled)
    assert score(shuffled) == score(same_day)


@given(histories(), st.data())
def test_what_an_appeal_voids_counts_as_if_it_had_never_happened(events: list[Event], data: st.DataObject) -> None:
    if not events:
        return
    gone = data.draw(st.sampled_from(events))
    appeal = {"seq": 99_999, "t": DAY, "type": "appeal_upheld", "ref": gone["seq"]}
    assert score([*events, appeal]) == score([event for event in events if event is not gone])


@given(histories(), st.integers(1, 13), st.integers(1, 4), st.integers(0, 30))
def test_a_substantiated_complaint_never_raises(events: list[Event], n: int, severity: int, ago: int) -> None:
    if any(event.get("complaint") == f"c{n}" for event in events):
        return
    opened, upheld = complaint(n, severity, DAY - ago)
    before, after = score(events), score([*events, opened, upheld])
    assert after["raw"] <= before["raw"]
    assert after["score"] <= before["score"]
    assert rules.GRADES.index(after["grade"]) >= rules.GRADES.index(before["grade"])


@given(histories())
def test_nothing_changes_before_the_day_it_says_is_next(events: list[Event]) -> None:
    first = score(events)
    for as_of in range(DAY + 1, min(first["due"] or DAY + 40, DAY + 40)):
        later = score(events, as_of=as_of)
        assert {**later, "as_of": 0} == {**first, "as_of": 0}


def test_marks_of_families_who_buy_or_slander_weigh_little() -> None:
    def marks(household: str, count: int, mark: int) -> list[Event]:
        return [each for n in range(count) for each in (
            {**order(n, household=household), "worker": f"w{n}", "order": f"{household}{n}"},
            {**rating(n, mark, household=household), "worker": f"w{n}", "order": f"{household}{n}"})]
    events = (marks("one", 1, 4) + marks("bought2", 2, 5) + marks("bought5", 6, 5) + marks("fair", 3, 4)
              + marks("slander2", 2, 1) + marks("slander4", 5, 2))
    assert rules.raters(events) == {"one": 500, "bought2": 600, "bought5": 60, "fair": 1000, "slander2": 400,
                                    "slander4": 80}
    upheld = [{"type": "complaint_substantiated", "order": f"slander4{n}"} for n in range(5)]
    assert rules.raters([*events, *upheld])["slander4"] == 1000


def test_a_firm_is_compared_with_the_market_and_shrunk_to_it() -> None:
    means, market = rules.firm_means([("good", 6000, 400), ("good", 90_000, 400), ("bad", 6000, -400)])
    assert market == 133
    assert means == {"bad": -123, "good": 100}
    assert rules.firm_means([]) == ({}, 0)


def test_neutral_facts_come_from_earlier_entries_only() -> None:
    told = [{**order(1), "worker": "w1"}, {**rating(1, 5), "worker": "w1"}, {**order(2), "worker": "w2"},
            {**order(3), "worker": "w1"}, {**rating(3, 4), "worker": "w1"}]
    found = rules.contexts(reversed(told), lambda t, category: 23_000)
    assert found == {
        100: {"k_worker": 0, "k_firm": 0, "hh_n": 0}, 101: {"hh_n": 0, "hh_dev_milli": 0},
        200: {"k_worker": 0, "k_firm": 1, "hh_n": 1}, 300: {"k_worker": 1, "k_firm": 2, "hh_n": 1},
        301: {"hh_n": 1, "hh_dev_milli": 2000}}


def test_the_worked_example_in_the_documentation() -> None:
    found = score([*papers(), order(1, DAY - 21, "new", hh_n=0), rating(1, 5, DAY - 21, "new")])
    table = rules.tables({})["*"]["z"]
    assert (table[20], found["mu"], found["raw"]) == (382, -258, 735)  # with her firm 120 below the market
    found = score([*papers(), order(1, DAY - 21, "new", hh_n=0), rating(1, 5, DAY - 21, "new")], firms={})
    assert (found["mu"], found["raw"], found["grade"], found["new"]) == (-167, 758, "B", True)
    assert found["factors"] == {"F10": 24, "F22": -66}
