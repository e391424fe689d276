"""The federation's part of a grading: first review, the third party's scores, second review, yearly check, and its end.

Four eyes: neither who enters the third party's scores nor who takes the second review may be who took the first; the
table has the same as a constraint. Nobody of the firm takes any of these steps.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.lifecycle import Step
from qiaojiejie.enrolment import facts
from qiaojiejie.enrolment.errors import CheckNotOpen, FourEyes, NoCheckDue, NothingCorrected, UnknownIndicator
from qiaojiejie.enrolment.lifecycle import GRADING
from qiaojiejie.enrolment.models import Grading, GradingDecision
from qiaojiejie.enrolment.queries import gradings as queries
from qiaojiejie.enrolment.rules import standards
from qiaojiejie.enrolment.service.gradings import record, require_gradable, stage
from qiaojiejie.firms import queries as firms
from qiaojiejie.firms.errors import OwnFirm
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger.service import SYSTEM

Reasons = Sequence[Mapping[str, Any]]
#: gradings a sweep takes at a time
AT_ONCE = 500


def review(*, actor: Actor, grading_id: UUID, outcome: str, corrections: Reasons, reasons: Reasons,
           note: str) -> Grading:
    """First review: ``pass`` (what is not corrected stands as the firm scored it) or ``return`` with typed reasons.

    ``corrections``: [{indicator, points, reason, note}]. Raises GradingNotFound, OwnFirm, StepNotPossible, WhyRequired,
    WhyDoesNotFit, UnknownIndicator, PointsTooMany, NothingCorrected.
    """
    grading, standard = _locked(actor, grading_id)
    row = GRADING.move(grading, outcome, party="reviewer")
    _check_reasons(standard, outcome, reasons)
    standards.check_points(standard, corrections)
    scores = queries.scores(grading.id)
    for score in scores.values():
        score.city_points, score.city_reason, score.city_note = score.self_points, None, None
    for one in corrections:
        standards.check_reasons("correct", [one["reason"]])
        score = scores[one["indicator"]]
        if one["points"] == score.self_points:
            raise NothingCorrected(indicator=score.indicator)
        score.city_points, score.city_reason, score.city_note = one["points"], one["reason"], one["note"]
    if outcome == "pass":
        grading.reviewed_by = actor.account_id
        grading.points = sum(score.city_points or 0 for score in scores.values())
    return _decided(grading, row, actor, reasons, note)


def assess(*, actor: Actor, grading_id: UUID, assessor: str, report_media_id: UUID, scores: Reasons,
           note: str) -> Grading:
    """Enter the third party's scores, [{indicator, points, note}] for every indicator, with its signed report.

    ``assessor``: the body's name. By another account of the federation than the first reviewer's. Raises
    GradingNotFound, OwnFirm, EvidenceNotYours, StepNotPossible, FourEyes, UnknownIndicator, PointsTooMany,
    ScoresMissing.
    """
    grading, standard = _locked(actor, grading_id)
    queries.require_evidence(actor, [report_media_id])
    row = GRADING.move(grading, "assess", party="assessor")
    _require_other_eyes(actor, grading)
    standards.check_points(standard, scores)
    standards.require_all(standard, {one["indicator"] for one in scores})
    rows = queries.scores(grading.id)
    for one in scores:
        rows[one["indicator"]].assessor_points = one["points"]
        rows[one["indicator"]].assessor_note = one["note"]
    grading.assessed_by, grading.assessor, grading.report_media_id = actor.account_id, assessor, report_media_id
    grading.points = sum(one["points"] for one in scores)
    return _decided(grading, row, actor, [], note)


def review_again(*, actor: Actor, grading_id: UUID, outcome: str, reasons: Reasons, note: str) -> Grading:
    """Second review, by another account than the first: ``publish`` the grade its points are worth, or ``send_back``
    to the first review with typed reasons. Points below the lowest grade end the grading as not reached.

    Raises GradingNotFound, OwnFirm, StepNotPossible, FourEyes, WhyRequired, WhyDoesNotFit, FirmNotGradable.
    """
    grading, standard = _locked(actor, grading_id)
    grade = standard.stars(grading.points or 0)
    step = "fail" if outcome == "publish" and grade is None else outcome
    GRADING.find(step, state=grading.state, party="second_reviewer")
    _require_other_eyes(actor, grading)
    _check_reasons(standard, outcome, reasons)
    if step == "publish":
        require_gradable(firms.get(grading.firm_id))
        _replace(grading.firm_id, actor)
        today = clock.today()
        grading.grade, grading.published_on = grade, today
        grading.valid_until, grading.check_due_on = standard.validity(today)
        grading.stands_until = standard.stands_until(grading.valid_until, grading.check_due_on)
    row = GRADING.move(grading, step, party="second_reviewer")
    grading.confirmed_by = None if step == "send_back" else actor.account_id
    if step == "send_back":
        grading.reviewed_by = grading.assessed_by = None
    more = {} if step != "publish" else {"grade": grade, "valid_until": str(grading.valid_until),
                                         "standard": grading.standard}
    return _decided(grading, row, actor, reasons, note, **more)


def check(*, actor: Actor, grading_id: UUID, outcome: str, reasons: Reasons, note: str) -> Grading:
    """Yearly check: ``keep`` the grade, from some weeks before it is due on; or ``revoke`` it, at any time, with typed
    reasons.

    Raises GradingNotFound, OwnFirm, StepNotPossible, CheckNotOpen, NoCheckDue, WhyRequired, WhyDoesNotFit.
    """
    grading, standard = _locked(actor, grading_id)
    row = GRADING.move(grading, outcome, party="reviewer")
    if not queries.stands(grading, clock.today()):  # run out, though the sweep has not come round
        raise StepNotPossible(step=outcome, state="lapsed", state_name=GRADING.states["lapsed"])
    _check_reasons(standard, outcome, reasons)
    if outcome == "revoke":
        grading.ended_on = clock.today()
        return _decided(grading, row, actor, reasons, note, grade=grading.grade)
    if grading.check_due_on is None or grading.published_on is None or grading.valid_until is None:
        raise NoCheckDue()
    opens = grading.check_due_on - standard.days("check_notice")
    if clock.today() < opens:
        raise CheckNotOpen(opens_on=opens)
    grading.check_due_on = standard.next_check(grading.published_on, grading.check_due_on, grading.valid_until)
    grading.stands_until = standard.stands_until(grading.valid_until, grading.check_due_on)
    grading.check_announced = False
    return _decided(grading, row, actor, reasons, note)


def lapse_due() -> None:
    """Grades whose time is over, or whose yearly check was not done in time, count no more."""
    for grading in queries.run_out(clock.today(), AT_ONCE):
        row = GRADING.move(grading, "lapse", party="system")
        grading.ended_on = grading.stands_until
        because = "validity" if grading.stands_until == grading.valid_until else "check"
        record(row.fact, grading, SYSTEM, grade=grading.grade, because=because)


def announce_checks() -> None:
    """Yearly checks that come due are made known to the firm, once each."""
    for version, standard in standards.STANDARDS.items():
        until = clock.today() + standard.days("check_notice")
        for grading in queries.checks_to_announce(version, until, AT_ONCE):
            grading.check_announced = True
            record(facts.CHECK_DUE, grading, SYSTEM, due=str(grading.check_due_on))


def _locked(actor: Actor, grading_id: UUID) -> tuple[Grading, standards.Standard]:
    grading = queries.get(grading_id, lock=True)
    require_outsider(actor, grading.firm_id)
    return grading, standards.standard(grading.standard)


def require_outsider(actor: Actor, firm_id: UUID) -> None:
    """Nothing, when the account has no role in the firm. Raises OwnFirm."""
    if firm_id in {held.org_id for held in identity.memberships(actor.account_id)}:
        raise OwnFirm()


def _require_other_eyes(actor: Actor, grading: Grading) -> None:
    if actor.account_id == grading.reviewed_by:
        raise FourEyes()


def _check_reasons(standard: standards.Standard, step: str, reasons: Reasons) -> None:
    """Reasons are needed to return, send back and revoke, and go with no other step."""
    if reasons or step in ("return", "send_back", "revoke"):
        standards.check_reasons(step, [reason["code"] for reason in reasons])
    for reason in reasons:
        if reason["indicator"] is not None and reason["indicator"] not in standard.indicators:
            raise UnknownIndicator(indicator=reason["indicator"])


def _replace(firm_id: UUID, actor: Actor) -> None:
    """The grade that stood so far makes room for the new one."""
    old = queries.published(firm_id, lock=True)
    if old is None:
        return
    row = GRADING.move(old, "replace", party="system")
    old.ended_on = clock.today()
    db.session.flush()  # before the new one takes the one place there is
    record(row.fact, old, actor.ref)


def _decided(grading: Grading, row: Step, actor: Actor, reasons: Reasons, note: str, **more: Any) -> Grading:
    """Keep a decision, say it in the ledger, and set the time limit of the stage it led to."""
    decision = GradingDecision(grading_id=grading.id, step=row.name, points=grading.points, note=note,
                               reasons=[dict(reason) for reason in reasons], decided_by=actor.account_id,
                               decided_at=clock.now())
    db.session.add(decision)
    if row.name != "keep":
        stage(grading)
    db.session.flush()
    said = {"reasons": [reason["code"] for reason in reasons]} if reasons else {"points": grading.points}
    record(row.fact, grading, actor.ref, decision=str(decision.id), **said, **more)
    db.session.expire(grading)
    return grading
