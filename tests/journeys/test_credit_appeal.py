"""A worker sees why she is B and becomes A; a complaint against her is found true, she appeals, and it never was."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests.family import books_balance  # noqa: F401
from tests.journeys.townsfolk import LINE, READ, Sister, Town, at, replayed
from tests.journeys.visits import Booked
from tests.stripe_sandbox import StripeSandbox

pytestmark = pytest.mark.usefixtures("books_balance")
#: of an explanation, what a thing that never happened leaves as it was
SAME = (*LINE, "new", "raw", "range", "factors", "gates", "caps", "rule")


@pytest.fixture()
def town(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int],
         sweep: Callable[[str], None]) -> Town:
    """A town."""
    return Town(client, stripe_sandbox, run_jobs, sweep)


def steps(her: Sister) -> dict[str, Any]:
    """What she is told would raise her score or grade."""
    found = her.town.get(f"{her.path}/what-if", her.account)
    return {step["code"]: step for step in found["items"]}


def good(her: Sister, orders: int = 2) -> list[Booked]:
    """Her papers are verified, and so many families had her and gave her all fives."""
    for kind in READ:
        her.paper(kind)
    visits = [her.book(days) for days in range(1, orders + 1)]
    for visit in visits:
        her.serve(visit, 25)
    return visits


def test_she_sees_why_she_is_b_does_what_it_says_and_is_a_with_the_score_it_promised(town: Town) -> None:
    with at("2026-11-02T12:00"):
        her = Sister.of(town)
        her.paper("identity")
        her.paper("background")
        shown = her.credit()
        assert shown["grade"] == "B" and {"R03", "R04"} == {gate["code"] for gate in shown["gates"]}
        assert "W01" not in steps(her), "the paper alone would not do"
        promised = steps(her)["W03"]
        assert (promised["grade"], promised["params"]["orders"]) == ("A", 2)
        her.paper("health")
        assert her.credit()["grade"] == "B" and "W03" not in steps(her)
        step = steps(her)["W02"]
        assert (step["score"], step["grade"], step["params"]) == (
            promised["score"], "A", {"orders": 2, "marks": promised["params"]["marks"]})
        visits = [her.book(days) for days in range(1, step["params"]["orders"] + 1)]
    for number, visit in enumerate(visits, 1):
        her.serve(visit, step["params"]["marks"])
        with clock.frozen(visit.start + timedelta(hours=4)):
            now = her.credit()
            assert (now["grade"] == "A") == (number == len(visits))
    with clock.frozen(visits[-1].start + timedelta(hours=4)):
        assert (now["score"], now["grade"]) == (step["score"], step["grade"])
        assert 800 + sum(factor["points"] for factor in now["factors"]) == now["raw"]
        assert {gate["code"] for gate in now["gates"]} <= {"R04"}, "but evidence for more"
        assert [(each["score"], each["grade"]) for each in town.get(f"{her.path}/history")["items"]][0] == (
            now["score"], "A")
        assert replayed(town.export()) == town.standings()


def complain(town: Town, her: Sister, visit: Booked, severity: int) -> str:
    """The family complains, the firm answers, the mediator finds it true; the complaint's id."""
    family = db.session.get_one(Account, visit.household.account_id)
    made = town.post(family, f"/bookings/{visit.booking.id}/complaints", {"kind": "damage", "words": "台面划伤"})
    path = f"/complaints/{made['id']}"
    town.post(her.manager, f"{path}/answers", {"words": "正在核实"})
    town.settle()
    town.post(town.mediator, f"{path}/decisions", {
        "outcome": "substantiated", "severity": severity, "finding": "划伤属实"})
    town.settle()
    return str(made["id"])


def appeal(town: Town, her: Sister) -> dict[str, Any]:
    """She appeals against what was found, with a photograph; the petition."""
    events = town.pages(f"{her.path}/events", her.account)
    [found] = [each for each in events if each["kind"] == "complaint_substantiated"]
    made: dict[str, Any] = town.post(her.account, "/credit/appeals", {
        "entry_ids": [found["seq"]], "ground": "not_my_fault", "words": "划痕在我到之前就有",
        "media_ids": [town.upload(her.account)]})
    town.settle()
    return made


def propose(town: Town, petition: dict[str, Any]) -> dict[str, Any]:
    """The auditor proposes to uphold it, and sees what the score would be."""
    path = f"/petitions/{petition['id']}"
    town.post(town.auditor, f"{path}/proposals", {
        "upheld": [event["entry_id"] for event in petition["events"]], "reason": "facts_wrong", "words": "照片可证"})
    found: dict[str, Any] = town.get(path, town.auditor)
    return found


@pytest.mark.parametrize("severity", [2, 4])
def test_what_is_upheld_never_was_for_her_and_for_everybody_else(town: Town, severity: int) -> None:
    with at("2026-11-02T12:00"):
        her, other = Sister.of(town), Sister.of(town)
        visit, _ = good(her)
        good(other, orders=1)
    with at("2026-11-06T10:00"):
        town.settle()
        before, everybody = her.credit(her.account), town.standings()
        assert before["grade"] == "A"
        complaint = complain(town, her, visit, severity)
        fallen = her.credit(her.account)
        assert (fallen["pending"] or fallen)["score"] < before["score"] - 50
        assert town.standings() == replayed(town.export())

        petition = appeal(town, her)
        seen = propose(town, petition)
        assert seen["effect"]["without"] == {"score": before["score"], "grade": "A"}
        path = f"/petitions/{petition['id']}/decisions"
        assert town.refused(town.auditor, path, {"confirm": True}) == "SameOfficer"
        assert town.refused(her.account, path, {"confirm": True}) == "RoleRequired"
        assert town.post(town.administrator, path, {"confirm": True, "words": "同意"})["state"] == "upheld"
        town.settle()

        after = her.credit(her.account)
        assert {name: after[name] for name in SAME} == {name: before[name] for name in SAME}
        assert after["pending"] is None
        assert town.standings() == everybody == replayed(town.export()) == town.replayed_there(her.account)
        voids = [line for line in town.export() if line["type"] == "appeal_upheld"]
        gone = {each["seq"] for each in town.pages(f"{her.path}/events", her.account) if each["state"] == "voided"}
        assert {town.proven(line["seq"])["ref"] for line in voids} == gone != set()
        assert gone.isdisjoint(each["seq"] for each in town.pages(f"{her.path}/events", other.account))
        assert town.get(f"/complaints/{complaint}", town.mediator)["state"] == "overturned"
