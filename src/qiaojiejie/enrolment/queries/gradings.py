"""Read gradings, lock them, and say what everybody may know of a firm's grade."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import paging
from qiaojiejie.core.access import FEDERATION, Actor
from qiaojiejie.core.db import db
from qiaojiejie.enrolment.errors import EvidenceNotYours, GradingNotFound
from qiaojiejie.enrolment.models import Grading, GradingScore
from qiaojiejie.firms import queries as firms
from qiaojiejie.media.models import Media

#: states of a grading that once was published
ENDED = ("lapsed", "revoked", "replaced")
#: how many of them the public answer holds, newest first
PAST = 10
#: kinds of media that may be evidence
EVIDENCE = ("evidence", "document")


def get(grading_id: UUID, lock: bool = False) -> Grading:
    """A grading. Raises GradingNotFound."""
    found = db.session.get(Grading, grading_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise GradingNotFound()
    return found


def of_firm(firm_id: UUID, grading_id: UUID, lock: bool = False) -> Grading:
    """A grading of a firm. Raises GradingNotFound."""
    found = get(grading_id, lock=lock)
    if found.firm_id != firm_id:
        raise GradingNotFound()
    return found


def of_insider(actor: Actor, firm_id: UUID, grading_id: UUID) -> Grading:
    """A grading with all its scores, for the firm's own members and the federation.

    Raises FirmNotFound, GradingNotFound.
    """
    if actor.role not in FEDERATION:
        firms.require_member(actor, firm_id)
    return of_firm(firm_id, grading_id)


def page(firm_id: UUID, *, limit: int, cursor: str | None = None) -> paging.Page:
    """A page of a firm's gradings, newest first."""
    stmt = sa.select(Grading).where(Grading.firm_id == firm_id)
    return paging.keyset(stmt, [Grading.id], cursor=cursor, limit=limit, scope=paging.scope_of("gradings", firm_id))


def published(firm_id: UUID, lock: bool = False) -> Grading | None:
    """The grading in state published, whether or not it still counts."""
    stmt = sa.select(Grading).where(Grading.firm_id == firm_id, Grading.state == "published")
    return db.session.scalar(stmt.with_for_update() if lock else stmt)


def public(firm_id: UUID, on: date) -> dict[str, Any]:
    """What everybody may know of a firm's grade on a day: ``current`` or None, and ``history``, newest first.

    A grade that ran out counts no more from the midnight on, whether or not the sweep came round. Raises FirmNotFound.
    """
    firms.open_firm(firm_id)
    stmt = sa.select(Grading).where(Grading.firm_id == firm_id, Grading.state.in_(("published", *ENDED)))
    found = db.session.scalars(stmt.order_by(Grading.id.desc()).limit(PAST + 1)).all()
    current = next((each for each in found if each.state == "published" and stands(each, on)), None)
    return {"firm_id": firm_id, "current": current, "history": [each for each in found if each is not current][:PAST]}


def stands(grading: Grading, on: date) -> bool:
    """Whether a published grade counts on a day; its last day still counts."""
    return grading.stands_until is not None and on <= grading.stands_until


def scores(grading_id: UUID) -> dict[str, GradingScore]:
    """The scores of a grading, by indicator."""
    stmt = sa.select(GradingScore).where(GradingScore.grading_id == grading_id).order_by(GradingScore.position)
    return {score.indicator: score for score in db.session.scalars(stmt)}


def require_evidence(actor: Actor, media_ids: Iterable[UUID]) -> None:
    """Nothing, when all are evidence uploaded for the firm she acts for, or by the federation's reviewer herself.

    Raises EvidenceNotYours.
    """
    wanted = set(media_ids)
    owner = Media.account_id == actor.account_id if actor.org_id is None else Media.org_id == actor.org_id
    stmt = sa.select(sa.func.count()).where(Media.id.in_(wanted), Media.kind.in_(EVIDENCE), owner)
    if wanted and db.session.scalar(stmt) != len(wanted):
        raise EvidenceNotYours()


def run_out(on: date, limit: int) -> Sequence[Grading]:
    """Published gradings that count no more on a day, locked; those another transaction holds are left to it."""
    stmt = sa.select(Grading).where(Grading.state == "published", Grading.stands_until < on)
    return db.session.scalars(stmt.order_by(Grading.id).limit(limit).with_for_update(skip_locked=True)).all()


def checks_to_announce(standard: str, until: date, limit: int) -> Sequence[Grading]:
    """Published gradings by a standard whose yearly check is due by a day and not announced yet, locked."""
    stmt = sa.select(Grading).where(Grading.state == "published", Grading.standard == standard,
                                    Grading.check_due_on <= until, Grading.check_announced.is_(False))
    return db.session.scalars(stmt.order_by(Grading.id).limit(limit).with_for_update(skip_locked=True)).all()
