"""A firm's score: its workers' evidence, its own points, caps and gates."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiaojiejie.credit import rules
from tests.credit.city import event, seeds
from tests.credit.test_rules import DAY, INPUTS, complaint, histories

OWN = ("cancel_firm", "complaint_answered", "complaint_opened", "complaint_substantiated", "mediation", "licence",
       "blacklist_on", "blacklist_off", "sanction", "blocked_worker_sent", "credit_repair", "order_paid")


def worker(neff: int = 6000, mu_own: int = 0, until: int | None = -1) -> dict[str, Any]:
    """One of the staff."""
    return {"neff": neff, "mu_own": mu_own, "insured_until": until, "papers_until": until}


def firm(*events: dict[str, Any], staff: Any = (), orders: int = 0, market: int = 0,
         as_of: int = DAY) -> dict[str, Any]:
    """A firm's standing; events are numbered as told."""
    told = [{"seq": n, "t": DAY, **event} for n, event in enumerate(events, 1)]
    return rules.score_firm(told, as_of=as_of, staff=staff, orders=orders, market=market)


def test_a_firm_nobody_worked_for_stands_at_the_markets_mean_and_is_new() -> None:
    found = firm(market=-100)
    assert (found["score"], found["factors"], found["new"], found["grade"]) == (775, {"G10": 0, "G18": -25}, True, "B")
    assert found["gates"] == [{"code": "R08", "grade": "B", "bookable": "all"}]


def test_its_workers_evidence_counts_to_six_orders_each_and_is_shrunk_to_the_market() -> None:
    assert firm(staff=[worker(6000, 800)])["mu"] == 300
    assert firm(staff=[worker(60_000, 800)])["mu"] == 300
    assert firm(staff=[worker(6000, 800)] * 10)["factors"]["G10"] == 171  # 6/7 of 800 milli-sigma, a quarter of it


@pytest.mark.parametrize(("orders", "points"), [(0, -16), (100, -16), (101, -15), (1600, -1), (1601, 0)])
def test_cancelling_costs_by_the_hundred_orders(orders: int, points: int) -> None:
    assert firm({"type": "cancel_firm"}, {"type": "cancel_firm"}, orders=orders)["factors"].get("G11", 0) == points


@pytest.mark.parametrize(("days", "points"), [(365, -8), (366, 0)])
def test_what_it_did_counts_for_a_year(days: int, points: int) -> None:
    assert firm({"type": "cancel_firm", "t": DAY - days})["factors"].get("G11", 0) == points


@pytest.mark.parametrize(("answer", "late"), [
    ({"type": "complaint_answered", "working_days": 3}, 0), ({"type": "complaint_answered", "working_days": 4}, 1),
    ({"type": "complaint_dismissed", "unanswered_days": 4}, 1), ({"type": "complaint_substantiated"}, 0)])
def test_a_complaint_answered_after_three_working_days_counts_once(answer: dict[str, Any], late: int) -> None:
    told = [{"complaint": "c1", **answer}, {"complaint": "c1", **answer, "type": "complaint_substantiated"}]
    assert firm(*told)["factors"].get("G12", 0) == -3 * late


def test_refusing_mediation_costs_and_what_is_repaired_or_voided_does_not() -> None:
    refused = {"type": "mediation", "complaint": "c1", "outcome": "refused"}
    assert firm(refused)["factors"]["G13"] == -25
    for undone in ("appeal_upheld", "credit_repair"):
        assert firm(refused, {"type": undone, "ref": 1}) == firm()
    assert firm({**refused, "outcome": "failed"}) == firm()


