"""Entries: two officers, a period to object, an exit date; and what standing on a list does."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from qiaojiejie.booking import service as booking
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import NotYourStep, Refusal, StepNotPossible
from qiaojiejie.credit import facts as credit_facts
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.lists import service as lists
from qiaojiejie.lists.errors import (
    AlreadyListed, LevelMismatch, NoticeRunning, ObjectionOpen, OwnConcern, ReasonNotOfList, SameOfficer,
    SubjectRequired)
from qiaojiejie.lists.lifecycle import LIST_ENTRY
from qiaojiejie.lists.models import ListEntry
from qiaojiejie.messages.models import Notification
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.lists.parties import block, entry, officer

pytestmark = pytest.mark.usefixtures("world")
OFFICERS = [name for name, row in LIST_ENTRY.steps.items() if row.parties & {"first", "second"}]


def facts_of(subject: str) -> list[tuple[str, dict[str, Any]]]:
    """What the ledger says of a subject, in order."""
    return [(row.fact, row.data) for row in db.session.scalars(
        sa.select(LedgerEntry).where(LedgerEntry.subject == subject).order_by(LedgerEntry.id))]


@pytest.mark.parametrize("state", LIST_ENTRY.states)
def test_who_may_take_which_step_in_which_state(state: str) -> None:
    for step, who in product(OFFICERS, ("first", "second")):
        first = officer()
        made = entry(state, by=first)
        row = LIST_ENTRY.steps[step]
        refused: type[Refusal] | None = None
        try:
            lists.decide(actor=first if who == "first" else officer(), entry_id=made.id, step=step, note="说明")
        except Refusal as refusal:
            refused = type(refusal)
        expected = None if who in row.parties else SameOfficer if who == "first" else NotYourStep
        if expected is None and state not in row.sources:
            expected = StepNotPossible
        assert refused is expected, f"{step} from {state} by {who}"
        assert db.session.get_one(ListEntry, made.id).state == (row.target if refused is None else state)


def test_the_database_refuses_one_officer_for_two() -> None:
    first = officer()
    for fields in ({"state": "in_force", "reviewed_by": first.account_id}, {
            "state": "left", "left_because": "correction", "left_by": first.account_id,
            "correction_by": first.account_id}):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            entry(by=first, **{"entered_at": clock.now(), "until": clock.today(), **fields})


def test_nobody_is_blocked_before_the_last_day_to_object_is_over() -> None:
    worker, first = factories.worker_with_account(), officer()
    made = lists.propose(actor=first, kind="block", reason="grave_breach", note="说明", worker_id=worker.id)
    assert made.objection_until == clock.today() + timedelta(days=15)
    midnight = clock.midnight(made.objection_until + timedelta(days=1))
    with clock.frozen(midnight - timedelta(seconds=1)), pytest.raises(NoticeRunning):
        lists.decide(actor=officer(), entry_id=made.id, step="confirm", note="同意")
    with clock.frozen(midnight):
        entered = lists.decide(actor=officer(), entry_id=made.id, step="confirm", note="同意")
        assert entered.until == clock.today() + timedelta(days=365)


@pytest.mark.parametrize(("kind", "reason"), [("block", "harm_to_person"), ("honour", "public_good")])
def test_safety_and_honour_do_not_wait(kind: str, reason: str) -> None:
    worker = factories.worker_with_account()
    made = lists.propose(actor=officer(), kind=kind, reason=reason, note="说明", worker_id=worker.id)
    assert lists.decide(actor=officer(), entry_id=made.id, step="confirm", note="同意").state == "in_force"


def test_what_is_objected_to_waits_unless_safety_cannot() -> None:
    waits, urgent = entry(), entry(reason="theft_or_fraud")
    for made in (waits, urgent):
        lists.contest(entry_id=made.id, contested=True)
    with pytest.raises(ObjectionOpen):
        lists.decide(actor=officer(), entry_id=waits.id, step="confirm", note="同意")
    assert lists.decide(actor=officer(), entry_id=urgent.id, step="confirm", note="同意").state == "in_force"


def test_one_live_entry_per_subject_and_kind() -> None:
    firm = factories.firm()
    first = officer()
    made = lists.propose(actor=first, kind="block", reason="grave_breach", note="说明", firm_id=firm.id)
    with pytest.raises(AlreadyListed):
        lists.propose(actor=officer(), kind="block", reason="off_platform", note="说明", firm_id=firm.id)
    lists.propose(actor=first, kind="sanction", level=1, reason="breach", note="说明", firm_id=firm.id)
    lists.decide(actor=first, entry_id=made.id, step="withdraw", note="撤回")
    assert lists.propose(actor=first, kind="block", reason="off_platform", note="说明", firm_id=firm.id).id != made.id


@pytest.mark.parametrize(("given", "refusal"), [
    ({"kind": "block", "reason": "public_good"}, ReasonNotOfList), ({"kind": "block", "level": 1}, LevelMismatch),
    ({"kind": "sanction", "reason": "breach"}, LevelMismatch), ({"worker_id": None}, SubjectRequired)])
def test_a_proposal_must_make_sense(given: dict[str, Any], refusal: type[Refusal]) -> None:
    whole = {"kind": "block", "reason": "grave_breach", "note": "说明", "worker_id": factories.worker().id, **given}
    with pytest.raises(refusal):
        lists.propose(actor=officer(), **whole)


def test_an_officer_of_the_firm_concerned_neither_proposes_nor_decides() -> None:
    worker, first = factories.worker_with_account(), officer()
    inside = officer()
    factories.member(Role.BROKER, worker.firm_id, who=db.session.get_one(factories.Account, inside.account_id))
    with pytest.raises(OwnConcern):
        lists.propose(actor=inside, kind="block", reason="grave_breach", note="说明", worker_id=worker.id)
    made = entry(by=first, worker_id=worker.id)
    with pytest.raises(OwnConcern):
        lists.decide(actor=inside, entry_id=made.id, step="confirm", note="同意")


@pytest.mark.parametrize(("kind", "on", "off"), [
    ("block", credit_facts.BLOCKED, credit_facts.UNBLOCKED), ("honour", credit_facts.HONOURED, credit_facts.UNHONOURED),
    ("sanction", credit_facts.SANCTIONED, None)])
def test_credit_learns_of_entering_and_of_the_term_that_ended(sweep: Callable[[str], None], kind: str, on: str,
                                                              off: str | None) -> None:
    made = entry(kind=kind)
    lists.decide(actor=officer(), entry_id=made.id, step="confirm", note="同意")
    last = made.until
    assert last is not None
    with clock.frozen(clock.midnight(last + timedelta(days=1)) - timedelta(seconds=1)):
        sweep("leave_lists")
        assert db.session.get_one(ListEntry, made.id).state == "in_force"
    with clock.frozen(clock.midnight(last + timedelta(days=1))):
        sweep("leave_lists")
    assert (made.state, made.left_because) == ("left", "expiry")
    told = [fact for fact, _ in facts_of(made.ref) if fact.startswith("credit.")]
    assert told == [on, off] if off else [on]
    if kind == "sanction":
        data = dict(facts_of(made.ref))[on]
        assert (data["level"], data["until"]) == (2, credit_facts.day_number(last))


@pytest.mark.parametrize(("because", "kind", "fact"), [
    ("objection", "block", credit_facts.VOIDED), ("repair", "block", credit_facts.UNBLOCKED),
    ("objection", "sanction", credit_facts.VOIDED), ("repair", "sanction", credit_facts.REPAIRED)])
def test_a_petition_ends_an_entry_in_credit_too(because: str, kind: str, fact: str) -> None:
    made = entry(kind=kind)
    lists.decide(actor=officer(), entry_id=made.id, step="confirm", note="同意")
    lists.leave(entry_id=made.id, because=because, actor=officer())
    told = dict(facts_of(made.ref))
    assert told[fact].get("ref") == (None if fact == credit_facts.UNBLOCKED else made.credit_entry_id)


def test_a_correction_takes_two_officers_and_voids() -> None:
    made, first = entry(), officer()
    lists.decide(actor=officer(), entry_id=made.id, step="confirm", note="同意")
    lists.decide(actor=first, entry_id=made.id, step="propose_correction", note="列错对象")
    assert db.session.get_one(Worker, made.worker_id).barred
    with pytest.raises(SameOfficer):
        lists.decide(actor=first, entry_id=made.id, step="confirm_correction", note="同意")
    lists.decide(actor=officer(), entry_id=made.id, step="confirm_correction", note="同意")
    assert (made.state, made.left_because) == ("left", "correction")
    assert dict(facts_of(made.ref))[credit_facts.VOIDED]["ref"] == made.credit_entry_id
    assert not db.session.get_one(Worker, made.worker_id).barred


def test_a_proposal_that_is_objected_to_in_time_never_touches_credit() -> None:
    made = entry()
    lists.leave(entry_id=made.id, because="objection", actor=officer())
    assert [fact for fact, _ in facts_of(made.ref)] == ["list.left"]
    assert (made.state, made.entered_at) == ("left", None)


def test_a_firm_that_sends_a_blocked_worker_is_blamed_once(run_jobs: Callable[[], int]) -> None:
    worker = factories.worker_with_account()
    before = factories.booking("served", by=worker, start=factories.tomorrow(days=-3))
    after = factories.booking("served", by=worker, start=factories.tomorrow(days=2))
    block(worker_id=worker.id)
    for made in (before, after):
        booking.complete(actor=Actor(made.household.account_id, ids.new(), Role.HOUSEHOLD, None), booking_id=made.id)
    run_jobs()
    told = [data for fact, data in facts_of(f"firm:{worker.firm_id}") if fact == credit_facts.SENT_BLOCKED]
    assert told == [{"firm": str(worker.firm_id)}]


def test_whom_it_concerns_is_told_once(run_jobs: Callable[[], int]) -> None:
    worker = factories.worker_with_account()
    manager = factories.manager_of(db.session.get_one(factories.Firm, worker.firm_id))
    ahead = factories.booking("confirmed", by=worker)
    factories.booking("completed", by=worker, start=factories.tomorrow(days=-3))
    block(worker_id=worker.id)
    run_jobs()

    def told(kind: str) -> set[Any]:
        return set(db.session.scalars(sa.select(Notification.account_id).where(Notification.kind == kind)))

    assert told("list_proposed") == told("list_entered") == {worker.account_id, manager.id}
    assert told("booking_barred") == {ahead.household.account_id, manager.id}
