"""What is shown of a standing, to whom: proof and history to everybody, what waits to those it concerns."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from qiaojiejie.booking import facts as booking
from qiaojiejie.casework import facts as casework
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.credit import rules
from qiaojiejie.documents import facts as documents
from qiaojiejie.identity.models import Account
from qiaojiejie.standings import service as standings
from qiaojiejie.transparency import service as transparency
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.standings.scene import (
    NOON, complete, event_of, everything, exported, parties, published, review, standing, tell, verify)

Run = Callable[[], int]


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """It is noon in Suqian."""
    with clock.frozen(NOON):
        yield


@pytest.fixture()
def worker(client: FlaskClient, run_jobs: Run) -> Worker:
    """A worker with papers and an account."""
    made = factories.worker(account_id=factories.member(Role.WORKER).id)
    verify(made)
    run_jobs()
    return made


def get(client: FlaskClient, path: str, who: Account | None = None, status: int = 200) -> Any:
    """What an address answers somebody, or anybody."""
    answer = client.get(f"/api/v1{path}", headers=factories.headers(who) if who else {})
    assert answer.status_code == status, answer.get_json()
    return answer.get_json()


def insiders(worker: Worker) -> list[Account]:
    """Herself, her firm's manager, the federation."""
    return [db.session.get_one(Account, worker.account_id), factories.member(Role.FIRM_MANAGER, worker.firm_id),
            factories.member(Role.FEDERATION_AUDITOR)]


def outsiders() -> list[Account | None]:
    """Nobody in particular, a family, another worker, another firm."""
    stranger = factories.worker(account_id=factories.member(Role.WORKER).id)
    return [None, db.session.get_one(Account, factories.household().account_id),
            db.session.get_one(Account, stranger.account_id), factories.member(Role.FIRM_MANAGER, factories.firm().id)]


def test_what_waits_is_shown_to_those_it_concerns_alone(client: FlaskClient, worker: Worker, run_jobs: Run) -> None:
    before = get(client, f"/workers/{worker.id}/credit")
    for _ in range(2):
        tell(booking.WORKER_ABSENT, f"booking:{uuid4()}", **parties(worker, factories.household().id))
    run_jobs()
    for who in insiders(worker):
        found = get(client, f"/workers/{worker.id}/credit", who)
        assert (found["score"], found["grade"], found["pending"]["until"]) == (712, "B", "2026-12-05")
        assert found["pending"]["grade"] in "CD" and found["alarm"] is None
        assert found["pending"]["reasons"][0]["words"]["zh"]
        kinds = {each["kind"] for each in get(client, f"/workers/{worker.id}/credit/events", who)["items"]}
        assert {"fall_noticed", "no_show"} <= kinds
    for other in outsiders():
        found = get(client, f"/workers/{worker.id}/credit", other)
        assert {"pending", "alarm"}.isdisjoint(found)
        assert {name: found[name] for name in before if name != "through"} == {
            name: before[name] for name in before if name != "through"}
        if other is not None:
            kinds = {each["kind"] for each in get(client, f"/workers/{worker.id}/credit/events", other)["items"]}
            assert "fall_noticed" not in kinds


def test_a_score_says_under_which_log_it_stands_and_whether_a_witness_saw_it(
        client: FlaskClient, worker: Worker) -> None:
    path = f"/workers/{worker.id}/credit"
    exported()
    found = get(client, path)
    assert (found["ledger"]["fresh"], found["ledger"]["cosigned_at"]) == (False, None)
    assert "48" in found["ledger"]["words"]["zh"] and "don't rely" in found["ledger"]["words"]["en"]
    assert transparency.cosign()
    found = get(client, path)
    assert found["ledger"]["fresh"] and "don't" not in found["ledger"]["words"]["en"]
    assert found["ledger"]["size"] == get(client, "/log/status")["size"] > 0
    with clock.frozen(NOON + timedelta(hours=48)):
        assert not get(client, path)["ledger"]["fresh"]
    proof = get(client, found["proof_url"].removeprefix("/api/v1"))
    assert '"type":"standing"' in proof["leaf"] and found["person"] in proof["leaf"]
    for name in ("history_url", "events_url"):
        get(client, found[name].removeprefix("/api/v1"), factories.member(Role.TRAINER))