@pytest.mark.parametrize(("until", "points"), [(None, 20), (DAY, 20), (DAY - 1, 0), (-1, 0)])
def test_all_insured_and_all_papers_good_help_while_it_is_all(until: int | None, points: int) -> None:
    found = firm(staff=[worker(until=None), worker(until=until)])["factors"]
    assert (found.get("G14", 0), found.get("G16", 0)) == (points, points * 3 // 4)
    assert "G14" not in firm()["factors"]  # of nobody nothing is said


@pytest.mark.parametrize(("written", "points"), [(0, 0), (94, 0), (95, 15), (100, 15)])
def test_written_contracts_help_from_ninety_five_in_a_hundred(written: int, points: int) -> None:
    told = [{"type": "order_completed", "contract": n < written} for n in range(100)]
    assert firm(*told, orders=100)["factors"].get("G15", 0) == points
    assert "G15" not in firm(*[{"type": "order_completed"}] * 9, orders=9)["factors"]  # none says


def test_own_points_take_three_hundred_at_most() -> None:
    found = firm(*[{"type": "cancel_firm"}] * 50, {"type": "sanction", "level": 3, "until": DAY})
    assert (found["raw"], found["factors"]["G17"], found["factors"]["G19"]) == (500, -250, 350)
    after = firm({"type": "sanction", "level": 3, "until": DAY}, as_of=DAY + 1)
    assert after["raw"] == 800


@pytest.mark.parametrize(("told", "as_of", "score"), [
    ([{"type": "licence", "valid_until": DAY}], DAY, 800), ([{"type": "licence", "valid_until": DAY}], DAY + 1, 299),
    ([{"type": "licence", "valid_until": DAY}, {"type": "licence", "valid_until": DAY + 9}], DAY + 1, 800),
    ([{"type": "licence", "valid_until": None}], DAY + 999, 800), ([{"type": "blacklist_on"}], DAY, 299),
    ([{"type": "blacklist_on"}, {"type": "blacklist_off"}], DAY, 800),
    ([{"type": "blocked_worker_sent"}], DAY + 365, 499), ([{"type": "blocked_worker_sent"}], DAY + 366, 800)])
def test_a_lapsed_licence_the_block_list_and_a_blocked_worker_sent_cap_it(
        told: list[dict[str, Any]], as_of: int, score: int) -> None:
    assert firm(*told, as_of=as_of)["score"] == score


@pytest.mark.parametrize(("count", "neff", "grade"), [
    (10, 6000, "AAA"), (9, 60_000, "AA"), (10, 5999, "AA"), (5, 4000, "AA"), (5, 3999, "A"), (2, 2500, "A"),
    (1, 90_000, "B")])
def test_a_high_grade_asks_for_workers_with_evidence(count: int, neff: int, grade: str) -> None:
    staff = [worker(neff, 6000)] * count + [worker(0)] * 20
    assert firm(staff=staff)["grade"] == grade


@given(seeds, st.integers(0, 500), st.integers(-600, 600))
def test_the_points_sum_to_the_score_and_a_voided_event_never_happened(seed: int, orders: int, market: int) -> None:
    chance = random.Random(seed)
    told = [{**event(chance, chance.choice(OWN), "f_"), "seq": n} for n in range(1, chance.randint(2, 12))]
    staff = [worker(chance.randint(0, 9000), chance.randint(-2000, 2000), chance.choice([None, -1, DAY]))
             for _ in range(chance.randint(0, 12))]

    def found(events: list[dict[str, Any]]) -> dict[str, Any]:
        return rules.score_firm(events, as_of=DAY, staff=staff, orders=orders, market=market)

    standing = found(told)
    assert sum(standing["factors"].values()) == standing["raw"] - 800
    assert standing["range"][0] <= standing["score"] <= standing["range"][1]
    gone = chance.choice(told)
    appeal = {"seq": 99, "t": DAY, "type": "appeal_upheld", "ref": gone["seq"]}
    assert found([*told, appeal]) == found([each for each in told if each is not gone])


@given(histories(), st.integers(1, 13), st.integers(1, 4))
def test_a_substantiated_complaint_never_raises_her_firm(events: list[dict[str, Any]], n: int, severity: int) -> None:
    if any(event.get("complaint") == f"c{n}" for event in events):
        return
    told = complaint(n, severity)

    def found(events: list[dict[str, Any]], own: list[dict[str, Any]]) -> dict[str, Any]:
        hers = rules.score(events, as_of=DAY, inputs=INPUTS)
        return rules.score_firm(own, as_of=DAY, staff=[hers, worker()], orders=10, market=-100)

    before, after = found(events, []), found([*events, *told], told)
    assert after["raw"] <= before["raw"]
    assert rules.V1.grades.index(after["grade"]) >= rules.V1.grades.index(before["grade"])
