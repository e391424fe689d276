"""Read feeds and the bookings in them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.booking import facts as booking
from qiaojiejie.booking.models import Booking
from qiaojiejie.catalog.models import Region, Service
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.feeds import rules
from qiaojiejie.feeds.errors import CalendarFeedNotFound
from qiaojiejie.feeds.models import CalendarFeed
from qiaojiejie.households.models import Address, Household
from qiaojiejie.identity.models import Account, Membership
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.workers.models import Worker


def find(actor: Actor, lock: bool = False) -> CalendarFeed | None:
    """The actor's feed in her present role."""
    stmt = sa.select(CalendarFeed).where(CalendarFeed.account_id == actor.account_id, CalendarFeed.role == actor.role)
    return db.session.scalars(stmt.with_for_update() if lock else stmt).one_or_none()


def status(actor: Actor) -> dict[str, Any]:
    """Whether the actor has a feed in her present role, since when, and when it was last fetched."""
    feed = find(actor)
    return {"role": actor.role, "exists": feed is not None, "made_at": feed.made_at if feed else None,
            "fetched_at": feed.fetched_at if feed else None}


def by_token(token: str) -> CalendarFeed:
    """The feed at a secret address, while its owner has the role. Raises CalendarFeedNotFound, whatever is wrong."""
    if not rules.TOKEN.fullmatch(token):
        raise CalendarFeedNotFound()
    still = sa.exists().where(
        Account.id == CalendarFeed.account_id, Account.closed_at.is_(None), Membership.account_id == Account.id,
        Membership.role == CalendarFeed.role, Membership.ended_at.is_(None))
    stmt = sa.select(CalendarFeed).where(CalendarFeed.token_hash == rules.digest(token), still)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise CalendarFeedNotFound()
    return found


def _party(account_id: UUID, role: str) -> sa.ColumnElement[bool]:
    if role == Role.WORKER:
        return Booking.worker_id == sa.select(Worker.id).where(Worker.account_id == account_id).scalar_subquery()
    return Booking.household_id == sa.select(Household.id).where(Household.account_id == account_id).scalar_subquery()


def bookings(account_id: UUID, role: str) -> Sequence[Any]:
    """The bookings in a feed, latest first, with how often and when each last changed by the ledger.

    Should there be too many, the oldest are left out.
    """
    now = clock.now()
    told = sa.select(
        sa.func.count().label("changes"), sa.func.max(LedgerEntry.at).label("at"),
        sa.func.min(LedgerEntry.at).filter(LedgerEntry.fact == booking.ENDED_EARLY).label("ended_early_at"),
    ).where(LedgerEntry.subject == sa.func.concat("booking:", Booking.id)).lateral("told")
    stmt = sa.select(
        Booking.id, Booking.state, Booking.during, Booking.plan, Booking.window_ends, Booking.created_at,
        Booking.ended_at,
        Worker.called, Service.name.label("service"), Region.name.label("district"), told.c.changes,
        told.c.ended_early_at, sa.func.coalesce(told.c.at, Booking.created_at).label("changed_at"),
    ).select_from(Booking).join(Worker, Worker.id == Booking.worker_id).join(
        Service, Service.code == Booking.service_code).join(Address, Address.id == Booking.address_id).join(
        Region, Region.code == Address.region_code).join(told, sa.true()).where(
        _party(account_id, role),
        Booking.during.op("&&")(sa.func.tstzrange(now - rules.BACK, now + rules.AHEAD)),
        sa.or_(Booking.state.in_(rules.STANDING), Booking.closed_at > now - rules.TOLD_GONE))
    stmt = stmt.order_by(sa.func.lower(Booking.during).desc(), Booking.id).limit(rules.MOST_EVENTS)
    return db.session.execute(stmt).all()
