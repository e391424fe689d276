"""A dispute's life: whatever is heard of it, in whatever order, often or never, it ends as Stripe says."""

import itertools
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import NotYourStep, Refusal, StepNotPossible
from qiaojiejie.disputes import queries
from qiaojiejie.disputes import service as disputes
from qiaojiejie.disputes.lifecycle import DISPUTE, OPEN
from qiaojiejie.disputes.models import Dispute
from qiaojiejie.payments.errors import StripeDown
from tests import factories
from tests.disputes.conftest import Bank, Sweep
from tests.family import Family
from tests.refunds.test_service import TOTAL, balances


def heard(bank: Bank, stripe_id: str) -> list[dict[str, Any]]:
    """Stripe's events about a dispute, in order."""
    return [event for event in bank.family.stripe.events(bank.family.intent())
            if event["data"]["object"]["id"] == stripe_id]


@pytest.mark.parametrize("words", ["winning_evidence", "losing_evidence"])
def test_the_events_of_a_dispute_in_any_order_end_alike(bank: Bank, world: sa.Connection, words: str) -> None:
    stripe_id = bank.dispute()
    bank.family.stripe.contest(stripe_id, words)
    events = [event for event in heard(bank, stripe_id) if not event["type"].endswith("reinstated")]
    assert len(events) == 4
    won = words == "winning_evidence"
    for order in itertools.permutations(events):
        with world.begin_nested() as life:
            for event in (*order, order[0]):
                assert bank.family.stripe.deliver(bank.family.client, event).status_code == 200
                bank.family.run_jobs()
            assert bank.row(stripe_id).state == ("won" if won else "lost")
            assert balances(world) == ({"stripe_clearing": TOTAL, "escrow": -TOTAL} if won else {})
            life.rollback()
            db.session.expire_all()


def moments(bank: Bank) -> Callable[[str], None]:
    """Hears of the disputes of a booking at one moment of their lives: the webhooks due by then."""
    told = set[str]()

    def hear(_: str = "") -> None:
        for event in bank.family.stripe.events(bank.family.intent()):
            if event["id"] not in told:
                told.add(event["id"])
                bank.family.stripe.deliver(bank.family.client, event)
        bank.family.run_jobs()

    return hear


def later(bank: Bank, sweep: Sweep, **more: int) -> None:
    """The sweeps' next turn."""
    with clock.frozen(clock.now() + timedelta(**(more or {"minutes": 11}))):
        sweep("disputes.tasks.search")
        sweep("disputes.tasks.reconcile")
        bank.family.run_jobs()


@pytest.mark.parametrize("listened", list(itertools.product([True, False], repeat=3)))
@pytest.mark.parametrize("verdict", ["won", "lost"])
def test_whichever_webhooks_are_lost_the_sweeps_bring_the_verdict(
        bank: Bank, world: sa.Connection, sweep: Sweep, listened: tuple[bool, ...], verdict: str) -> None:
    hear = moments(bank)
    stripe_id = bank.dispute()
    if listened[0]:
        hear()
    bank.family.stripe.contest(stripe_id, "our word")
    if listened[1]:
        hear()
    bank.family.stripe.decide(stripe_id, verdict)
    if listened[2]:
        hear()
    later(bank, sweep)
    assert bank.row(stripe_id).state == verdict
    assert balances(world) == ({"stripe_clearing": TOTAL, "escrow": -TOTAL} if verdict == "won" else {})
    facts = world.execute(sa.text("SELECT fact FROM ledger_entry WHERE fact LIKE 'dispute.%' ORDER BY id")).scalars()
    assert [fact for fact in facts if fact != "dispute.answered"] == ["dispute.opened", f"dispute.{verdict}"]


