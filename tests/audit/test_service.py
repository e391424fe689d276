"""An audit from plan to report: what nobody could choose, four eyes, and what is refused."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from qiaojiejie.audit import queries, service as audits
from qiaojiejie.audit.errors import (AnswersDoNotFit, AuditNotUnderWay, CommitmentUsed, DrawTooSoon, FourEyes,
                                     NoCheckpointYet, NonceDoesNotMatch, NotAnAuditor, NothingToSample,
                                     PeriodDoesNotFit, ReasonMissing, TasksUnderWay, TooEarlyToDraw)
from qiaojiejie.audit.models import AuditFinding
from qiaojiejie.audit.queries import log
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.credit.rules import sampling
from qiaojiejie.identity.models import Look
from qiaojiejie.messages.models import Notification
from qiaojiejie.transparency.models import LogCheckpoint, LogLeaf
from tests import factories
from tests.audit.conftest import DRAW, NONCE, NOON, Office, acting, completed, sequence

DAY = timedelta(days=1)


def at(text: str) -> datetime:
    """A time of the wall clock in Suqian."""
    return datetime.fromisoformat(text + "+08:00")


@pytest.mark.parametrize("moment", ["2026-11-24T00:00:00", "2026-11-24T23:59:59"])
def test_a_draw_is_seven_days_after_the_commitment_by_the_calendar_of_suqian(office: Office, moment: str) -> None:
    with clock.frozen(at(moment)):
        assert clock.today().isoformat() == "2026-11-24"
        with pytest.raises(DrawTooSoon):
            office.plan(draw_on=clock.today() + 6 * DAY)
        assert office.plan(draw_on=clock.today() + 7 * DAY).state == "planned"


def test_the_database_itself_keeps_the_seven_days(office: Office) -> None:
    with clock.frozen(at("2026-11-24T23:59:59")):
        audit = office.plan()
    with pytest.raises(IntegrityError, match="ck_audit_draw_on"), db.session.begin_nested():
        db.session.execute(sa.text("UPDATE audit SET draw_on = '2026-11-30' WHERE id = :id"), {"id": audit.id})


def test_the_days_audited_are_over_before_the_draw(office: Office) -> None:
    with clock.frozen(NOON):
        today = clock.today()
        for first, last in ((today, today - DAY), (today, today + 7 * DAY)):
            with pytest.raises(PeriodDoesNotFit):
                office.plan(from_day=first, to_day=last, draw_on=today + 7 * DAY)
        assert office.plan(from_day=today, to_day=today + 6 * DAY)


def test_a_commitment_serves_once(office: Office) -> None:
    with clock.frozen(NOON):
        office.plan()
        with pytest.raises(CommitmentUsed):
            office.plan()


def test_a_draw_is_refused_a_second_before_its_day_begins(office: Office) -> None:
    with clock.frozen(NOON):
        completed(2)
        audit = office.plan()
    with clock.frozen(at("2026-11-30T23:59:59")), pytest.raises(TooEarlyToDraw):
        office.draw(audit)
    db.session.refresh(audit)
    with clock.frozen(at("2026-12-01T00:00:00")):
        with pytest.raises(NoCheckpointYet):
            office.draw(audit)
        db.session.refresh(audit)
        completed(1)
        assert office.draw(audit).state == "drawn"


def test_only_the_nonce_that_was_committed_to_draws(office: Office) -> None:
    with clock.frozen(NOON):
        completed(2)
        audit = office.plan()
    with clock.frozen(NOON + 7 * DAY):
        completed(1)
        for other in (bytes(32), NONCE[::-1]):
            with pytest.raises(NonceDoesNotMatch):
                audits.draw(actor=office.one, audit_id=audit.id, nonce=other, public_draw=DRAW)
            db.session.refresh(audit)


def test_nobody_draws_twice_or_what_was_cancelled(office: Office) -> None:
    audit = office.drawn()
    before = [task.leaf_index for task in office.tasks(audit)]
    with clock.frozen(NOON + 8 * DAY), pytest.raises(StepNotPossible):
        office.draw(audit)
    assert [task.leaf_index for task in office.tasks(audit)] == before
    audits.cancel(actor=office.one, audit_id=audit.id, reason="开奖推迟")
    with clock.frozen(NOON + 8 * DAY), pytest.raises(StepNotPossible):
        office.draw(audit)


def test_the_checkpoint_is_the_first_of_the_day_whatever_came_after(office: Office) -> None:
    with clock.frozen(NOON):
        completed(3)
        audit = office.plan()
    with clock.frozen(at("2026-11-30T23:59:59")):
        completed(1)
    with clock.frozen(at("2026-12-01T00:00:00")):
        completed(1)
        first = db.session.scalars(sa.select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1)).one()
    with clock.frozen(at("2026-12-01T21:30:00")):
        completed(2)
        office.draw(audit)
    assert (audit.log_size, audit.root) == (first.size, first.root)


def test_the_frame_is_that_kind_of_leaf_on_those_days_beneath_the_checkpoint(office: Office) -> None:
    with clock.frozen(at("2026-11-22T23:59:59")):
        completed(1)
    with clock.frozen(at("2026-11-23T00:00:00")):
        completed(1)
    with clock.frozen(NOON):
        completed(1)
        audit = office.plan()
    with clock.frozen(at("2026-11-24T23:59:59")):
        completed(1)
    with clock.frozen(at("2026-11-25T00:00:00")):
        completed(1)
    with clock.frozen(NOON + 7 * DAY):
        completed(1)
        office.draw(audit)
    tasks = office.tasks(audit)
    assert (audit.frame, len(tasks)) == (3, 3)
    days = [log.leaf(task.leaf_index)["t"] for task in tasks]
    assert days == [20780, 20781, 20781]


def test_nothing_to_sample_is_said_and_the_audit_can_be_cancelled(office: Office) -> None:
    with clock.frozen(NOON):
        audit = office.plan(population="no_show")
    with clock.frozen(NOON + 7 * DAY):
        completed(1)
        with pytest.raises(NothingToSample):
            office.draw(audit)
        db.session.refresh(audit)
        assert audits.cancel(actor=office.one, audit_id=audit.id, reason="无此类记录").state == "cancelled"


def test_the_sample_is_worked_out_again_from_what_is_public(office: Office) -> None:
    audit = office.drawn(orders=80)
    shown = queries.shown(audit.id)
    frame = log.frame(audit.population, audit.from_day, audit.to_day, shown["log_size"])
    seed = sampling.seed(shown["root"], shown["nonce"], shown["public_draw"])
    assert shown["sample"] == sampling.sample(seed, frame, 59)
    assert (len(shown["sample"]), shown["frame"]) == (59, 80)


def test_a_plan_a_draw_and_a_cancellation_stand_in_the_log_without_anything_of_ours(office: Office) -> None:
    audit = office.drawn()
    with clock.frozen(NOON + 8 * DAY):
        audits.cancel(actor=office.one, audit_id=audit.id, reason="开奖推迟")
        sequence()
    rows = db.session.scalars(sa.select(LogLeaf.index).where(LogLeaf.body.contains('"type":"audit_'))
                              .order_by(LogLeaf.index)).all()
    planned, drawn, cancelled = (log.leaf(index) for index in rows)
    assert [each["type"] for each in (planned, drawn, cancelled)] == ["audit_planned", "audit_drawn", "audit_cancelled"]
    assert {each["plan"] for each in (planned, drawn, cancelled)} == {audit.key}
    assert planned["nonce_hash"] == audit.commitment.hex() and planned["draw_on"] == 20788
    assert drawn["sample"] == [task.leaf_index for task in office.tasks(audit)]
    assert cancelled["reason"] == "开奖推迟"
    assert str(audit.id) not in str([planned, drawn, cancelled]) and str(office.auditor.id) not in str(planned)


def test_tasks_are_shared_out_in_turn_and_told(office: Office) -> None:
    audit = office.drawn(orders=5)
    third = factories.member(Role.FEDERATION_AUDITOR)
    audits.assign(actor=office.other, audit_id=audit.id, account_ids=[office.auditor.id, third.id], due_on=None)
    tasks = office.tasks(audit)
    assert [task.assigned_to for task in tasks] == [office.auditor.id, third.id] * 2 + [office.auditor.id]
    assert {task.due_on for task in tasks} == {(NOON + 37 * DAY).date()}
    told = db.session.scalars(sa.select(Notification).where(Notification.kind == "audit_tasks_assigned")).all()
    assert {each.account_id: each.data["count"] for each in told} == {office.auditor.id: 3, third.id: 2}


def test_a_task_goes_to_the_federation_only(office: Office) -> None:
    audit = office.drawn()
    with pytest.raises(NotAnAuditor):
        audits.assign(actor=office.one, audit_id=audit.id, due_on=None,
                      account_ids=[office.auditor.id, factories.member(Role.MEDIATOR).id])


def test_the_second_reviewer_returns_one_finding_and_it_is_found_anew(office: Office) -> None:
    audit = office.drawn(orders=1)
    audits.assign(actor=office.one, audit_id=audit.id, account_ids=[office.auditor.id], due_on=None)
    (task,) = office.tasks(audit)
    audits.find(actor=office.one, task_id=task.id, verdict="sound", defect=None, words="看过记录")
    with pytest.raises(ReasonMissing):
        audits.review(actor=office.other, task_id=task.id, accepted=False, reason=None)
    audits.review(actor=office.other, task_id=task.id, accepted=False, reason="请打电话核对")
    assert task.state == "returned"
    audits.find(actor=office.one, task_id=task.id, verdict="defect", defect="paid_beside", words="家庭另付二百元")
    audits.review(actor=office.other, task_id=task.id, accepted=True, reason=None)
    assert task.state == "accepted"
    assert [(each.verdict, each.accepted) for each in queries.findings(task.id)] == [("sound", False), ("defect", True)]
    told = db.session.scalars(sa.select(Notification).where(Notification.kind == "audit_finding_returned")).one()
    assert told.account_id == office.auditor.id


def test_nobody_reviews_her_own_finding_in_whatever_role(office: Office) -> None:
    audit = office.drawn(orders=1)
    audits.assign(actor=office.one, audit_id=audit.id, account_ids=[office.auditor.id], due_on=None)
    (task,) = office.tasks(audit)
    audits.find(actor=office.one, task_id=task.id, verdict="sound", defect=None, words="看过记录")
    for role in (Role.FEDERATION_AUDITOR, Role.FEDERATION_ADMIN):
        with pytest.raises(FourEyes):
            audits.review(actor=acting(office.auditor, role), task_id=task.id, accepted=True, reason=None)
    with pytest.raises(IntegrityError, match="ck_audit_finding_four_eyes"), db.session.begin_nested():
        db.session.execute(sa.update(AuditFinding).values(accepted=True, reviewed_by=office.auditor.id))


def test_only_whose_task_it_is_finds_and_calls(office: Office) -> None:
    audit = office.drawn(orders=1)
    audits.assign(actor=office.one, audit_id=audit.id, account_ids=[office.auditor.id], due_on=None)
    (task,) = office.tasks(audit)
    with pytest.raises(NotYourStep):
        audits.find(actor=office.other, task_id=task.id, verdict="sound", defect=None, words="看过记录")
    with pytest.raises(NotYourStep):
        audits.call(actor=office.other, task_id=task.id, whom="household", unreached="no_answer", answers={})


def test_whoever_was_reached_answered_each_question_and_whoever_was_not_none(office: Office) -> None:
    audit = office.drawn(orders=1)
    audits.assign(actor=office.one, audit_id=audit.id, account_ids=[office.auditor.id], due_on=None)
    (task,) = office.tasks(audit)
    whole = {"happened": "yes", "same_worker": "yes", "amount_right": "unsure", "nothing_beside": "yes"}
    for unreached, answers in ((None, {}), (None, {"happened": "yes"}), (None, {**whole, "went_there": "yes"}),
                               ("no_answer", whole)):
        with pytest.raises(AnswersDoNotFit):
            audits.call(actor=office.one, task_id=task.id, whom="household", unreached=unreached, answers=answers)
    audits.call(actor=office.one, task_id=task.id, whom="household", unreached="no_answer", answers={})
    audits.call(actor=office.one, task_id=task.id, whom="household", unreached=None, answers=whole)
    assert [each.reached for each in queries.calls(task.id)] == [False, True]


def test_every_look_at_records_and_at_names_is_written_down(office: Office) -> None:
    audit = office.drawn(orders=1)
    (task,) = office.tasks(audit)
    shown = audits.read(actor=office.one, task_id=task.id)
    assert shown["records"]["worker"]["name"] == "王**" and "王秀英" not in str(shown)
    people = audits.unmask(actor=office.one, task_id=task.id, reason="电话回访")["people"]
    assert {each["whom"]: each["name"] for each in people} == {"household": "王小明", "worker": "王秀英"}
    looks = db.session.scalars(sa.select(Look).where(Look.account_id == office.auditor.id).order_by(Look.id)).all()
    assert [each.field for each in looks] == ["records", "contact", "contact"]
    assert all("电话回访" in each.reason for each in looks[1:])


def test_the_report_waits_for_every_task_and_then_says_what_was_found(office: Office) -> None:
    audit = office.drawn(orders=4)
    with pytest.raises(TasksUnderWay) as refused:
        audits.publish(actor=office.one, audit_id=audit.id)
    assert refused.value.params == {"count": 4}
    db.session.refresh(audit)
    office.work(audit, ["sound", "defect", "unverifiable"])
    published = audits.publish(actor=office.one, audit_id=audit.id)["report"]
    assert published["counts"] == {"sound": 2, "defect": 1, "unverifiable": 1}
    assert (published["bound_permyriad"], published["cautious_permyriad"]) == (2500, 5000)  # the whole frame was drawn
    assert [each["defect"] for each in published["findings"]] == [None, "amount_differs", None, None]
    sequence()
    index = db.session.scalars(sa.select(LogLeaf.index).where(LogLeaf.body.contains('"type":"audit_report"'))).one()
    line = log.leaf(index)
    assert (line["sampled"], line["defects"], line["sha256"]) == (4, 1, audit.report_sha256)


def test_an_audit_that_is_over_stays_as_it_is(office: Office) -> None:
    audit = office.drawn(orders=1)
    office.work(audit)
    audits.publish(actor=office.one, audit_id=audit.id)
    (task,) = office.tasks(audit)
    with pytest.raises(AuditNotUnderWay):
        audits.reassign(actor=office.one, task_id=task.id, account_id=office.auditor.id, due_on=None)
    with pytest.raises(StepNotPossible):
        audits.cancel(actor=office.one, audit_id=audit.id, reason="不公布了")
