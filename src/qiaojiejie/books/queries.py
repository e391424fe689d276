"""Read the books."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.books import rules
from qiaojiejie.books.models import Posting, PostingTx
from qiaojiejie.books.rules import escrow
from qiaojiejie.core import clock, paging
from qiaojiejie.core.db import db, read

_MOVED = sa.text("""
    SELECT tx.kind, split_part(line.account, ':', 1), sum(line.amount_fen)::bigint
    FROM posting_tx tx JOIN posting line ON line.tx_id = tx.id
    WHERE tx.at >= :first AND tx.at < :after GROUP BY 1, 2""")
_ACCOUNTS = sa.text("""
    SELECT split_part(line.account, ':', 1) AS account,
           coalesce(sum(line.amount_fen) FILTER (WHERE tx.at < :first), 0)::bigint AS opening,
           coalesce(sum(line.amount_fen) FILTER (WHERE tx.at >= :first AND line.amount_fen > 0), 0)::bigint AS debit,
           coalesce(sum(line.amount_fen) FILTER (WHERE tx.at >= :first AND line.amount_fen < 0), 0)::bigint AS credit
    FROM posting line JOIN posting_tx tx ON tx.id = line.tx_id WHERE tx.at < :after GROUP BY 1 ORDER BY 1""")

#: what a job has this long to put right before it counts as wrong
GRACE = timedelta(seconds=60)


def balance(account: str) -> int:
    """An account's balance in fen: debit positive, credit negative."""
    stmt = sa.select(sa.func.coalesce(sa.func.sum(Posting.amount_fen), 0)).where(Posting.account == account)
    return int(db.session.execute(stmt).scalar_one())


def held(account: str) -> int:
    """What stands on an account in credit, in fen: what is held or owed there."""
    return -balance(account)


def held_on(accounts: Iterable[str]) -> dict[str, int]:
    """What stands in credit on each of these accounts that ever moved, in fen."""
    stmt = sa.select(Posting.account, -sa.func.sum(Posting.amount_fen)).where(Posting.account.in_(list(accounts)))
    return {account: int(fen) for account, fen in db.session.execute(stmt.group_by(Posting.account))}


def moves(account: str, *, cursor: str | None, limit: int) -> paging.Page:
    """The lines of an account, newest first, one page; each with its ``tx``."""
    stmt = sa.select(Posting).where(Posting.account == account).options(joinedload(Posting.tx))
    return paging.keyset(stmt, [Posting.id], cursor=cursor, limit=limit, scope=paging.scope_of("moves", account))


def released(booking_id: UUID) -> int:
    """Fen of a booking that were released and not recalled."""
    stmt = sa.select(sa.func.coalesce(sa.func.sum(Posting.amount_fen), 0)).join(
        PostingTx, PostingTx.id == Posting.tx_id).where(
        PostingTx.booking_id == booking_id, PostingTx.kind.in_(("released", "recalled")),
        Posting.account == escrow(booking_id))
    return int(db.session.execute(stmt).scalar_one())


def troubles(limit: int = 100) -> Sequence[sa.Row[tuple[str, str, str, datetime | None]]]:
    """Rows of the view ``ledger_health`` that have stood for a minute: check, subject, detail, since.

    None is ever right. A balance of the wrong sign has no moment it began; it is always told.
    """
    return read("""SELECT "check", subject, detail, since FROM ledger_health
                   WHERE coalesce(since, '-infinity') < :before ORDER BY since NULLS FIRST LIMIT :limit""",
                {"before": clock.now() - GRACE, "limit": limit})


def report(month: str) -> dict[str, Any]:
    """A month of Asia/Shanghai in the books (schemas.MoneyReportOut): its figures, and every account from its opening
    to its closing. ``month``: such as 2026-11.

    All of it is sums over the same postings, so it can't differ from them.
    """
    first = date.fromisoformat(f"{month}-01")
    bounds = {"first": clock.midnight(first), "after": clock.midnight((first + timedelta(days=32)).replace(day=1))}
    moved = [(kind, account, fen) for kind, account, fen in db.session.execute(_MOVED, bounds)]
    accounts = [{**row, "closing": row["opening"] + row["debit"] + row["credit"]}
                for row in db.session.execute(_ACCOUNTS, bounds).mappings()]
    held = sum(row["closing"] for row in accounts if row["account"] in ("escrow", "prepaid"))
    return {"month": month, "held": -held, **rules.figures(moved), "accounts": accounts}
