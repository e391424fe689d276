"""Claim subsidies, decide on them, record that they were paid."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import FEDERATION, Actor
from qiaojiejie.core.db import db, violated
from qiaojiejie.courses import facts
from qiaojiejie.courses.errors import AlreadyClaimed, ClaimSecondOfficer, NotFunded, NothingPassed, ProgrammeNotFound
from qiaojiejie.courses.lifecycle import CLAIM
from qiaojiejie.courses.models import SubsidyClaim
from qiaojiejie.courses.queries import places, sessions
from qiaojiejie.ledger import service as ledger


def claim(*, actor: Actor, place_id: UUID, programme: str, media_ids: Sequence[UUID]) -> SubsidyClaim:
    """Claim what a programme pays for a course that was passed, by its holder or the federation, with evidence.

    Raises PlaceNotFound, NothingPassed, ProgrammeNotFound, NotFunded, ClaimEvidenceNotYours, AlreadyClaimed.
    """
    place = places.get(place_id) if actor.role in FEDERATION else places.held(actor, place_id)
    if place.state != "passed":
        raise NothingPassed()
    today = clock.today()
    pays = sessions.programme(programme, today)
    if pays is None:
        raise ProgrammeNotFound(programme=programme)
    if programme not in place.session.course.programmes:
        raise NotFunded(programme=pays.name)
    places.require_evidence(actor, media_ids)
    made = SubsidyClaim(id=ids.new(), place_id=place.id, worker_id=place.worker_id, programme=programme,
                        year=today.year, amount_fen=pays.amount_fen, state=CLAIM.initial, evidence=list(media_ids),
                        claimed_by=actor.account_id, claimed_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) != "uq_subsidy_claim_year":
            raise
        raise AlreadyClaimed(year=today.year) from error
    _record(facts.CLAIMED, made, actor, programme=programme, year=made.year, amount_fen=made.amount_fen)
    return made


def decide(*, actor: Actor, claim_id: UUID, step: str, reason: str | None) -> SubsidyClaim:
    """``approve`` or ``refuse``, by another officer than who claimed. Raises ClaimNotFound, StepNotPossible,
    ClaimSecondOfficer."""
    found = places.claim(claim_id, lock=True)
    CLAIM.find(step, state=found.state, party="second")
    if found.claimed_by == actor.account_id:
        raise ClaimSecondOfficer()
    row = CLAIM.move(found, step, party="second")
    found.decided_by, found.decided_at, found.reason = actor.account_id, clock.now(), reason
    data = {"programme": found.programme, "year": found.year, "amount_fen": found.amount_fen}
    _record(row.fact, found, actor, **(data if step == "approve" else {}))
    db.session.flush()
    return found


def pay(*, actor: Actor, claim_id: UUID, reference: str) -> SubsidyClaim:
    """Record that it was paid out, by the bank's reference. Raises ClaimNotFound, StepNotPossible."""
    found = places.claim(claim_id, lock=True)
    row = CLAIM.move(found, "pay", party="officer")
    found.reference, found.paid_at = reference, clock.now()
    _record(row.fact, found, actor, amount_fen=found.amount_fen, reference=reference)
    db.session.flush()
    return found


def _record(fact: str, about: SubsidyClaim, actor: Actor, /, **data: object) -> None:
    ledger.append(fact, subject=about.ref, actor=actor.ref, data={"worker": str(about.worker_id), **data})
