"""Read visits. A firm sees an unannounced visit only once it was reported."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import paging
from qiaojiejie.core.access import FEDERATION, Actor
from qiaojiejie.core.db import db
from qiaojiejie.enrolment.errors import VisitNotFound
from qiaojiejie.enrolment.models import FirmVisit
from qiaojiejie.firms import queries as firms
from qiaojiejie.media import queries as media, service as media_service
from qiaojiejie.media.errors import MediaNotFound
from qiaojiejie.media.models import Media

_SHOWN = sa.or_(FirmVisit.kind == "announced", FirmVisit.state.not_in(("planned", "cancelled")))
#: states of a visit that is neither over nor called off
LIVE = ("planned", "reported", "acknowledged", "objected")


def get(visit_id: UUID, lock: bool = False) -> FirmVisit:
    """A visit. Raises VisitNotFound."""
    found = db.session.get(FirmVisit, visit_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise VisitNotFound()
    return found


def of_insider(actor: Actor, firm_id: UUID, visit_id: UUID, lock: bool = False) -> FirmVisit:
    """A visit to a firm, for the federation and, as far as it may know of it, for the firm's own members.

    Raises FirmNotFound, VisitNotFound.
    """
    federation = actor.role in FEDERATION
    if not federation:
        firms.require_member(actor, firm_id)
    found = get(visit_id, lock=lock)
    hidden = found.kind == "unannounced" and found.state in ("planned", "cancelled")
    if found.firm_id != firm_id or (hidden and not federation):
        raise VisitNotFound()
    return found


def of_firm(actor: Actor, firm_id: UUID, *, limit: int, cursor: str | None = None) -> paging.Page:
    """A page of the visits to a firm, newest first. Raises FirmNotFound."""
    stmt = sa.select(FirmVisit).where(FirmVisit.firm_id == firms.of_insider(actor, firm_id).id)
    if actor.role not in FEDERATION:
        stmt = stmt.where(_SHOWN)
    return paging.keyset(stmt, [FirmVisit.id], cursor=cursor, limit=limit,
                         scope=paging.scope_of("firm-visits", [str(firm_id), actor.role in FEDERATION]))


def by_due(*, limit: int, cursor: str | None = None, state: str | None = None,
           due_by: date | None = None) -> paging.Page:
    """A page of the visits that are not over, the one due first at the head."""
    stmt = sa.select(FirmVisit).where(FirmVisit.state.in_(LIVE) if state is None else FirmVisit.state == state)
    if due_by is not None:
        stmt = stmt.where(FirmVisit.due_on <= due_by)
    return paging.keyset(stmt, [FirmVisit.due_on, FirmVisit.id], cursor=cursor, limit=limit, descending=False,
                         scope=paging.scope_of("visits", [state, due_by]))


def photo(visit: FirmVisit, media_id: UUID) -> tuple[Media, bytes]:
    """A photo that stands in a visit's report. Raises MediaNotFound, Unavailable."""
    if str(media_id) not in photos(visit.findings):
        raise MediaNotFound()
    found = media.get(media_id)
    return found, media_service.read(found)


def photos(findings: list[dict[str, Any]]) -> set[str]:
    """Every photo of a report."""
    return {str(each) for finding in findings for each in finding["photos"]}
