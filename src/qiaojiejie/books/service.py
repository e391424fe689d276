"""Write in the books. The one door to postings."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.books.models import Posting, PostingTx
from qiaojiejie.books.rules import Lines
from qiaojiejie.core import clock
from qiaojiejie.core.db import db


def post(*, kind: str, ref: str, lines: Lines, booking_id: UUID | None = None) -> bool:
    """Write one movement of money; False when this cause was booked already, which writes nothing.

    ``lines``: account → fen, debit positive; lines of nothing are left out. Raises ValueError when they do not
    sum to zero (the database would refuse them at commit).
    """
    if sum(lines.values()) != 0:
        raise ValueError(f"{kind} {ref} does not balance: {lines}")
    stmt = insert(PostingTx).values(kind=kind, ref=ref, booking_id=booking_id, at=clock.now())
    stmt = stmt.on_conflict_do_nothing(constraint="uq_posting_tx_kind_ref")
    tx_id = db.session.execute(stmt.returning(PostingTx.id)).scalar_one_or_none()
    if tx_id is None:
        return False
    db.session.execute(sa.insert(Posting), [{"tx_id": tx_id, "account": account, "amount_fen": amount}
                                            for account, amount in lines.items() if amount])
    return True


def lock(account: str) -> None:
    """Until this transaction ends nobody else who asks for it splits or sets aside what stands on an account.

    Taken last: after the booking, its payment and its refund.
    """
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"books:{account}", 0))))