def test_every_score_ever_published_stands_in_her_history(client: FlaskClient, worker: Worker, run_jobs: Run) -> None:
    for _ in range(3):
        family = factories.household().id
        review(worker, family, complete(worker, family), 5)
        run_jobs()
    seen, cursor = list[dict[str, Any]](), ""
    while True:
        page = get(client, f"/workers/{worker.id}/credit/history?limit=2{cursor}")
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    told = [(each["score"], each["grade"], each["rule"]) for each in reversed(published(worker))]
    assert [(each["score"], each["grade"], each["rule"]) for each in seen] == told and len(told) == 4
    assert [each["seq"] for each in seen] == sorted((each["seq"] for each in seen), reverse=True)
    assert get(client, f"/workers/{worker.id}/credit")["proof_url"] == seen[0]["proof_url"]
    exported()
    assert get(client, seen[-1]["proof_url"].removeprefix("/api/v1"))["index"] >= 0


def states(client: FlaskClient, worker: Worker, who: Account) -> dict[int, str]:
    """Entry → state, of all events somebody sees."""
    return {each["seq"]: each["state"] for each in get(
        client, f"/workers/{worker.id}/credit/events?limit=100", who)["items"]}


@pytest.mark.parametrize(("severity", "days"), list(product((1, 2, 3, 4), (0, 89, 90, 364, 365, 1094, 1095, 4000))))
def test_a_finding_is_displayed_as_long_as_its_tier_says(
        client: FlaskClient, worker: Worker, run_jobs: Run, severity: int, days: int) -> None:
    about = {"complaint": str(uuid4()), **parties(worker, factories.household().id)}
    entry_id = tell(casework.SUBSTANTIATED, f"booking:{uuid4()}", severity=severity, **about)
    run_jobs()
    me, stranger = insiders(worker)[0], db.session.get_one(Account, factories.household().account_id)
    with clock.frozen(NOON + timedelta(days=days)):
        state = "out_of_use" if severity == 1 and days >= 90 else "counts"
        assert states(client, worker, me)[entry_id] == state
        shown = {1: False, 2: days < 365, 3: days < 1095, 4: True}[severity]
        assert (entry_id in states(client, worker, stranger)) == shown


def test_what_was_voided_or_repaired_says_so_to_her_and_is_gone_for_others(
        client: FlaskClient, worker: Worker, run_jobs: Run) -> None:
    paper, family = str(uuid4()), factories.household().id
    absent = tell(booking.WORKER_ABSENT, f"booking:{uuid4()}", **parties(worker, family))
    about = {"complaint": str(uuid4()), **parties(worker, family)}
    opened = tell(casework.OPENED, "booking:x", **about)
    upheld = tell(casework.SUBSTANTIATED, "booking:x", severity=2, **about)
    lapsed = tell(documents.VERIFIED, f"worker:{worker.id}", document=paper, kind="insurance", valid_until="2026-11-19")
    run_jobs()
    event_of("appeal_upheld", worker, ref=absent)
    event_of("credit_repair", worker, ref=upheld)
    run_jobs()
    me, stranger = insiders(worker)[0], db.session.get_one(Account, factories.household().account_id)
    mine, theirs = states(client, worker, me), states(client, worker, stranger)
    assert [mine[each] for each in (absent, upheld, opened, lapsed)] == ["voided", "repaired", "counts", "out_of_use"]
    assert {absent, upheld, opened}.isdisjoint(theirs) and lapsed in theirs
    assert set(theirs) < set(mine)


