"""What each firm is paid in a batch, and the movements it covers."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.firms import queries as firms
from qiaojiejie.firms.errors import FirmNotFound
from qiaojiejie.payouts import rules
from qiaojiejie.payouts.errors import PayoutItemNotFound
from qiaojiejie.payouts.models import PayoutAccount, PayoutItem
from qiaojiejie.payouts.queries import batches

STALE = timedelta(seconds=30)
BATCH = 100

_WHOLE = (joinedload(PayoutItem.firm), joinedload(PayoutItem.account))


def get(item_id: UUID, lock: bool = False) -> PayoutItem:
    """An item with its firm and account. Raises PayoutItemNotFound."""
    stmt = sa.select(PayoutItem).where(PayoutItem.id == item_id).options(*_WHOLE)
    if lock:
        stmt = stmt.with_for_update(of=PayoutItem)
    found = db.session.scalars(stmt.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise PayoutItemNotFound()
    return found


def locked(item_id: UUID) -> PayoutItem:
    """An item, locked after its firm's balance in the books. Raises PayoutItemNotFound."""
    books_service.lock(books.firm_payable(get(item_id).firm_id))
    return get(item_id, lock=True)


def is_in(batch_id: UUID, firm_id: UUID) -> bool:
    """Whether a batch has an item of a firm."""
    return db.session.scalar(sa.select(PayoutItem.id).where(
        PayoutItem.batch_id == batch_id, PayoutItem.firm_id == firm_id)) is not None


def last(firm_id: UUID) -> PayoutItem | None:
    """A firm's newest item."""
    return db.session.scalars(sa.select(PayoutItem).where(PayoutItem.firm_id == firm_id)
                              .order_by(PayoutItem.number.desc()).limit(1)
                              .execution_options(populate_existing=True)).one_or_none()


def of_transfer(transfer_id: str, named: UUID | None) -> PayoutItem | None:
    """The item a transfer pays: by the transfer's id, else by the row the outside was told it is for."""
    found = db.session.scalars(sa.select(PayoutItem).where(PayoutItem.transfer_id == transfer_id)).one_or_none()
    return found or (db.session.get(PayoutItem, named) if named is not None else None)


#: movements of a firm's balance and debt that stand on no statement, in what another query goes on to say
_UNCLAIMED = """
    FROM posting JOIN posting_tx tx ON tx.id = posting.tx_id
    WHERE posting.account IN (:payable, :receivable) AND tx.at < :until AND tx.kind <> ALL(:own)
      AND NOT EXISTS (SELECT FROM payout_line line WHERE line.tx_id = posting.tx_id)"""
_COUNT = sa.text("SELECT count(DISTINCT posting.tx_id) AS movements, min(tx.at) AS since" + _UNCLAIMED)
_CLAIM = sa.text("INSERT INTO payout_line (tx_id, item_id, carrier_id) SELECT DISTINCT posting.tx_id, "
                 "CAST(:item AS uuid), CAST(:item AS uuid)" + _UNCLAIMED)
_CARRY = sa.text("""
    UPDATE payout_line SET carrier_id = :item WHERE carrier_id IN (
        SELECT ended.id FROM payout_line line JOIN posting_tx tx ON tx.id = line.tx_id
        JOIN payout_item ended ON ended.firm_id = :firm AND ended.state IN ('failed', 'reversed')
            AND (tx.ref = ended.id::text OR split_part(tx.ref, ':', 1) = ended.transfer_id)
        WHERE line.item_id = :item AND tx.kind IN ('payout_failed', 'payout_reversed', 'transfer_reversed'))""")
_NET = sa.text("""
    SELECT -coalesce(sum(posting.amount_fen), 0)::bigint FROM payout_line line
    JOIN posting ON posting.tx_id = line.tx_id AND posting.account = :payable WHERE line.item_id = :item""")


def _about(firm_id: UUID, until: datetime) -> dict[str, object]:
    return {"payable": books.firm_payable(firm_id), "receivable": books.firm_receivable(firm_id), "until": until,
            "own": list(rules.OWN_KINDS)}


def unclaimed(firm_id: UUID, until: datetime) -> tuple[int, datetime | None]:
    """How many movements of a firm before a moment stand on no statement, and when the first was."""
    movements, since = db.session.execute(_COUNT, _about(firm_id, until)).one()
    return movements, since


def claim(item: PayoutItem, until: datetime) -> int:
    """Put a firm's movements before a moment that stand on no statement on this item's; the net fen of all its lines.

    What an item carried whose money is owed again by one of them is carried by this one. The firm's balance is locked.
    """
    db.session.execute(_CLAIM, {**_about(item.firm_id, until), "item": item.id})
    db.session.execute(_CARRY, {"item": item.id, "firm": item.firm_id})
    return int(db.session.execute(_NET, {"item": item.id, "payable": books.firm_payable(item.firm_id)}).scalar_one())


def of_batch(batch_id: UUID, *, state: str | None = None, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of a batch's items, in order. Raises PayoutBatchNotFound."""
    batches.get(batch_id)
    stmt = sa.select(PayoutItem).where(PayoutItem.batch_id == batch_id).options(*_WHOLE)
    if state is not None:
        stmt = stmt.where(PayoutItem.state == state)
    return paging.keyset(stmt, (PayoutItem.id,), descending=False, cursor=cursor, limit=limit,
                         scope=paging.scope_of("payout-items", [batch_id, state]))


def require_reader(actor: Actor, firm_id: UUID) -> None:
    """Nothing, when the actor manages this firm or is of the federation. Raises FirmNotFound."""
    if actor.role == Role.BROKER:
        raise FirmNotFound()
    firms.of_insider(actor, firm_id)


def of_firm(actor: Actor, firm_id: UUID, *, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of a firm's statements, newest first, to its manager and the federation. Raises FirmNotFound."""
    require_reader(actor, firm_id)
    stmt = sa.select(PayoutItem).where(PayoutItem.firm_id == firm_id).options(*_WHOLE)
    return paging.keyset(stmt, (PayoutItem.number,), cursor=cursor, limit=limit,
                         scope=paging.scope_of("statements", [firm_id]))


def one_of_firm(actor: Actor, firm_id: UUID, item_id: UUID) -> PayoutItem:
    """A statement of a firm, to its manager and the federation. Raises FirmNotFound, PayoutItemNotFound."""
    require_reader(actor, firm_id)
    found = get(item_id)
    if found.firm_id != firm_id:
        raise PayoutItemNotFound()
    return found


def mark_stale() -> Sequence[UUID]:
    """Items the service itself should have sent a while ago, taken for another try: their clocks start anew."""
    now = clock.now()
    due = (sa.select(PayoutItem.id).join(PayoutAccount, PayoutAccount.id == PayoutItem.account_id)
           .where(PayoutItem.state.in_(("approved", "sent")), PayoutItem.checked_at <= now - STALE,
                  PayoutAccount.kind == "stripe")
           .order_by(PayoutItem.checked_at).limit(BATCH).with_for_update(skip_locked=True, of=PayoutItem))
    stmt = sa.update(PayoutItem).where(PayoutItem.id.in_(due)).values(checked_at=now).returning(PayoutItem.id)
    return db.session.scalars(stmt.execution_options(synchronize_session=False)).all()


def day_after(item: PayoutItem | None, since: datetime | None) -> date:
    """The first day of the statement that follows an item: the next, or that of a firm's first movement."""
    if item is not None:
        return item.through + timedelta(days=1)
    return clock.local(since or clock.now()).date()
