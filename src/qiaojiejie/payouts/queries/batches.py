"""Batches, and whom the platform owes."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.core import paging
from qiaojiejie.core.db import db
from qiaojiejie.payouts.errors import PayoutBatchNotFound
from qiaojiejie.payouts.lifecycle import UNDECIDED
from qiaojiejie.payouts.models import PayoutAccount, PayoutBatch, PayoutItem


def get(batch_id: UUID, lock: bool = False) -> PayoutBatch:
    """A batch. Raises PayoutBatchNotFound."""
    found = db.session.get(PayoutBatch, batch_id, with_for_update=True if lock else None, populate_existing=True)
    if found is None:
        raise PayoutBatchNotFound()
    return found


def making(batch_id: UUID) -> PayoutBatch | None:
    """A batch that is still being made, which it stays until this transaction ends."""
    stmt = sa.select(PayoutBatch).where(PayoutBatch.id == batch_id, PayoutBatch.state == "making")
    return db.session.scalars(stmt.with_for_update(read=True)).one_or_none()


def is_undecided() -> bool:
    """Whether a batch waits for its decision, or one that was refused has not given everything back."""
    stmt = sa.select(sa.exists().where(PayoutBatch.state.in_(UNDECIDED)) | sa.exists().where(
        PayoutItem.state == "batched"))
    return bool(db.session.execute(stmt).scalar_one())


def settled_through() -> date | None:
    """The last day a batch that was approved covers."""
    return db.session.execute(sa.select(sa.func.max(PayoutBatch.through)).where(
        PayoutBatch.state == "approved")).scalar_one()


def page(*, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of batches with their sums, newest first."""
    found = paging.keyset(sa.select(PayoutBatch), (PayoutBatch.id,), cursor=cursor, limit=limit,
                          scope=paging.scope_of("payout-batches"))
    return paging.Page(summed(found.items), found.next_cursor)


_SUMS = sa.text("""SELECT batch_id, state, count(*) AS items, sum(amount_fen)::bigint AS fen FROM payout_item
                   WHERE batch_id = ANY(:ids) GROUP BY batch_id, state""")


def summed(batches: Sequence[PayoutBatch]) -> list[dict[str, Any]]:
    """Batches with how many items each has by state, and their fen (schemas.PayoutBatchOut)."""
    sums = db.session.execute(_SUMS, {"ids": [batch.id for batch in batches]}).all()
    return [{**{name: getattr(batch, name) for name in ("id", "state", "through", "made_at", "decided_at", "note")},
             "states": [{"state": row.state, "items": row.items, "amount_fen": row.fen}
                        for row in sorted(sums, key=lambda row: row.state) if row.batch_id == batch.id],
             "items": sum(row.items for row in sums if row.batch_id == batch.id),
             "amount_fen": sum(row.fen for row in sums if row.batch_id == batch.id)} for batch in batches]


_OWED = sa.text("""
    SELECT firm.id FROM firm CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount_fen), 0) AS fen FROM posting WHERE account = 'firm_payable:' || firm.id) owed
    WHERE owed.fen < 0 ORDER BY firm.id""")


def firms_owed() -> Sequence[UUID]:
    """Firms the platform owes money, in the order of their ids."""
    return db.session.execute(_OWED).scalars().all()


def set_aside(batch_id: UUID) -> Sequence[PayoutItem]:
    """A batch's items that wait for its decision, with where they go, in order."""
    return db.session.scalars(
        sa.select(PayoutItem).where(PayoutItem.batch_id == batch_id, PayoutItem.state == "batched")
        .options(joinedload(PayoutItem.account)).order_by(PayoutItem.id)
        .execution_options(populate_existing=True)).all()


def to_transfer(batch_id: UUID) -> Sequence[PayoutItem]:
    """A batch's approved items that go to a bank, with firm and account, in order. Raises PayoutBatchNotFound."""
    get(batch_id)
    return db.session.scalars(
        sa.select(PayoutItem).join(PayoutItem.account)
        .where(PayoutItem.batch_id == batch_id, PayoutItem.state == "approved", PayoutAccount.kind == "bank")
        .options(joinedload(PayoutItem.account), joinedload(PayoutItem.firm), joinedload(PayoutItem.batch))
        .order_by(PayoutItem.id)).all()


def to_give_back() -> Sequence[UUID]:
    """Items of batches that were refused which are still set aside."""
    return db.session.scalars(sa.select(PayoutItem.id).join(PayoutBatch, PayoutBatch.id == PayoutItem.batch_id)
                              .where(PayoutItem.state == "batched", PayoutBatch.state == "rejected")
                              .order_by(PayoutItem.id)).all()


def unfinished() -> Sequence[UUID]:
    """Batches that are still being made."""
    return db.session.scalars(sa.select(PayoutBatch.id).where(PayoutBatch.state == "making")).all()