def test_a_dispute_no_webhook_spoke_of_is_found_behind_a_page_of_others(
        bank: Bank, sweep: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    stripe_id = bank.dispute()
    monkeypatch.setattr("qiaojiejie.payments.gateway.disputes.PAGE", 1)
    other = Bank(Family(bank.family.client, bank.family.stripe, bank.family.run_jobs))
    newer = other.disputed()
    later(bank, sweep)
    assert bank.row(stripe_id).state == "opened" and newer.state == "opened"


def test_an_open_dispute_is_asked_about_every_ten_minutes_and_a_closed_one_never(bank: Bank, sweep: Sweep) -> None:
    dispute = bank.disputed()
    for minutes, due in ((9, []), (10, [dispute.id])):
        with clock.frozen(dispute.checked_at + timedelta(minutes=minutes)):
            assert list(queries.mark_stale()) == due
    bank.decide(dispute, "won")
    with clock.frozen(clock.now() + timedelta(days=9)):
        assert list(queries.mark_stale()) == []


def test_a_dispute_of_somebody_elses_charge_is_let_be(bank: Bank, world: sa.Connection) -> None:
    stripe_id = bank.dispute()
    world.execute(sa.text("UPDATE payment SET intent_id = intent_id || 'x'"))
    disputes.look_at(stripe_id=stripe_id)
    disputes.look_at(stripe_id="dp_nobody")
    assert db.session.scalars(sa.select(Dispute)).all() == []
    world.execute(sa.text("UPDATE payment SET intent_id = rtrim(intent_id, 'x')"))


PARTIES = {Role.FIRM_MANAGER: "firm", Role.BROKER: "firm", Role.FEDERATION_ADMIN: "federation",
           Role.FEDERATION_AUDITOR: "federation", Role.HOUSEHOLD: None, Role.WORKER: None}
MAY = {"evidence": (Role.FIRM_MANAGER, Role.FEDERATION_ADMIN, Role.FEDERATION_AUDITOR),
       "concessions": (Role.FEDERATION_ADMIN,)}


@pytest.mark.parametrize("step", ["evidence", "concessions"])
def test_who_may_answer_or_give_in_and_from_which_state(bank: Bank, world: sa.Connection, step: str) -> None:
    dispute = bank.disputed()
    headers = {role: factories.headers(factories.member(
        role, org_id=bank.family.booking.firm_id if PARTIES[role] == "firm" else None)) for role in PARTIES}
    for role in PARTIES:
        for state in DISPUTE.states:
            with world.begin_nested() as life:
                db.session.execute(sa.update(Dispute).values(state=state))
                answer = bank.family.client.post(f"/api/v1/disputes/{dispute.id}/{step}", headers=headers[role])
                expected = 403 if role not in MAY[step] else 201 if state == "opened" else 409
                assert answer.status_code == expected, (role, state, answer.json)
                life.rollback()
                db.session.expire_all()


def test_strangers_and_other_firms_find_no_dispute(bank: Bank) -> None:
    dispute = bank.disputed()
    path = f"/api/v1/disputes/{dispute.id}"
    other = factories.headers(factories.member(Role.FIRM_MANAGER, org_id=factories.firm().id))
    assert bank.family.client.get(path, headers=other).status_code == 404
    assert bank.family.client.post(path + "/evidence", headers=other).status_code == 404
    assert bank.family.client.get("/api/v1/disputes", headers=other).json["items"] == []  # type: ignore[index]
    assert bank.family.client.get(path, headers=bank.family.headers).status_code == 403
    assert bank.family.client.get(path).status_code == 401


def test_the_firm_and_the_federation_see_a_dispute_and_until_when_it_can_be_answered(bank: Bank) -> None:
    dispute = bank.disputed()
    manager = factories.headers(factories.member(Role.FIRM_MANAGER, org_id=bank.family.booking.firm_id))
    auditor = factories.headers(factories.member(Role.FEDERATION_AUDITOR))
    for path, headers in (("/api/v1/disputes", manager), ("/api/v1/federation/disputes?state=opened", auditor)):
        found: Any = bank.family.client.get(path, headers=headers).json
        [item] = [each for each in found["items"] if each["id"] == str(dispute.id)]
        assert item["due_by"] and item["amount"]["amount"] == item["held"]["amount"] == TOTAL
        assert item["fee"]["amount"] == 10_000 and item["reason"] == "fraudulent"
    answer: Any = bank.family.client.get("/api/v1/federation/disputes?state=lost", headers=auditor).json
    assert answer["items"] == []
    one: Any = bank.family.client.get(f"/api/v1/disputes/{dispute.id}", headers=auditor).json
    assert one["state_name"] == "待举证" and one["booking_id"] == str(bank.family.booking.id)


def test_the_firm_and_the_federation_are_told_once_with_the_day_it_is_due(bank: Bank, world: sa.Connection) -> None:
    told = {role: factories.member(role, org_id=bank.family.booking.firm_id if role == Role.FIRM_MANAGER else None)
            for role in (Role.FIRM_MANAGER, Role.FEDERATION_AUDITOR, Role.FEDERATION_ADMIN)}
    dispute = bank.disputed()
    bank.decide(dispute, "lost")
    for who in told.values():
        rows = world.execute(sa.text("SELECT kind, data FROM notification WHERE account_id = :id ORDER BY id"),
                             {"id": who.id}).all()
        assert [row.kind for row in rows if row.kind.startswith("dispute")] == ["dispute_opened", "dispute_lost"]
        due = next(row.data["due"] for row in rows if row.kind == "dispute_opened")
        assert dispute.due_by and due.startswith(f"{clock.local(dispute.due_by).month}月")
    assert not [kind for kind in bank.family.notices() if kind.startswith("dispute")]


def contest(bank: Bank, dispute: Dispute, step: str = "evidence") -> Any:
    """The federation answers, or gives in."""
    admin = factories.headers(factories.member(Role.FEDERATION_ADMIN))
    return bank.family.client.post(f"/api/v1/disputes/{dispute.id}/{step}", headers=admin)


def test_the_evidence_tells_what_happened_and_names_nobody(bank: Bank, world: sa.Connection) -> None:
    booking = bank.family.booking
    world.execute(sa.text("UPDATE booking SET state = 'served', started_at = lower(during), ended_at = upper(during)"))
    dispute = bank.disputed()
    assert contest(bank, dispute).status_code == 201
    bank.family.run_jobs()
    text = next(entry["params"]["evidence"]["uncategorized_text"] for entry in bank.family.stripe.requests()
                if entry["path"] == f"/v1/disputes/{dispute.stripe_id}" and entry["method"] == "POST")
    assert text == bank.row(dispute.stripe_id).evidence
    assert str(booking.id) in text and "¥138.00" in text and "door code" in text and "booking.confirmed" in text
    assert clock.local(booking.start).isoformat(timespec="seconds") in text
    asked = str([entry["params"] for entry in bank.family.stripe.requests()
                 if dispute.stripe_id in entry["path"]])
    worker, place = booking.worker, booking.address
    secrets = [booking.door_code, worker.name, worker.phone, worker.id_number, place.detail, place.contact_name,
               place.contact_phone]
    without_ids = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", asked)
    for value in [secret.reveal() for secret in secrets] + [worker.called, booking.firm.name, place.label]:
        assert value and value not in without_ids, value


@pytest.mark.parametrize("verdict", ["won", "lost"])
def test_an_answered_dispute_is_the_banks_to_decide(bank: Bank, verdict: str) -> None:
    dispute = bank.disputed()
    assert contest(bank, dispute).json["state"] == "answered"
    bank.family.run_jobs()
    assert bank.row(dispute.stripe_id).sent_at is not None
    assert contest(bank, dispute).status_code == contest(bank, dispute, "concessions").status_code == 409
    bank.decide(dispute, verdict)
    assert dispute.state == verdict
    assert len([entry for entry in bank.family.stripe.requests() if entry["method"] == "POST"
                and entry["path"] == f"/v1/disputes/{dispute.stripe_id}"]) == 1


def test_a_conceded_dispute_is_lost(bank: Bank, world: sa.Connection) -> None:
    dispute = bank.disputed()
    assert contest(bank, dispute, "concessions").json["state"] == "conceded"
    bank.family.run_jobs()
    assert bank.row(dispute.stripe_id).state == "lost" and balances(world) == {}


@pytest.mark.parametrize("step", ["evidence", "concessions"])
@pytest.mark.parametrize("fault", ["down", "fail_before", "lose_answer"])
def test_an_answer_stripe_did_not_get_is_sent_again_by_the_sweep(bank: Bank, sweep: Sweep, step: str,
                                                                 fault: str) -> None:
    dispute = bank.disputed()
    assert contest(bank, dispute, step).status_code == 201
    bank.family.stripe.control(**{fault: 1, "times": 1})
    try:
        bank.family.run_jobs()
    except StripeDown:
        assert fault != "fail_before"
    bank.family.stripe.control()
    later(bank, sweep)
    now = bank.row(dispute.stripe_id)
    assert (now.sent_at is not None) if step == "evidence" else (now.state == "lost")


def test_an_answer_stripe_does_not_take_is_to_be_given_anew(bank: Bank, world: sa.Connection) -> None:
    told = factories.member(Role.FEDERATION_AUDITOR)
    dispute = bank.disputed()
    contest(bank, dispute)
    db.session.execute(sa.update(Dispute).values(evidence="x" * 0))  # empty evidence: Stripe takes it all the same
    news = bank.family.client.application.extensions["stripe_gateway"].find_dispute(dispute.stripe_id)
    disputes.apply(news=news, failure="invalid_request")
    now = bank.row(dispute.stripe_id)
    assert (now.state, now.failure, now.attempt, now.evidence) == ("opened", "invalid_request", 2, None)
    bank.family.run_jobs()
    kinds = world.execute(sa.text("SELECT kind FROM notification WHERE account_id = :id ORDER BY id"), {"id": told.id})
    assert list(kinds.scalars()).count("dispute_opened") == 2
    assert contest(bank, now).status_code == 201
    bank.family.run_jobs()
    assert bank.row(dispute.stripe_id).sent_at is not None


def test_evidence_for_a_dispute_stripe_has_decided_meanwhile_changes_nothing(bank: Bank) -> None:
    dispute = bank.disputed()
    contest(bank, dispute)
    bank.family.stripe.decide(dispute.stripe_id, "lost")
    bank.family.run_jobs()
    assert bank.row(dispute.stripe_id).state == "lost"


def test_disputes_are_paged_newest_first(bank: Bank) -> None:
    first = bank.disputed()
    second = Bank(Family(bank.family.client, bank.family.stripe, bank.family.run_jobs)).disputed()
    auditor = factories.headers(factories.member(Role.FEDERATION_AUDITOR))
    path, seen, cursor = "/api/v1/federation/disputes?limit=1", [], ""
    while cursor is not None:
        page: Any = bank.family.client.get(path + (f"&cursor={cursor}" if cursor else ""), headers=auditor).json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [str(second.id), str(first.id)]


def test_no_step_leads_out_of_what_the_bank_decided() -> None:
    for name, row in DISPUTE.steps.items():
        for state in set(DISPUTE.states) - set(OPEN):
            with pytest.raises((NotYourStep, StepNotPossible)) as refused:
                DISPUTE.find(name, state=state, party=next(iter(row.parties)))
            assert isinstance(refused.value, Refusal)
