"""A firm's own part of its grading: open it, score oneself with evidence, send it in, withdraw it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, violated
from qiaojiejie.enrolment import facts
from qiaojiejie.enrolment.errors import FirmNotGradable, GradingUnderWay
from qiaojiejie.enrolment.lifecycle import GRADING
from qiaojiejie.enrolment.models import Grading, GradingScore
from qiaojiejie.enrolment.queries import gradings as queries
from qiaojiejie.enrolment.rules import standards
from qiaojiejie.firms import queries as firms
from qiaojiejie.firms.models import Firm
from qiaojiejie.ledger import service as ledger


def open_one(*, actor: Actor, firm_id: UUID) -> Grading:
    """Begin a grading by the standard in force; a published grade stands meanwhile.

    Raises FirmNotFound, FirmNotGradable, GradingUnderWay.
    """
    require_gradable(firms.of_member(actor, firm_id))
    moment = clock.now()
    grading = Grading(firm_id=firm_id, state=GRADING.initial, standard=standards.CURRENT.version,
                      opened_by=actor.account_id, opened_at=moment, since=moment, due_on=None)
    try:
        with db.session.begin_nested():
            db.session.add(grading)
    except IntegrityError as error:
        if violated(error) != "uq_grading_open":
            raise
        raise GradingUnderWay() from error
    record(facts.OPENED, grading, actor.ref, standard=grading.standard)
    return grading


def score(*, actor: Actor, firm_id: UUID, grading_id: UUID, scores: Sequence[Mapping[str, Any]]) -> Grading:
    """Save the firm's own scores: [{indicator, points, note, evidence}]; those not named stay as they were.

    Raises FirmNotFound, GradingNotFound, StepNotPossible, UnknownIndicator, PointsTooMany, EvidenceNotYours.
    """
    grading = _own(actor, firm_id, grading_id)
    GRADING.find("submit", state=grading.state, party="firm")
    standard = standards.standard(grading.standard)
    standards.check_points(standard, scores)
    queries.require_evidence(actor, [each for one in scores for each in one["evidence"]])
    known, order = queries.scores(grading.id), list(standard.indicators)
    for one in scores:
        row = known.get(one["indicator"])
        if row is None:
            row = GradingScore(grading_id=grading.id, indicator=one["indicator"],
                               position=order.index(one["indicator"]))
            db.session.add(row)
        row.self_points, row.self_note, row.evidence = one["points"], one["note"], one["evidence"]
        row.city_points = row.city_reason = row.city_note = None
    db.session.flush()
    db.session.expire(grading)
    return grading


def submit(*, actor: Actor, firm_id: UUID, grading_id: UUID) -> Grading:
    """Send the self-score in, complete and with its evidence.

    Raises FirmNotFound, FirmNotGradable, GradingNotFound, StepNotPossible, ScoresMissing, EvidenceMissing.
    """
    grading = _own(actor, firm_id, grading_id)
    require_gradable(firms.get(firm_id))
    row = GRADING.move(grading, "submit", party="firm")
    standard, scores = standards.standard(grading.standard), queries.scores(grading.id)
    standards.require_all(standard, scores)
    standards.require_evidence(standard, {code: (one.self_points, one.evidence) for code, one in scores.items()})
    db.session.execute(sa.update(GradingScore).where(GradingScore.grading_id == grading.id).values(
        city_points=None, city_reason=None, city_note=None, assessor_points=None, assessor_note=None))
    grading.points = sum(one.self_points for one in scores.values())
    stage(grading)
    record(row.fact, grading, actor.ref, points=grading.points)
    db.session.flush()
    db.session.expire(grading)
    return grading


def withdraw(*, actor: Actor, firm_id: UUID, grading_id: UUID) -> Grading:
    """Withdraw a grading before the third party has it. Raises FirmNotFound, GradingNotFound, StepNotPossible."""
    grading = _own(actor, firm_id, grading_id)
    row = GRADING.move(grading, "withdraw", party="firm")
    stage(grading)
    record(row.fact, grading, actor.ref)
    return grading


def _own(actor: Actor, firm_id: UUID, grading_id: UUID) -> Grading:
    firms.require_member(actor, firm_id)
    return queries.of_firm(firm_id, grading_id, lock=True)


def require_gradable(firm: Firm) -> None:
    """Nothing, when a firm is on the platform and not suspended. Raises FirmNotGradable."""
    if firm.state != "on_platform":
        raise FirmNotGradable()


def stage(grading: Grading) -> None:
    """A grading has just come into its state: since when, and by when that stage is to be done."""
    grading.since = clock.now()
    limits = standards.standard(grading.standard).data["days"]
    grading.due_on = (clock.today() + standards.standard(grading.standard).days(grading.state)
                      if grading.state in limits else None)


def record(fact: str, grading: Grading, by: str, **data: Any) -> None:
    """Write a fact about a grading, under its firm."""
    ledger.append(fact, subject=f"firm:{grading.firm_id}", actor=by, data={"grading": str(grading.id), **data})
