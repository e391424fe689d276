"""Read the books."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.books.models import Posting, PostingTx
from qiaojiejie.books.rules import escrow
from qiaojiejie.core import clock
from qiaojiejie.core.db import db, read

#: what a job has this long to put right before it counts as wrong
GRACE = timedelta(seconds=60)


def balance(account: str) -> int:
    """An account's balance in fen: debit positive, credit negative."""
    stmt = sa.select(sa.func.coalesce(sa.func.sum(Posting.amount_fen), 0)).where(Posting.account == account)
    return int(db.session.execute(stmt).scalar_one())


def held(account: str) -> int:
    """What stands on an account in credit, in fen: what is held or owed there."""
    return -balance(account)


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
