"""Read alarms and lock them; who may see which."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.alarms.errors import AlarmNotFound
from qiaojiejie.alarms.lifecycle import ACTIVE
from qiaojiejie.alarms.models import Alarm
from qiaojiejie.booking.models import Booking
from qiaojiejie.core import paging
from qiaojiejie.core.access import FEDERATION, FIRM, Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.households.rules import place_of
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as ledger

_BOOKING = joinedload(Alarm.booking).options(joinedload(Booking.worker), joinedload(Booking.firm),
                                             joinedload(Booking.address), joinedload(Booking.household))


def get(alarm_id: UUID, lock: bool = False) -> Alarm:
    """An alarm with its booking beside it. Raises AlarmNotFound."""
    stmt = sa.select(Alarm).where(Alarm.id == alarm_id).options(_BOOKING)
    if lock:
        stmt = stmt.with_for_update(of=Alarm).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise AlarmNotFound()
    return found


def of_party(actor: Actor, alarm_id: UUID, lock: bool = False) -> tuple[Alarm, str]:
    """An alarm and who the actor is to it: caller, firm or duty.

    Raises AlarmNotFound, to the booking's other side too.
    """
    found = get(alarm_id, lock=lock)
    if actor.role in FEDERATION:
        return found, "duty"
    if actor.role in FIRM and found.firm_id == actor.org_id:
        return found, "firm"
    if actor.role == Role(found.party) and found.raised_by == actor.account_id:
        return found, "caller"
    raise AlarmNotFound()


def shown(actor: Actor, alarm_id: UUID) -> Alarm:
    """An alarm to who may see it. Raises AlarmNotFound."""
    return of_party(actor, alarm_id)[0]


def active(booking_id: UUID, party: str) -> Alarm | None:
    """The active alarm of one side of a booking, locked."""
    return db.session.scalars(sa.select(Alarm).where(
        Alarm.booking_id == booking_id, Alarm.party == party, Alarm.state.in_(ACTIVE)).with_for_update()).one_or_none()


def mine(actor: Actor, *, state: str | None, cursor: str | None, limit: int) -> paging.Page:
    """Alarms one raised, those of one's firm, or to the federation all; newest first, one page."""
    stmt = sa.select(Alarm).options(_BOOKING)
    if actor.role in FIRM:
        stmt = stmt.where(Alarm.firm_id == actor.org_id)
    elif actor.role not in FEDERATION:
        stmt = stmt.where(Alarm.raised_by == actor.account_id, Alarm.party == str(actor.role))
    if state:
        stmt = stmt.where(Alarm.state == state)
    scope = paging.scope_of("alarms", [actor.account_id, actor.role, actor.org_id, state])
    return paging.keyset(stmt, [Alarm.id], scope=scope, cursor=cursor, limit=limit)


def seen(found: Alarm) -> dict[str, Any]:
    """Where the caller is and how to reach them, in plain text: only after the look was recorded."""
    booking = found.booking
    lng, lat = place_of(found.place.reveal()) if found.place else (None, None)
    phone = booking.worker.phone if found.party == "worker" else booking.address.contact_phone
    return {"lng": lng, "lat": lat, "address": booking.address.detail.reveal(), "phone": phone.reveal(),
            "note": found.note.reveal() if found.note else None}


def with_old_places(before: datetime, limit: int) -> Sequence[Alarm]:
    """Alarms that ended before a moment and still hold a place, locked, a batch."""
    return db.session.scalars(sa.select(Alarm).where(Alarm.place.is_not(None), Alarm.ended_at <= before).order_by(
        Alarm.ended_at).limit(limit).with_for_update(skip_locked=True)).all()


def news(entry_id: int) -> list[dict[str, Any]]:
    """Whom to tell of a fact about an alarm: the firm and the federation; its answer to who called."""
    entry = ledger.get(entry_id)
    found = get(UUID(entry.subject.partition(":")[2]))
    kind = entry.fact.replace(".", "_")
    data = {"alarm": str(found.id), "booking": str(found.booking_id), "worker_called": found.booking.worker.called,
            "who_zh": "服务人员" if found.party == "worker" else "家庭",
            "who_en": "the worker" if found.party == "worker" else "the family"}
    helpers = {*identity.accounts_in(found.firm_id, *FIRM), *(
        account for role in FEDERATION for account in identity.accounts_with(role))}
    told = helpers if kind in ("alarm_raised", "alarm_withdrawn") else {found.raised_by, *helpers}
    return [{"account_id": account, "kind": kind, "data": data, "key": f"ledger:{entry_id}"}
            for account in sorted(told)]
