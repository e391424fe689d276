"""Read bookings and lock them; who is a party to one, what the ledger says of it, who is told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.booking import facts, rules
from qiaojiejie.booking.errors import BookingNotFound
from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.queries.shown import AROUND, Shown
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import FIRM, Actor, Role
from qiaojiejie.core.db import db, run
from qiaojiejie.households.models import Household
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.workers.models import Worker

__all__ = ["Shown", "accounts_of", "contact", "get", "history", "holds", "mine", "news", "of_party", "party_of",
           "shown"]


#: first the lock, then the reading: who waits for a lock would see the new row beside the worker it had before
_LOCK = "SELECT FROM booking WHERE id = :id FOR NO KEY UPDATE"
_ONE = sa.select(Booking).where(Booking.id == sa.bindparam("id")).options(*AROUND)


def get(id: UUID, lock: bool = False) -> Booking:
    """A booking with its worker, firm, service and address beside it. Raises BookingNotFound."""
    if lock:
        run(_LOCK, {"id": id})
    found = db.session.scalars(_ONE, {"id": id}, execution_options={"populate_existing": lock}).one_or_none()
    if found is None:
        raise BookingNotFound()
    return found


def of_party(actor: Actor, id: UUID, lock: bool = False) -> tuple[Booking, str]:
    """A booking and which party to it the actor is. Raises BookingNotFound, to strangers too."""
    booking = get(id, lock=lock)
    return booking, party_of(actor, booking)


def party_of(actor: Actor, booking: Booking) -> str:
    """``household``, ``worker`` or ``firm``: what the actor, in her present role, is to the booking.

    Raises BookingNotFound for strangers.
    """
    if actor.role == Role.HOUSEHOLD and booking.household.account_id == actor.account_id:
        return "household"
    if actor.role == Role.WORKER and booking.worker.account_id == actor.account_id:
        return "worker"
    if actor.role in FIRM and booking.firm_id == actor.org_id:
        return "firm"
    raise BookingNotFound()


def shown(actor: Actor, id: UUID) -> Shown:
    """A booking as the actor sees it. Raises BookingNotFound."""
    return Shown(*of_party(actor, id))


def mine(actor: Actor, *, state: str | None, cursor: str | None, limit: int) -> paging.Page:
    """Bookings of the actor in her present role, newest first, one page of ``Shown``."""
    stmt = sa.select(Booking).options(*AROUND)
    if actor.role == Role.HOUSEHOLD:
        party, stmt = "household", stmt.where(Booking.household_id == sa.select(Household.id).where(
            Household.account_id == actor.account_id).scalar_subquery())
    elif actor.role == Role.WORKER:
        party, stmt = "worker", stmt.where(Booking.worker_id == sa.select(Worker.id).where(
            Worker.account_id == actor.account_id).scalar_subquery())
    else:
        party, stmt = "firm", stmt.where(Booking.firm_id == actor.org_id)
    if state:
        stmt = stmt.where(Booking.state == state)
    scope = paging.scope_of("bookings", [actor.account_id, party, actor.org_id, state])
    page = paging.keyset(stmt, [Booking.id], scope=scope, cursor=cursor, limit=limit)
    return paging.Page([Shown(booking, party) for booking in page.items], page.next_cursor)


def history(actor: Actor, id: UUID) -> paging.Page:
    """What the ledger says of a booking, in order, to its parties. Raises BookingNotFound."""
    booking, _ = of_party(actor, id)
    entries: Sequence[LedgerEntry] = ledger.about(booking.ref)
    return paging.Page(entries, None)


def holds(household_id: UUID) -> int:
    """How many unpaid bookings a household holds, beside those of its series that are paid later."""
    return db.session.execute(sa.select(sa.func.count()).select_from(Booking).where(
        Booking.household_id == household_id, Booking.state == "held", Booking.payable_from.is_(None))).scalar_one()


def accounts_of(booking: Booking) -> dict[str, list[UUID]]:
    """The accounts that are told of a booking, by party."""
    worker = booking.worker.account_id
    return {"household": [booking.household.account_id], "worker": [worker] if worker else [],
            "firm": identity.accounts_in(booking.firm_id, *FIRM)}


def contact(booking: Booking, party: str) -> dict[str, str | None]:
    """How to reach the other side, in plain text: only after the look was recorded."""
    if party == "household":
        return {"name": booking.worker.called, "phone": booking.worker.phone.reveal(), "address": None, "note": None}
    place = booking.address
    return {"name": place.contact_name.masked, "phone": place.contact_phone.reveal(),
            "address": place.detail.reveal(), "note": booking.note.reveal() if booking.note else None}


def news(entry_id: int) -> list[dict[str, Any]]:
    """Whom to tell a fact about a booking and in what words: arguments of ``messages.service.notify``.

    Of what a series does to its visits, and of its unpaid ones, the series tells itself.
    """
    entry = ledger.get(entry_id)
    booking = get(UUID(entry.subject.partition(":")[2]))
    given_back = entry.data.get("by") in ("worker", "firm") and not booking.paid_fen
    if "series" in entry.data or booking.payable_from and (given_back or entry.fact in (facts.HELD, facts.EXPIRED)):
        return []
    kind, parties = rules.NEWS[entry.fact]
    fen = entry.data.get("refund", entry.data.get("paid", entry.data.get("total")))
    data = rules.news_data(booking=str(booking.id), service_name=booking.service.name,
                           worker_called=booking.worker.called, start=clock.local(booking.start),
                           amount_fen=booking.parts[0]["amount"] if entry.fact == facts.HELD else fen)
    for name in ("answer_by", "expires_at"):
        if name in entry.data:
            data[name] = rules.wall(clock.local(datetime.fromisoformat(entry.data[name])))
    accounts = accounts_of(booking)
    return [{"account_id": account_id, "kind": kind, "data": data, "key": f"ledger:{entry_id}"}
            for party in parties for account_id in accounts[party]]
