"""Read the board, what was taken, and what it came to."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.handwork.errors import HandworkNotFound, TakeNotFound
from qiaojiejie.handwork.models import HandworkOrder, HandworkTake

_WHOLE = (joinedload(HandworkTake.order), joinedload(HandworkTake.account))


def get(order_id: UUID, lock: bool = False) -> HandworkOrder:
    """An order with its station. Raises HandworkNotFound."""
    stmt = sa.select(HandworkOrder).where(HandworkOrder.id == order_id).options(joinedload(HandworkOrder.board))
    if lock:
        stmt = stmt.with_for_update(of=HandworkOrder).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise HandworkNotFound()
    return found


def own(actor: Actor, order_id: UUID, lock: bool = False) -> HandworkOrder:
    """An order on the clerk's own board. Raises HandworkNotFound."""
    found = get(order_id, lock=lock)
    if actor.org_id is None or found.board_id != actor.org_id:
        raise HandworkNotFound()
    return found


def page(*, cursor: str | None = None, limit: int, station_id: UUID | None = None) -> paging.Page:
    """A page of the orders of which something can be taken, newest first."""
    stmt = (sa.select(HandworkOrder).where(HandworkOrder.state == "open", HandworkOrder.due_on >= clock.today())
            .options(joinedload(HandworkOrder.board)))
    if station_id is not None:
        stmt = stmt.where(HandworkOrder.board_id == station_id)
    return paging.keyset(stmt, (HandworkOrder.id,), cursor=cursor, limit=limit,
                         scope=paging.scope_of("handwork-orders", [station_id]))


def take(take_id: UUID, lock: bool = False) -> HandworkTake:
    """Pieces taken, with their order. Raises TakeNotFound."""
    stmt = sa.select(HandworkTake).where(HandworkTake.id == take_id).options(*_WHOLE)
    if lock:
        stmt = stmt.with_for_update(of=HandworkTake).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise TakeNotFound()
    return found


def party(actor: Actor, found: HandworkTake) -> str:
    """Who she is to pieces taken: ``station`` or ``maker``. Raises TakeNotFound when nobody."""
    if actor.role == Role.STATION_CLERK:
        if actor.org_id is not None and found.order.board_id == actor.org_id:
            return "station"
    elif found.account_id == actor.account_id:
        return "maker"
    raise TakeNotFound()


def takes(*, order_id: UUID | None = None, account_id: UUID | None = None, cursor: str | None = None, limit: int,
          state: str | None = None) -> paging.Page:
    """A page of what was taken of an order or by somebody, newest first."""
    stmt = sa.select(HandworkTake).options(*_WHOLE)
    for column, value in ((HandworkTake.order_id, order_id), (HandworkTake.account_id, account_id),
                          (HandworkTake.state, state)):
        if value is not None:
            stmt = stmt.where(column == value)
    return paging.keyset(stmt, (HandworkTake.id,), cursor=cursor, limit=limit,
                         scope=paging.scope_of("handwork-takes", [order_id, account_id, state]))


def over(on: date, limit: int) -> list[UUID]:
    """Orders whose day of delivery is over."""
    stmt = sa.select(HandworkOrder.id).where(HandworkOrder.state == "open", HandworkOrder.due_on < on)
    return list(db.session.scalars(stmt.order_by(HandworkOrder.due_on).limit(limit)))


_DONE = sa.text("""
    SELECT count(DISTINCT t.account_id) AS makers, coalesce(sum(t.accepted), 0)::bigint AS pieces,
           coalesce(sum(t.pay_fen), 0)::bigint AS earned_fen,
           coalesce(sum(t.pay_fen) FILTER (WHERE t.state IN ('paid', 'received')), 0)::bigint AS paid_fen,
           coalesce(sum(t.pay_fen) FILTER (WHERE t.state = 'received'), 0)::bigint AS received_fen
    FROM handwork_take t JOIN handwork_order o ON o.id = t.order_id
    WHERE t.judged_on >= :since AND t.judged_on < :until AND (CAST(:station AS uuid) IS NULL OR o.board_id = :station)
""")


def statistics(*, year: int | None, station_id: UUID | None = None) -> dict[str, Any]:
    """Makers, good pieces and fen earned, paid and confirmed in a year, by the day of judgement (the twelve months to
    today unless said); of one board or all. Counted when it is asked."""
    since, until = clock.year_or_last(year)
    row = db.session.execute(_DONE, {"since": since, "until": until, "station": station_id}).one()
    return {"year": year, "station_id": station_id, **row._mapping}
