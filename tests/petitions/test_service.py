"""Petitions: who may ask for what and until when, two officers, and what follows."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from qiaojiejie.casework.models import Complaint
from qiaojiejie.core import clock, workdays
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import NotYourStep, Refusal, StepNotPossible
from qiaojiejie.credit import facts as credit_facts
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.lists import service as lists
from qiaojiejie.lists.errors import EvidenceNotYours, ListEntryNotFound, OwnConcern, SameOfficer
from qiaojiejie.messages.models import Notification
from qiaojiejie.petitions import errors, facts, queries, service as petitions
from qiaojiejie.petitions.lifecycle import PETITION
from qiaojiejie.petitions.models import Petition
from tests import factories
from tests.lists.parties import block, entry, officer
from tests.petitions.people import as_household, as_manager, as_worker, complaint, event, file, long_ago, petition

pytestmark = pytest.mark.usefixtures("world")


def recorded(fact: str) -> list[dict[str, Any]]:
    """The data of every entry of a fact, in order."""
    stmt = sa.select(LedgerEntry.data).where(LedgerEntry.fact == fact).order_by(LedgerEntry.id)
    return list(db.session.scalars(stmt))


STEPS: dict[str, Callable[..., Any]] = {
    "return": lambda made, who: petitions.send_for_more(actor=who, petition_id=made.id, words="请补充"),
    "resubmit": lambda made, who: petitions.resubmit(actor=who, petition_id=made.id, words="已补充"),
    "withdraw": lambda made, who: petitions.withdraw(actor=who, petition_id=made.id),
    "propose": lambda made, who: petitions.propose(actor=who, petition_id=made.id, upheld=made.refs, words="说明",
                                                   reason="facts_wrong"),
    "send_back": lambda made, who: petitions.decide(actor=who, petition_id=made.id, confirm=False),
    "confirm": lambda made, who: petitions.decide(actor=who, petition_id=made.id, confirm=True)}


@pytest.mark.parametrize("state", PETITION.states)
def test_who_may_take_which_step_in_which_state(state: str) -> None:
    for step, who in product(STEPS, ("petitioner", "another", "proposer", "second")):
        booking = factories.booking("completed")
        proposer, by = officer(), as_worker(booking.worker)
        made = petition(state, by, [event(booking).entry_id, event(booking).entry_id], proposer)
        people = {"petitioner": by, "another": as_worker(factories.worker_with_account()), "proposer": proposer,
                  "second": officer(Role.FEDERATION_ADMIN)}
        refused: type[Refusal] | None = None
        if (who in ("petitioner", "another")) != (step in ("resubmit", "withdraw")):
            continue  # the routes let nobody else in
        try:
            STEPS[step](made, people[who])
        except Refusal as refusal:
            refused = type(refusal)
        row = PETITION.steps[made.proposal if step == "confirm" and made.proposal else "uphold" if step == "confirm"
                             else step]
        expected = errors.PetitionNotFound if who == "another" else (
            StepNotPossible if state not in row.sources else SameOfficer if who == "proposer" and row.parties == {
                "second"} else None)
        assert refused is expected, f"{step} from {state} by {who}"
        assert made.state == (row.target if refused is None else state), f"{step} from {state} by {who}"


def test_the_database_refuses_one_officer_for_two() -> None:
    booking, one = factories.booking("completed"), officer()
    made = petition("proposed", as_worker(booking.worker), [event(booking).entry_id], one)
    made.state, made.decided_by = "upheld", one.account_id
    with pytest.raises(IntegrityError, match="four_eyes"):
        db.session.flush()
    db.session.rollback()


def test_an_officer_of_the_firm_concerned_takes_no_part() -> None:
    booking, inside = factories.booking("completed"), officer()
    factories.member(Role.BROKER, booking.firm_id, who=db.session.get_one(factories.Account, inside.account_id))
    made = petition("submitted", as_worker(booking.worker), [event(booking).entry_id], officer())
    for step in ("return", "propose"):
        with pytest.raises(OwnConcern):
            STEPS[step](made, inside)


def test_an_event_one_may_not_see_is_not_found() -> None:
    mine, theirs = factories.booking("completed"), factories.booking("completed")
    found, other = event(mine, "rating"), event(theirs, "rating")
    people = [as_worker(mine.worker), as_manager(mine.firm_id), as_household(mine)]
    for who in people:
        for asked in ([other.entry_id], [found.entry_id, other.entry_id], [10**12]):
            with pytest.raises(errors.CreditEventNotFound):
                petitions.appeal(actor=who, ground="not_true", words="不符", entry_ids=asked)
    for who in people:
        made = petitions.appeal(actor=who, ground="not_true", words="不符", entry_ids=[found.entry_id])
        petitions.withdraw(actor=who, petition_id=made.id)


def test_an_appeal_is_taken_to_the_end_of_the_hundred_and_eightieth_day() -> None:
    booking = factories.booking("completed")
    found, who = event(booking), as_worker(booking.worker)
    over = clock.midnight(found.day + timedelta(days=181))
    with clock.frozen(over), pytest.raises(errors.FiledTooLate):
        petitions.appeal(actor=who, ground="not_true", words="不符", entry_ids=[found.entry_id])
    with clock.frozen(over - timedelta(seconds=1)):
        petitions.appeal(actor=who, ground="not_true", words="不符", entry_ids=[found.entry_id])


def test_the_same_event_is_in_one_open_petition_and_decided_once_on_a_ground() -> None:
    booking = factories.booking("completed")
    found, who = event(booking), as_worker(booking.worker)
    made = petition("submitted", who, [found.entry_id], officer())
    for other in (who, as_manager(booking.firm_id)):
        with pytest.raises(errors.AlreadyPetitioned):
            petitions.appeal(actor=other, ground="not_my_fault", words="不符", entry_ids=[found.entry_id])
    one = officer()
    petitions.propose(actor=one, petition_id=made.id, reason="facts_stand", words="清楚")
    petitions.decide(actor=officer(), petition_id=made.id, confirm=True)
    with pytest.raises(errors.AlreadyDecided):
        petitions.appeal(actor=who, ground="not_true", words="不符", entry_ids=[found.entry_id])
    again = petition_on(who, found.entry_id, "not_me")
    petitions.propose(actor=one, petition_id=again.id, upheld=[found.entry_id], reason="facts_wrong", words="有误")
    petitions.decide(actor=officer(), petition_id=again.id, confirm=True)
    with pytest.raises(errors.AlreadyDecided):
        petition_on(who, found.entry_id, "procedure")


def petition_on(who: Any, entry_id: int, ground: str) -> Petition:
    """An appeal on a ground."""
    return petitions.appeal(actor=who, ground=ground, words="不符", entry_ids=[entry_id])


def test_a_complaint_that_was_wrong_is_voided_whole_and_no_other() -> None:
    booking = factories.booking("completed")
    wrong, events = complaint(booking)
    other, _ = complaint(booking)
    made = petition("upheld", as_worker(booking.worker), [events[-1].entry_id], officer())
    voided = recorded(credit_facts.VOIDED)
    assert [data["ref"] for data in voided] == [each.entry_id for each in events]
    assert {data["worker"] for data in voided} == {str(booking.worker_id)}
    [decided] = recorded(facts.DECIDED)
    assert decided["outcome"] == "upheld" and decided["upheld"] == made.refs and decided["days"] == 0
    assert (wrong.state, wrong.severity, other.state) == ("overturned", 2, "substantiated")
    assert [data["complaint"] for data in recorded("complaint.overturned")] == [str(wrong.id)]


def test_what_was_upheld_in_part_is_voided_in_part() -> None:
    booking = factories.booking("completed")
    one, other = event(booking), event(booking, "cancel_worker", notice_h=3)
    made = petition("partly_upheld", as_worker(booking.worker), [one.entry_id, other.entry_id], officer())
    assert [data["ref"] for data in recorded(credit_facts.VOIDED)] == [one.entry_id]
    assert {each.entry_id: each.outcome for each in made.events} == {one.entry_id: "upheld",
                                                                     other.entry_id: "dismissed"}


def test_a_family_whose_complaint_was_dismissed_is_heard_anew() -> None:
    booking = factories.booking("completed")
    made, events = complaint(booking, "dismissed")
    asked = petitions.appeal(actor=as_household(booking), ground="wrongly_dismissed", words="不应驳回",
                             entry_ids=[events[-1].entry_id])
    petitions.propose(actor=officer(), petition_id=asked.id, upheld=asked.refs, reason="evidence_insufficient",
                      words="重新裁定")
    petitions.decide(actor=officer(), petition_id=asked.id, confirm=True)
    assert [data["ref"] for data in recorded(credit_facts.VOIDED)] == [events[-1].entry_id]
    assert db.session.get_one(Complaint, made.id).state == "answered"
    assert [data["complaint"] for data in recorded("complaint.reopened")] == [str(made.id)]


def test_a_complaint_still_being_heard_is_not_appealed() -> None:
    booking = factories.booking("completed")
    _, events = complaint(booking, "answered")
    with pytest.raises(errors.StillHeard):
        petition_on(as_worker(booking.worker), events[0].entry_id, "not_true")


def test_a_family_gets_its_weight_as_a_rater_back() -> None:
    booking = factories.booking("completed")
    who = as_household(booking)
    with pytest.raises(errors.NothingNamed):
        petitions.appeal(actor=as_worker(booking.worker), ground="rater", words="有误")
    made = petitions.appeal(actor=who, ground="rater", words="都是真实评价")
    with pytest.raises(errors.AlreadyPetitioned):
        petitions.appeal(actor=who, ground="rater", words="都是真实评价")
    with pytest.raises(errors.OutcomeDoesNotFit):
        petitions.propose(actor=officer(), petition_id=made.id, whole=True, reason="facts_stand", words="说明")
    petitions.propose(actor=officer(), petition_id=made.id, whole=True, reason="facts_wrong", words="说明")
    petitions.decide(actor=officer(), petition_id=made.id, confirm=True)
    assert recorded(credit_facts.RATER_RESTORED) == [{"household": str(booking.household_id)}]


@pytest.mark.parametrize(("severity", "days", "refusal"), [
    (1, 400, errors.NotRepairable), (2, 89, errors.TooEarlyToRepair), (2, 90, None),
    (3, 364, errors.TooEarlyToRepair), (3, 365, None), (4, 400, errors.AuthorityRequired)])
def test_repair_goes_by_tiers(severity: int, days: int, refusal: type[Refusal] | None) -> None:
    booking = factories.booking("completed")
    found = event(booking, "complaint_substantiated", long_ago(days), severity=severity, complaint="x")
    who = as_worker(booking.worker)
    asked: dict[str, Any] = {"actor": who, "entry_ids": [found.entry_id], "words": "已赔偿", "promise": True,
                             "media_ids": [file(who)]}
    if refusal is None:
        made = petitions.repair(**asked)
        petitions.propose(actor=officer(), petition_id=made.id, upheld=made.refs, reason="remedy_proven", words="属实")
        petitions.decide(actor=officer(), petition_id=made.id, confirm=True)
        assert [data["ref"] for data in recorded(credit_facts.REPAIRED)] == [found.entry_id]
        return
    with pytest.raises(refusal):
        petitions.repair(**asked)
    if severity == 4:
        assert petitions.repair(**asked, authority_media_id=file(who)).state == "submitted"


def test_repair_needs_proof_a_promise_and_nothing_grave_since() -> None:
    booking = factories.booking("completed")
    found, who = event(booking, "complaint_substantiated", long_ago(100), severity=2, complaint="x"), as_worker(
        booking.worker)
    asked: dict[str, Any] = {"actor": who, "entry_ids": [found.entry_id], "words": "已赔偿", "promise": True,
                             "media_ids": [file(who)]}
    for change, refusal in (({"promise": False}, errors.PromiseRequired), ({"media_ids": []}, errors.RemedyNotProven)):
        with pytest.raises(refusal):
            petitions.repair(**{**asked, **change})
    made = petitions.repair(**asked)
    event(booking, "complaint_substantiated", long_ago(3), severity=2, complaint="y")
    with pytest.raises(errors.BlamedSince):
        petitions.propose(actor=officer(), petition_id=made.id, upheld=made.refs, reason="remedy_proven", words="属实")


def test_a_blocked_worker_repairs_and_leaves_the_list() -> None:
    worker = factories.worker_with_account()
    with clock.frozen(clock.now() - timedelta(days=366)):
        stood = block(worker_id=worker.id)
    booking = factories.booking("completed", by=worker)
    found = event(booking, "blacklist_on", long_ago(366))
    stood.credit_entry_id = found.entry_id
    who = as_worker(worker)
    made = petitions.repair(actor=who, entry_ids=[found.entry_id], words="已整改", promise=True, media_ids=[file(who)])
    petitions.propose(actor=officer(), petition_id=made.id, upheld=made.refs, reason="remedy_proven", words="属实")
    petitions.decide(actor=officer(), petition_id=made.id, confirm=True)
    assert (stood.state, stood.left_because, worker.barred) == ("left", "repair", False)


@pytest.mark.parametrize("state", ["proposed", "in_force"])
def test_an_objection_that_is_upheld_takes_the_entry_off(state: str) -> None:
    worker = factories.worker_with_account()
    made = entry(worker_id=worker.id, objection_until=clock.today()) if state == "proposed" else block(
        worker_id=worker.id)
    with pytest.raises(ListEntryNotFound):
        petitions.object_to(actor=as_worker(factories.worker_with_account()), entry_id=made.id, ground="not_me",
                            words="不是我")
    asked = petitions.object_to(actor=as_worker(worker), entry_id=made.id, ground="not_me", words="不是我")
    assert made.contested
    with pytest.raises(errors.AlreadyPetitioned):
        petitions.object_to(actor=as_manager(worker.firm_id), entry_id=made.id, ground="procedure", words="程序")
    petitions.propose(actor=officer(), petition_id=asked.id, whole=True, reason="facts_wrong", words="认错人")
    petitions.decide(actor=officer(), petition_id=asked.id, confirm=True)
    assert (made.state, made.left_because, made.contested, worker.barred) == ("left", "objection", False, False)


def test_a_proposal_is_objected_to_until_midnight_of_its_last_day() -> None:
    worker = factories.worker_with_account()
    made = lists.propose(actor=officer(), kind="block", reason="grave_breach", note="说明", worker_id=worker.id)
    midnight = clock.midnight(made.objection_until + timedelta(days=1))
    asked = {"actor": as_worker(worker), "entry_id": made.id, "ground": "not_me", "words": "不是我"}
    with clock.frozen(midnight), pytest.raises(errors.FiledTooLate):
        petitions.object_to(**asked)
    with clock.frozen(midnight - timedelta(seconds=1)):
        petitions.object_to(**asked)


def test_evidence_is_ones_own_and_of_its_kind() -> None:
    booking = factories.booking("completed")
    who, other = as_worker(booking.worker), as_worker(factories.worker_with_account())
    made = petition("submitted", who, [event(booking).entry_id], officer())
    for media_id in (file(other), file(who, "document")):
        with pytest.raises(EvidenceNotYours):
            petitions.add_evidence(actor=who, petition_id=made.id, media_ids=[media_id])
    for _ in range(10):
        petitions.add_evidence(actor=who, petition_id=made.id, media_ids=[file(who)])
    with pytest.raises(errors.TooMuchEvidence):
        petitions.add_evidence(actor=who, petition_id=made.id, media_ids=[file(who)])


def test_a_petition_past_its_last_day_alarms_every_officer_once_a_week(sweep: Callable[[str], None]) -> None:
    officers = {officer().account_id, officer(Role.FEDERATION_ADMIN).account_id}
    booking = factories.booking("completed")
    made = petition("submitted", as_worker(booking.worker), [event(booking).entry_id], officer())
    assert made.due_on == workdays.after(clock.today(), 15)

    def alarmed() -> list[Any]:
        return list(db.session.scalars(sa.select(Notification.account_id).where(
            Notification.kind == "petition_overdue")))

    midnight = clock.midnight(made.due_on + timedelta(days=1))
    for at, count in ((midnight - timedelta(seconds=1), 0), (midnight, 1), (midnight + timedelta(days=6), 1),
                      (midnight + timedelta(days=7), 2)):
        with clock.frozen(at):
            sweep("alarm_overdue")
            assert made.overdue is bool(count)
        assert {alarmed().count(each) for each in officers} == {count}


def test_a_returned_petition_nobody_completes_is_over_after_thirty_days(sweep: Callable[[str], None]) -> None:
    booking = factories.booking("completed")
    made = petition("returned", as_worker(booking.worker), [event(booking).entry_id], officer())
    assert made.returned_at is not None
    with clock.frozen(made.returned_at + timedelta(days=30) - timedelta(seconds=1)):
        sweep("lapse_petitions")
        assert db.session.get_one(Petition, made.id).state == "returned"
    with clock.frozen(made.returned_at + timedelta(days=30)):
        sweep("lapse_petitions")
    assert db.session.get_one(Petition, made.id).state == "withdrawn"


def test_a_fall_that_was_announced_waits_until_the_appeal_is_decided() -> None:
    booking = factories.booking("completed")
    found, who = event(booking), as_worker(booking.worker)
    stood = {"score": 712, "grade": "B", "reasons": [], "neff": 900, "households": 2}
    event(booking, "fall_noticed", **stood, until=credit_facts.day_number(clock.today() + timedelta(days=15)))
    made = petition("submitted", who, [found.entry_id], officer())
    assert made.holds_fall
    [notice] = recorded(credit_facts.FALL_NOTICED)
    assert notice == {**stood, "worker": str(booking.worker_id),
                      "until": credit_facts.day_number(made.due_on + timedelta(days=1))}
    event(booking, "fall_noticed", **{name: notice[name] for name in (*stood, "until")})
    petitions.propose(actor=officer(), petition_id=made.id, reason="facts_stand", words="清楚")
    petitions.decide(actor=officer(), petition_id=made.id, confirm=True)
    assert recorded(credit_facts.FALL_NOTICED)[-1]["until"] == credit_facts.day_number(clock.today())


def test_the_public_log_says_what_was_asked_and_decided_and_nobodys_name() -> None:
    booking = factories.booking("completed")
    made = petition("dismissed", as_worker(booking.worker), [event(booking).entry_id], officer())
    entries = db.session.scalars(sa.select(LedgerEntry).where(
        LedgerEntry.fact.in_((facts.OPENED, facts.DECIDED))).order_by(LedgerEntry.id)).all()
    opened, decided = (queries.leaves(entries)[each.id] for each in entries)
    assert (opened.type, decided.type) == ("appeal_opened", "petition_decided")
    assert opened.subject == decided.subject and str(opened.subject).startswith("p_")
    assert opened.payload["refs"] == made.refs and decided.payload["outcome"] == "dismissed"
    assert str(booking.worker_id) not in str(opened) + str(decided) and str(made.id) not in str(opened) + str(decided)


def test_nobody_takes_a_step_that_is_not_theirs() -> None:
    with pytest.raises(NotYourStep):
        PETITION.find("uphold", state="proposed", party="petitioner")
