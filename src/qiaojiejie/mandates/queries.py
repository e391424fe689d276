"""Read mandates and what was booked by them; who may."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.mandates.errors import ErrandNotFound, MandateEnded, MandateNotFound, NotUnderMandate, UndoUnknown
from qiaojiejie.mandates.models import Errand, Mandate, MandateAddress, MandateMember

_ACCOUNT = joinedload(Mandate.account)
_BOOKED = (joinedload(Errand.mandate).joinedload(Mandate.account), joinedload(Errand.booking).options(
    joinedload(Booking.worker), joinedload(Booking.firm), joinedload(Booking.service), joinedload(Booking.household)))


def of_party(actor: Actor, mandate_id: UUID, lock: bool = False) -> tuple[Mandate, str]:
    """A mandate and who the actor is to it: principal or agent. Raises MandateNotFound."""
    stmt = sa.select(Mandate).where(Mandate.id == mandate_id).options(_ACCOUNT)
    if lock:
        stmt = stmt.with_for_update(of=Mandate).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is not None and actor.role == Role.HOUSEHOLD and found.account_id == actor.account_id:
        return found, "principal"
    if found is not None and actor.org_id == found.org_id:
        return found, "agent"
    raise MandateNotFound()


def good(actor: Actor, mandate_id: UUID) -> Mandate:
    """A mandate the actor's station or firm may book by now, locked. Raises MandateNotFound, MandateEnded."""
    found, party = of_party(actor, mandate_id, lock=True)
    if party != "agent":
        raise MandateNotFound()
    if found.state != "given" or found.until <= clock.now():
        raise MandateEnded()
    return found


def shown(actor: Actor, mandate_id: UUID) -> Mandate:
    """A mandate to who may see it. Raises MandateNotFound."""
    return of_party(actor, mandate_id)[0]


def given_to(household_id: UUID, org_id: UUID) -> Mandate | None:
    """The mandate a household has given an organisation, if it stands."""
    return db.session.scalars(sa.select(Mandate).where(
        Mandate.household_id == household_id, Mandate.org_id == org_id, Mandate.state == "given").options(
        _ACCOUNT).with_for_update(of=Mandate)).one_or_none()


def check_came_in(mandate_id: UUID, address_id: UUID, member_id: UUID | None) -> None:
    """Did these come in by the mandate? Raises NotUnderMandate."""
    if db.session.get(MandateAddress, (mandate_id, address_id)) is None or (
            member_id is not None and db.session.get(MandateMember, (mandate_id, member_id)) is None):
        raise NotUnderMandate()


def mine(actor: Actor, *, cursor: str | None, limit: int) -> paging.Page:
    """Mandates the actor gave, or those given to her station or firm, newest first."""
    own = actor.role == Role.HOUSEHOLD
    stmt = sa.select(Mandate).options(_ACCOUNT).where(
        Mandate.account_id == actor.account_id if own else Mandate.org_id == actor.org_id)
    scope = paging.scope_of("mandates", [actor.account_id, actor.role, actor.org_id])
    return paging.keyset(stmt, [Mandate.id], scope=scope, cursor=cursor, limit=limit)


def errands(actor: Actor, mandate_id: UUID, *, cursor: str | None, limit: int) -> paging.Page:
    """What was booked by a mandate, newest first. Raises MandateNotFound."""
    mandate = shown(actor, mandate_id)
    stmt = sa.select(Errand).where(Errand.mandate_id == mandate.id).options(*_BOOKED)
    return paging.keyset(stmt, [Errand.booking_id], scope=f"errands:{mandate.id}", cursor=cursor, limit=limit)


def errand(actor: Actor, booking_id: UUID) -> Errand:
    """What was booked, for its family or the clerk's organisation. Raises ErrandNotFound."""
    found = db.session.scalars(sa.select(Errand).where(Errand.booking_id == booking_id).options(
        *_BOOKED)).one_or_none()
    if found is None or not (actor.org_id == found.mandate.org_id or (
            actor.role == Role.HOUSEHOLD and actor.account_id == found.mandate.account_id)):
        raise ErrandNotFound()
    return found


def of_token(token_hash: bytes) -> Errand:
    """What a text message speaks of. Raises UndoUnknown."""
    found = db.session.scalars(sa.select(Errand).where(Errand.token_hash == token_hash).options(
        *_BOOKED)).one_or_none()
    if found is None:
        raise UndoUnknown()
    return found


def to_end(now: datetime, limit: int) -> Sequence[Mandate]:
    """Mandates whose time is over, locked, a batch."""
    return db.session.scalars(sa.select(Mandate).where(Mandate.state == "given", Mandate.until <= now).order_by(
        Mandate.until).limit(limit).with_for_update(skip_locked=True)).all()


def payable_until(booking_id: UUID) -> datetime:
    """Until when a booking may be paid at the counter: while it is held, a balance until the end."""
    booking = bookings.get(booking_id)
    return booking.expires_at if booking.state == "held" else booking.end
