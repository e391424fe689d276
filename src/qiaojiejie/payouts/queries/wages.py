"""What a worker earned, when it was released to her firm, when the firm was paid it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.booking.models import Booking
from qiaojiejie.books.models import PostingTx
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.firms import queries as firms
from qiaojiejie.payouts import rules
from qiaojiejie.workers import queries as workers

#: months of which the totals are told
MONTHS = 12

_STATES = sa.text("""
    SELECT tx.booking_id, sum(part.amount_fen)::bigint AS kept,
           max(tx.at) FILTER (WHERE tx.kind = 'released') AS released_at,
           CASE WHEN bool_and(item.state IS NOT DISTINCT FROM 'paid') FILTER (WHERE tx.kind = 'released')
                THEN max(item.paid_at) FILTER (WHERE tx.kind = 'released') END AS paid_at
    FROM posting_tx tx JOIN posting part ON part.tx_id = tx.id AND part.account = 'escrow:' || tx.booking_id
    LEFT JOIN payout_line line ON line.tx_id = tx.id LEFT JOIN payout_item item ON item.id = line.carrier_id
    WHERE tx.booking_id = ANY(:ids) AND tx.kind IN ('released', 'recalled') GROUP BY tx.booking_id""")
_STEPS = sa.text("""
    SELECT * FROM (
        SELECT tx.at, tx.booking_id, booking.lines, booking.total_fen, part.amount_fen AS step, item.state AS state,
               (sum(part.amount_fen) OVER (PARTITION BY booking.id ORDER BY tx.id))::bigint AS after
        FROM booking JOIN posting_tx tx ON tx.booking_id = booking.id AND tx.kind IN ('released', 'recalled')
        JOIN posting part ON part.tx_id = tx.id AND part.account = 'escrow:' || booking.id
        LEFT JOIN payout_line line ON line.tx_id = tx.id LEFT JOIN payout_item item ON item.id = line.carrier_id
        WHERE booking.worker_id = :worker AND (CAST(:firm AS uuid) IS NULL OR booking.firm_id = :firm)) step
    WHERE at >= :since""")


def own(actor: Actor, **page: Any) -> dict[str, Any]:
    """A worker's own wages (schemas.WagesOut). Raises WorkerNotFound."""
    return _wages(workers.of_account(actor.account_id).id, None, **page)


def of_staff(actor: Actor, firm_id: UUID, worker_id: UUID, **page: Any) -> dict[str, Any]:
    """What a worker on a firm's staff earned there (schemas.WagesOut). Raises FirmNotFound, WorkerNotFound."""
    firms.require_member(actor, firm_id)
    return _wages(workers.of_firm(firm_id, worker_id).id, firm_id, **page)


def _wages(worker_id: UUID, firm_id: UUID | None, *, cursor: str | None = None, limit: int) -> dict[str, Any]:
    stmt = sa.select(Booking).where(Booking.worker_id == worker_id, sa.exists().where(
        PostingTx.booking_id == Booking.id, PostingTx.kind == "released")).options(
        sa.orm.joinedload(Booking.service))
    if firm_id is not None:
        stmt = stmt.where(Booking.firm_id == firm_id)
    page = paging.keyset(stmt, (Booking.id,), cursor=cursor, limit=limit,
                         scope=paging.scope_of("wages", [worker_id, firm_id]))
    return {"items": _told(page.items), "next_cursor": page.next_cursor, "months": _months(worker_id, firm_id)}


def _told(bookings: Sequence[Booking]) -> list[dict[str, Any]]:
    found = {row.booking_id: row for row in db.session.execute(_STATES, {"ids": [each.id for each in bookings]})}
    return [{"booking_id": each.id, "service": each.service.name, "served_on": clock.local(each.start).date(),
             "wage_fen": rules.wage_line(each.lines),
             "earned_fen": rules.earned(each.lines, each.total_fen, found[each.id].kept),
             "released_at": found[each.id].released_at, "paid_at": found[each.id].paid_at} for each in bookings]


def _months(worker_id: UUID, firm_id: UUID | None) -> list[dict[str, Any]]:
    """The last months' sums, newest first: what was released less what went back, and how much of it was paid."""
    first = clock.today().replace(day=1)
    for _ in range(MONTHS - 1):
        first = rules.month_before(first)
    sums: dict[str, dict[str, Any]] = {}
    bookings: dict[str, set[UUID]] = {}
    for row in db.session.execute(_STEPS, {"worker": worker_id, "firm": firm_id, "since": clock.midnight(first)}):
        month = f"{clock.local(row.at):%Y-%m}"
        told = sums.setdefault(month, {"month": month, "bookings": 0, "earned_fen": 0, "paid_fen": 0})
        part = (rules.earned(row.lines, row.total_fen, row.after)
                - rules.earned(row.lines, row.total_fen, row.after - row.step))
        told["earned_fen"] += part
        told["paid_fen"] += part if row.state == "paid" else 0
        bookings.setdefault(month, set()).add(row.booking_id)
    for month, told in sums.items():
        told["bookings"] = len(bookings[month])
    return sorted(sums.values(), key=lambda told: str(told["month"]), reverse=True)
