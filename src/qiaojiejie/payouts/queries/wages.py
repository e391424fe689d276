"""What a worker earned, when it was released to her firm, when the firm was paid it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.firms import queries as firms
from qiaojiejie.payouts import rules
from qiaojiejie.workers import queries as workers

#: months of which the totals are told
MONTHS = 12

#: every release and recall of a booking is of who worked that day, else of who worked last
_STEPS = """
    SELECT * FROM (
        SELECT tx.at, tx.kind, tx.booking_id, booking.lines, booking.total_fen, part.amount_fen AS step,
               coalesce(workday.worker_id, booking.worker_id) AS worker_id, item.state AS state, item.paid_at,
               (sum(part.amount_fen) OVER (PARTITION BY booking.id ORDER BY tx.id))::bigint AS after
        FROM booking JOIN posting_tx tx ON tx.booking_id = booking.id AND tx.kind IN ('released', 'recalled')
        JOIN posting part ON part.tx_id = tx.id AND part.account = 'escrow:' || booking.id
        LEFT JOIN payout_line line ON line.tx_id = tx.id LEFT JOIN payout_item item ON item.id = line.carrier_id
        LEFT JOIN workday ON workday.booking_id = booking.id AND tx.ref = booking.id || ':' || workday.day
        WHERE {of}) step
    WHERE worker_id = :worker"""
_OF_BOOKINGS = sa.text(_STEPS.format(of="booking.id = ANY(:ids)"))
_SINCE = sa.text(_STEPS.format(of="""booking.id IN (
            SELECT id FROM booking WHERE worker_id = :worker
            UNION SELECT booking_id FROM workday WHERE worker_id = :worker)
        AND (CAST(:firm AS uuid) IS NULL OR booking.firm_id = :firm)""") + " AND at >= :since")
#: bookings of which something was released for her
_HERS = """
    SELECT tx.booking_id FROM booking JOIN posting_tx tx ON tx.booking_id = booking.id AND tx.kind = 'released'
    LEFT JOIN workday ON workday.booking_id = booking.id AND tx.ref = booking.id || ':' || workday.day
    WHERE booking.worker_id = :worker AND coalesce(workday.worker_id, booking.worker_id) = :worker
    UNION SELECT workday.booking_id FROM workday JOIN posting_tx tx
    ON tx.kind = 'released' AND tx.ref = workday.booking_id || ':' || workday.day WHERE workday.worker_id = :worker"""


def own(actor: Actor, **page: Any) -> dict[str, Any]:
    """A worker's own wages (schemas.WagesOut). Raises WorkerNotFound."""
    return _wages(workers.of_account(actor.account_id).id, None, **page)


def of_staff(actor: Actor, firm_id: UUID, worker_id: UUID, **page: Any) -> dict[str, Any]:
    """What a worker on a firm's staff earned there (schemas.WagesOut). Raises FirmNotFound, WorkerNotFound."""
    firms.require_member(actor, firm_id)
    return _wages(workers.of_firm(firm_id, worker_id).id, firm_id, **page)


def _wages(worker_id: UUID, firm_id: UUID | None, *, cursor: str | None = None, limit: int) -> dict[str, Any]:
    hers = sa.text(_HERS).bindparams(worker=worker_id).columns(sa.column("booking_id", sa.Uuid))
    stmt = sa.select(Booking).where(Booking.id.in_(hers)).options(sa.orm.joinedload(Booking.service))
    if firm_id is not None:
        stmt = stmt.where(Booking.firm_id == firm_id)
    page = paging.keyset(stmt, (Booking.id,), cursor=cursor, limit=limit,
                         scope=paging.scope_of("wages", [worker_id, firm_id]))
    return {"items": _told(page.items, worker_id), "next_cursor": page.next_cursor,
            "months": _months(worker_id, firm_id)}


def _told(bookings: Sequence[Booking], worker_id: UUID) -> list[dict[str, Any]]:
    steps: dict[UUID, list[Any]] = {each.id: [] for each in bookings}
    for row in db.session.execute(_OF_BOOKINGS, {"ids": list(steps), "worker": worker_id}):
        steps[row.booking_id].append(row)
    return [{"booking_id": each.id, "service": each.service.name, "served_on": clock.local(each.start).date(),
             "wage_fen": rules.wage_line(each.lines), "earned_fen": sum(map(_part, steps[each.id])),
             **_when(steps[each.id])} for each in bookings]


def _when(steps: Sequence[Any]) -> dict[str, Any]:
    """When the last of it was released to her firm, and when her firm was paid all of it."""
    released = [row for row in steps if row.kind == "released"]
    paid = all(row.state == "paid" for row in released)
    return {"released_at": max(row.at for row in released),
            "paid_at": max(row.paid_at for row in released) if paid else None}


def _part(row: Any) -> int:
    """What a release or a recall comes to for her: the parts of all of a booking add up to the wage."""
    return (rules.earned(row.lines, row.total_fen, row.after)
            - rules.earned(row.lines, row.total_fen, row.after - row.step))


def _months(worker_id: UUID, firm_id: UUID | None) -> list[dict[str, Any]]:
    """The last months' sums, newest first: what was released less what went back, and how much of it was paid."""
    first = clock.today().replace(day=1)
    for _ in range(MONTHS - 1):
        first = rules.month_before(first)
    sums: dict[str, dict[str, Any]] = {}
    bookings: dict[str, set[UUID]] = {}
    for row in db.session.execute(_SINCE, {"worker": worker_id, "firm": firm_id, "since": clock.midnight(first)}):
        month = f"{clock.local(row.at):%Y-%m}"
        told = sums.setdefault(month, {"month": month, "bookings": 0, "earned_fen": 0, "paid_fen": 0})
        part = _part(row)
        told["earned_fen"] += part
        told["paid_fen"] += part if row.state == "paid" else 0
        bookings.setdefault(month, set()).add(row.booking_id)
    for month, told in sums.items():
        told["bookings"] = len(bookings[month])
    return sorted(sums.values(), key=lambda told: str(told["month"]), reverse=True)
