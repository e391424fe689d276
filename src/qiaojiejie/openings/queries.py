"""Read the wall, applications, referrals and counts."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import FEDERATION, FIRM, Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.openings.errors import ApplicationNotFound, OpeningNotFound
from qiaojiejie.openings.models import JobApplication, JobOpening

_WHOLE = (joinedload(JobApplication.opening), joinedload(JobApplication.account))


def get(opening_id: UUID, lock: bool = False) -> JobOpening:
    """An opening. Raises OpeningNotFound."""
    found = db.session.get(JobOpening, opening_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise OpeningNotFound()
    return found


def is_employer(actor: Actor, opening: JobOpening) -> bool:
    """Whether she speaks for the firm, or for the station that asks for a base."""
    whose = opening.firm_id if actor.role in FIRM else opening.station_id if actor.role == Role.STATION_CLERK else None
    return whose is not None and whose == actor.org_id


def own(actor: Actor, opening_id: UUID, lock: bool = False) -> JobOpening:
    """An opening of the actor's firm or station. Raises OpeningNotFound."""
    found = get(opening_id, lock=lock)
    if not is_employer(actor, found):
        raise OpeningNotFound()
    return found


def page(*, cursor: str | None = None, limit: int, region: str | None = None, firm_id: UUID | None = None,
         station_id: UUID | None = None) -> paging.Page:
    """A page of the openings that are open, newest first."""
    stmt = sa.select(JobOpening).where(JobOpening.state == "open", JobOpening.until >= clock.today())
    for column, value in ((JobOpening.region_code, region), (JobOpening.firm_id, firm_id),
                          (JobOpening.station_id, station_id)):
        if value is not None:
            stmt = stmt.where(column == value)
    return paging.keyset(stmt, (JobOpening.id,), cursor=cursor, limit=limit,
                         scope=paging.scope_of("openings", [region, firm_id, station_id]))


def application(application_id: UUID, lock: bool = False) -> JobApplication:
    """An application with its opening. Raises ApplicationNotFound."""
    stmt = sa.select(JobApplication).where(JobApplication.id == application_id).options(*_WHOLE)
    if lock:
        stmt = stmt.with_for_update(of=JobApplication).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise ApplicationNotFound()
    return found


def applications(opening_id: UUID, *, cursor: str | None = None, limit: int, state: str | None = None) -> paging.Page:
    """A page of who applied for an opening, newest first."""
    return _page(JobApplication.opening_id == opening_id, ["opening", opening_id], cursor, limit, state)


def mine(actor: Actor, *, cursor: str | None = None, limit: int, state: str | None = None) -> paging.Page:
    """A page of the actor's own applications, newest first."""
    return _page(JobApplication.account_id == actor.account_id, ["mine", actor.account_id], cursor, limit, state)


def referrals(actor: Actor, *, cursor: str | None = None, limit: int, state: str | None = None) -> paging.Page:
    """A page of whom a clerk's station introduced, to the federation of all stations; newest first."""
    if actor.role in FEDERATION:
        return _page(JobApplication.station_id.is_not(None), ["referrals", None], cursor, limit, state)
    return _page(JobApplication.station_id == actor.org_id, ["referrals", actor.org_id], cursor, limit, state)


def _page(of: sa.ColumnElement[bool], scope: list[Any], cursor: str | None, limit: int,
          state: str | None) -> paging.Page:
    stmt = sa.select(JobApplication).where(of).options(*_WHOLE)
    if state is not None:
        stmt = stmt.where(JobApplication.state == state)
    return paging.keyset(stmt, (JobApplication.id,), cursor=cursor, limit=limit,
                         scope=paging.scope_of("job-applications", [*scope, state]))


def over(on: date, limit: int) -> list[UUID]:
    """Openings whose last day is over."""
    stmt = sa.select(JobOpening.id).where(JobOpening.state == "open", JobOpening.until < on)
    return list(db.session.scalars(stmt.order_by(JobOpening.until).limit(limit)))


_PLACED = sa.text("""
    SELECT o.region_code, count(*) AS placed, count(*) FILTER (WHERE a.state = 'confirmed') AS confirmed,
           count(*) FILTER (WHERE a.station_id IS NOT NULL) AS introduced
    FROM job_application a JOIN job_opening o ON o.id = a.opening_id
    WHERE a.placed_on >= :since AND a.placed_on < :until AND a.state IN ('placed', 'confirmed')
    GROUP BY o.region_code ORDER BY o.region_code
""")
_OPEN = sa.text("""
    SELECT count(*) AS openings, coalesce(sum(places - filled), 0)::bigint AS free
    FROM job_opening WHERE state = 'open' AND until >= :today
""")


def statistics(year: int | None) -> dict[str, Any]:
    """How many were placed in work in a year (by their first day; the twelve months to today unless said), of them how
    many said so themselves and how many a station introduced; and what is open now. Counted when it is asked."""
    since, until = clock.year_or_last(year)
    rows = [dict(row._mapping) for row in db.session.execute(_PLACED, {"since": since, "until": until})]
    whole = {name: sum(row[name] for row in rows) for name in ("placed", "confirmed", "introduced")}
    now = db.session.execute(_OPEN, {"today": clock.today()}).one()
    return {"year": year, **whole, **now._mapping, "regions": rows}