def test_she_her_firm_and_the_federation_see_what_would_raise_it(client: FlaskClient, run_jobs: Run) -> None:
    worker = factories.worker(account_id=factories.member(Role.WORKER).id)
    verify(worker, kinds=("identity",))
    run_jobs()
    for who in insiders(worker):
        found = get(client, f"/workers/{worker.id}/credit/what-if", who)
        assert (found["score"], found["grade"]) == (712, "B")
        assert {each["code"] for each in found["items"]} >= {"W03"}
        assert all(each["score"] > 712 or rules.V1.worse("B", each["grade"]) for each in found["items"])
    for other, status in zip(outsiders(), (401, 403, 404, 404), strict=True):
        get(client, f"/workers/{worker.id}/credit/what-if", other, status)


def test_a_firms_score_its_history_and_events_are_open(client: FlaskClient, worker: Worker, run_jobs: Run) -> None:
    order = str(uuid4())
    tell(booking.DECLINED, f"booking:{order}", by="firm", **parties(worker, factories.household().id))
    run_jobs()
    standings.rescore_due_firms()
    path = f"/firms/{worker.firm_id}/credit"
    found = get(client, path)
    assert 800 + sum(each["points"] for each in found["factors"]) == found["raw"] == found["score"] == 792
    assert found["firm"] in everything("firm") and [each["code"] for each in found["reasons"]] == ["G11"]
    assert found["reasons"][0]["words"]["zh"] == "一年内企业取消已确认的订单"
    assert [each["score"] for each in get(client, f"{path}/history")["items"]] == [792]
    stranger, manager = outsiders()[1], insiders(worker)[1]
    assert [each["order"] for each in get(client, f"{path}/events", manager)["items"]] == [order]
    assert [each["order"][:2] for each in get(client, f"{path}/events", stranger)["items"]] == ["o_"]
    new = get(client, f"/firms/{factories.firm().id}/credit")
    assert (new["score"], new["new"], new["proof_url"]) == (800, True, None)
    applied = factories.firm("applied").id
    for end in ("", "/history"):
        assert get(client, f"/firms/{applied}/credit{end}", status=404)["code"] == "FirmNotFound"
    assert get(client, f"/firms/{applied}/credit/events", manager, 404)["code"] == "FirmNotFound"


def test_all_standings_are_listed_page_by_page_by_opaque_keys(
        client: FlaskClient, worker: Worker, run_jobs: Run) -> None:
    for _ in range(4):
        verify(factories.worker())
    run_jobs()
    standings.rescore_due_firms()
    for kind, prefixes in (("", "fp"), ("&kind=worker", "p"), ("&kind=firm", "f")):
        seen, cursor = list[dict[str, Any]](), ""
        while True:
            page = get(client, f"/credit/standings?limit=3{kind}{cursor}")
            seen += page["items"]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        keys = [each["subject"] for each in seen]
        assert len(keys) == len(set(keys)) == len(everything(kind[6:] or None))
        assert {key[0] for key in keys} == set(prefixes) and keys == sorted(keys, key=lambda key: key[0])
        assert {(each["rule"], each["as_of"]) for each in seen} == {("v1", "2026-11-20")}
    assert str(worker.id) not in str(seen)
    assert client.get("/api/v1/credit/standings?kind=household").status_code == 422
    assert client.get(f"/api/v1/credit/standings?limit=1{cursor}").status_code == 400


