"""Read numbers, the queue, and how long people waited."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.desk.errors import TicketNotFound
from qiaojiejie.desk.models import DeskTicket
from qiaojiejie.stations import queries as stations


def get(ticket_id: UUID, lock: bool = False) -> DeskTicket:
    """A number with its station. Raises TicketNotFound."""
    stmt = sa.select(DeskTicket).where(DeskTicket.id == ticket_id).options(joinedload(DeskTicket.station))
    if lock:
        stmt = stmt.with_for_update(of=DeskTicket).execution_options(populate_existing=True)
    found = db.session.scalars(stmt).one_or_none()
    if found is None:
        raise TicketNotFound()
    return found


def party(actor: Actor, ticket: DeskTicket) -> str:
    """Who she is to a number. Raises TicketNotFound when nobody."""
    if stations.runs(actor, ticket.station_id):
        return "station"
    if ticket.account_id is None or ticket.account_id != actor.account_id:
        raise TicketNotFound()
    return "visitor"


def shown(actor: Actor, ticket_id: UUID) -> dict[str, Any]:
    """A number for its visitor or the station, with how many are before it. Raises TicketNotFound."""
    found = get(ticket_id)
    party(actor, found)
    before = sa.select(sa.func.count()).where(
        DeskTicket.station_id == found.station_id, DeskTicket.day == found.day, DeskTicket.state == "waiting",
        DeskTicket.number < found.number)
    return {"ticket": found, "before": db.session.scalar(before) if found.state == "waiting" else 0}


def held(station_id: UUID, day: date, account_id: UUID) -> int | None:
    """The number somebody holds at a station on a day."""
    return db.session.scalar(sa.select(DeskTicket.number).where(
        DeskTicket.station_id == station_id, DeskTicket.day == day, DeskTicket.account_id == account_id,
        DeskTicket.state.in_(("waiting", "called"))))


def next_waiting(station_id: UUID, day: date, subjects: list[str] | None) -> DeskTicket | None:
    """The lowest number that waits (for one of some subjects), locked; one another window is just calling is passed."""
    stmt = sa.select(DeskTicket).where(
        DeskTicket.station_id == station_id, DeskTicket.day == day, DeskTicket.state == "waiting")
    if subjects:
        stmt = stmt.where(DeskTicket.subject.in_(subjects))
    return db.session.scalars(stmt.order_by(DeskTicket.number).limit(1).with_for_update(skip_locked=True)).one_or_none()


def of_day(station_id: UUID, day: date, *, cursor: str | None = None, limit: int,
           state: str | None = None) -> paging.Page:
    """A page of a station's numbers of a day, in order."""
    stmt = sa.select(DeskTicket).where(DeskTicket.station_id == station_id, DeskTicket.day == day)
    if state is not None:
        stmt = stmt.where(DeskTicket.state == state)
    return paging.keyset(stmt, (DeskTicket.number,), cursor=cursor, limit=limit, descending=False,
                         scope=paging.scope_of("desk-tickets", [station_id, day, state]))


def mine(account_id: UUID, *, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of somebody's numbers, newest first."""
    return paging.keyset(sa.select(DeskTicket).where(DeskTicket.account_id == account_id), (DeskTicket.id,),
                         cursor=cursor, limit=limit, scope=paging.scope_of("my-desk-tickets", [account_id]))


def open_before(day: date, limit: int) -> list[UUID]:
    """Numbers of days gone by that nobody ended."""
    stmt = sa.select(DeskTicket.id).where(DeskTicket.state.in_(("waiting", "called", "absent")), DeskTicket.day < day)
    return list(db.session.scalars(stmt.order_by(DeskTicket.day).limit(limit)))


_QUEUE = sa.text("""
    SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM called_at - drawn_at))
               FILTER (WHERE called_at IS NOT NULL) AS waited,
           coalesce(jsonb_agg(jsonb_build_object('number', number, 'window', "window") ORDER BY called_at DESC)
               FILTER (WHERE state = 'called'), '[]'::jsonb) AS called
    FROM desk_ticket WHERE station_id = :station AND day = :day
""")
_WAITED = sa.text("""
    SELECT subject, count(*) AS drawn, count(*) FILTER (WHERE state = 'served') AS served,
           count(*) FILTER (WHERE state = 'absent') AS absent, count(*) FILTER (WHERE state = 'left') AS "left",
           percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM called_at - drawn_at))
               FILTER (WHERE called_at IS NOT NULL) AS waited_median,
           percentile_disc(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM called_at - drawn_at))
               FILTER (WHERE called_at IS NOT NULL) AS waited_p90
    FROM desk_ticket WHERE station_id = :station AND day BETWEEN :since AND :until
    GROUP BY subject ORDER BY count(*) DESC, subject
""")


def queue(station_id: UUID) -> dict[str, Any]:
    """What the board at the door says today: who is called where, how many wait, how long they waited (the median,
    whole seconds). Raises StationNotFound."""
    stations.get(station_id)
    day = clock.today()
    row = db.session.execute(_QUEUE, {"station": station_id, "day": day}).one()
    return {"day": day, "waiting": row.waiting, "called": row.called, "waited": _whole(row.waited)}


def statistics(station_id: UUID, since: date, until: date) -> dict[str, Any]:
    """By subject, of two days and those between: numbers drawn, served, absent, left, and waits in whole seconds.

    Raises StationNotFound."""
    stations.get(station_id)
    rows = db.session.execute(_WAITED, {"station": station_id, "since": since, "until": until})
    subjects = [{**row._mapping, "waited_median": _whole(row.waited_median), "waited_p90": _whole(row.waited_p90)}
                for row in rows]
    return {"since": since, "until": until, "subjects": subjects,
            **{name: sum(each[name] for each in subjects) for name in ("drawn", "served", "absent", "left")}}


def _whole(seconds: Any) -> int | None:
    return None if seconds is None else round(seconds)
