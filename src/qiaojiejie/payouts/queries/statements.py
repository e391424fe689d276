"""A firm's statements in full, and how its balance stands."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.books import queries as books_queries
from qiaojiejie.books import rules as books
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.payouts import rules
from qiaojiejie.payouts.lifecycle import SET_ASIDE
from qiaojiejie.payouts.models import PayoutAccount, PayoutItem
from qiaojiejie.payouts.queries import accounts, items

_LINES = """
    SELECT tx.id, tx.kind, tx.at, tx.booking_id, service.name AS service, coalesce(
               substring(tx.ref FROM '^[^:]+:([0-9]{4}-[0-9]{2}-[0-9]{2})$')::date,
               (lower(booking.during) AT TIME ZONE 'Asia/Shanghai')::date) AS served_on,
           coalesce(sum(part.amount_fen) FILTER (WHERE part.account LIKE 'escrow:%'), 0)::bigint AS gross,
           -coalesce(sum(part.amount_fen) FILTER (WHERE part.account = 'platform_fee'), 0)::bigint AS fee,
           coalesce(sum(part.amount_fen) FILTER (WHERE part.account = 'promotion'), 0)::bigint AS promotion,
           coalesce(sum(part.amount_fen) FILTER (WHERE part.account LIKE 'firm_receivable:%'), 0)::bigint AS owed,
           -coalesce(sum(part.amount_fen) FILTER (WHERE part.account LIKE 'firm_payable:%'), 0)::bigint AS net
    FROM payout_line line JOIN posting_tx tx ON tx.id = line.tx_id JOIN posting part ON part.tx_id = tx.id
    LEFT JOIN booking ON booking.id = tx.booking_id LEFT JOIN service ON service.code = booking.service_code
    WHERE line.item_id = :item AND tx.id > :after GROUP BY tx.id, booking.id, service.code ORDER BY tx.id"""
_ALL, _PAGE = sa.text(_LINES), sa.text(_LINES + " LIMIT :limit")


def _lines(rows: Iterable[Any]) -> list[rules.Line]:
    return [rules.Line(
        kind=row.kind, on=clock.local(row.at).date(), booking=str(row.booking_id or ""), service=row.service or "",
        served_on=row.served_on, gross=row.gross, fee=row.fee, promotion=row.promotion, owed=row.owed, net=row.net)
            for row in rows]


def lines(item: PayoutItem, *, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of a statement's lines, in the order they were booked."""
    scope = paging.scope_of("statement-lines", [item.id])
    after = paging.decode(scope, cursor)
    rows = db.session.execute(_PAGE, {"item": item.id, "after": after[0] if after else 0, "limit": limit + 1}).all()
    more = paging.encode(scope, [rows[limit - 1].id]) if len(rows) > limit else None
    return paging.Page(_lines(rows[:limit]), more)


def where_to(account: PayoutAccount | None) -> str:
    """Where an item goes, as a statement prints it: the number masked."""
    if account is None:
        return ""
    if account.number is None:
        return f"Stripe {account.stripe_account}"
    return f"{account.bank_name} {account.branch} {account.number.masked}"


def paper(item: PayoutItem) -> rules.Paper:
    """A whole statement, for printing."""
    return rules.Paper(
        firm=item.firm.name, uscc=item.firm.uscc, number=item.number, since=item.since, through=item.through,
        state=item.state_name, paid_on=clock.local(item.paid_at).date() if item.paid_at else None,
        account=where_to(item.account), reference=item.bank_reference or item.transfer_id or "",
        opening=item.opening_fen, movements=item.movements_fen, offset=item.offset_fen, amount=item.amount_fen,
        carried=item.carried_fen, lines=_lines(db.session.execute(_ALL, {"item": item.id, "after": 0})))


_TOTALS = sa.text(f"""
    SELECT count(*) AS lines, coalesce(sum(gross), 0)::bigint AS gross_fen, coalesce(sum(fee), 0)::bigint AS fee_fen,
           coalesce(sum(promotion), 0)::bigint AS promotion_fen, coalesce(sum(owed), 0)::bigint AS owed_fen,
           coalesce(sum(net - gross + fee - promotion - owed), 0)::bigint AS other_fen,
           coalesce(sum(net), 0)::bigint AS net_fen FROM ({_LINES}) line""")


class Shown:
    """A statement with the sums of its lines (schemas.StatementOut)."""

    def __init__(self, item: PayoutItem) -> None:
        self._item = item
        self.totals = dict(db.session.execute(_TOTALS, {"item": item.id, "after": 0}).one()._mapping)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._item, name)


def balance(actor: Actor, firm_id: UUID) -> dict[str, Any]:
    """How a firm stands: owed, in debt, set aside, and what the next statement would come to (schemas.BalanceOut).

    Raises FirmNotFound.
    """
    items.require_reader(actor, firm_id)
    payable = books_queries.held(books.firm_payable(firm_id))
    receivable = books_queries.balance(books.firm_receivable(firm_id))
    aside = db.session.execute(sa.select(sa.func.coalesce(sa.func.sum(PayoutItem.amount_fen), 0)).where(
        PayoutItem.firm_id == firm_id, PayoutItem.state.in_(SET_ASIDE))).scalar_one()
    movements, since = items.unclaimed(firm_id, clock.now() + timedelta(seconds=1))
    newest, least, account = items.last(firm_id), accounts.minimum(clock.today()), accounts.verified(firm_id)
    accruing = newest is not None and newest.state == "accrued"
    split = rules.split(owed=payable, payable=payable, receivable=receivable, minimum=least, somewhere=bool(account))
    return {"payable_fen": payable, "receivable_fen": receivable, "set_aside_fen": int(aside), "next": {
        "since": newest.since if newest and accruing else items.day_after(newest, since), "movements": movements,
        "offset_fen": split.offset, "amount_fen": split.amount, "minimum_fen": least,
        "account_verified": account is not None}}