def test_a_booking_has_its_receipts_for_its_parties_and_the_federation(client: FlaskClient, run_jobs: Run) -> None:
    worker, family = factories.worker_with_account(), factories.household()
    made = factories.booking("completed", family, worker)
    tell(booking.CONFIRMED, made.ref, **parties(worker, family.id))
    tell(booking.COMPLETED, made.ref, by="household", start="", late_minutes=0, **parties(worker, family.id))
    entry_id = tell(booking.WORKER_ABSENT, made.ref, **parties(worker, family.id))
    complete(worker, family.id)
    run_jobs()
    event_of("appeal_upheld", worker, ref=entry_id)
    run_jobs()
    path = f"/bookings/{made.id}/receipts"
    who = [db.session.get_one(Account, family.account_id), *insiders(worker)]
    assert get(client, path, who[0])["items"] == []
    lines = {line["seq"]: line for line in exported()}
    for each in who:
        found = get(client, path, each)["items"]
        assert [leaf["kind"] for leaf in found] == ["order_paid", "order_completed", "no_show", "appeal_upheld"]
        assert [leaf["line"] for leaf in found] == [lines[leaf["seq"]] for leaf in found]
        assert all("salt" in leaf["line"] for leaf in found)
        proof = get(client, found[0]["proof_url"].removeprefix("/api/v1"))
        assert proof["index"] == found[0]["line"]["index"]
    for other in outsiders()[1:]:
        assert get(client, path, other, 404)["code"] == "BookingNotFound"


def replay(client: FlaskClient, who: Account, status: int = 200, **body: Any) -> Any:
    """What the replay answers."""
    answer = client.post("/api/v1/credit/replay", json={"as_of": "2026-11-20", **body}, headers=factories.headers(who))
    assert answer.status_code == status, answer.get_json()
    return answer.get_json()


def test_anybody_signed_in_replays_lines_of_the_ledger(client: FlaskClient, worker: Worker, run_jobs: Run) -> None:
    family = factories.household().id
    review(worker, family, complete(worker, family), 4)
    run_jobs()
    standings.rescore_due_firms()
    lines = exported()
    who = factories.member(Role.TRAINER)
    found = replay(client, who, lines=lines, rule="v1")["items"]
    assert {each.pop("subject"): each for each in found} == everything()
    person = get(client, f"/workers/{worker.id}/credit")["person"]
    mine = [line for line in lines if person in (line["subject"], None) or line["type"] == "calibration"]
    again = {each["subject"]: each for each in replay(client, who, lines=mine)["items"]}
    assert (again[person]["score"], again[person]["grade"]) == (standing(worker).score, standing(worker).grade)
    assert replay(client, who, lines=[])["items"] == []


def test_a_line_no_ledger_holds_is_refused_by_its_number(client: FlaskClient, worker: Worker) -> None:
    who, lines = factories.member(Role.TRAINER), exported()
    for broken in ({"seq": "x"}, {"type": "rating"}, {"aspects": [9] * 5, "type": "rating"}, {"t": 1.5}):
        answer = replay(client, who, 422, lines=[*lines[:2], {**lines[2], **broken}])
        assert answer["code"] == "LineNotReadable" and "line 3" in str(answer)
    assert replay(client, who, 404, lines=lines, rule="v9")["code"] == "RuleNotFound"
    assert replay(client, who, 422, lines=[{}] * 5001)["code"] != "LineNotReadable"
    assert client.post("/api/v1/credit/replay", json={"as_of": "2026-11-20", "lines": []}).status_code == 401


def test_replays_are_counted(client: FlaskClient, worker: Worker) -> None:
    who = factories.member(Role.TRAINER)
    for _ in range(standings.REPLAYS_A_MINUTE):
        replay(client, who, lines=[])
    assert replay(client, who, 429, lines=[])["code"] == "TooManyReplays"
    replay(client, factories.member(Role.TRAINER), lines=[])
    with clock.frozen(NOON + timedelta(minutes=1)):
        replay(client, who, lines=[])


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_nothing_here_can_be_put_or_deleted(client: FlaskClient, worker: Worker, method: str) -> None:
    who = factories.headers(factories.member(Role.FEDERATION_ADMIN))
    for path in (f"/workers/{worker.id}/credit", f"/firms/{worker.firm_id}/credit", "/credit/standings",
                 "/credit/rules", "/credit/rules/v1", "/credit/calibrations/2026-11"):
        assert client.open(f"/api/v1{path}", method=method, headers=who).status_code == 405
