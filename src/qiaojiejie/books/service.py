"""Write in the books. The one door to postings."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.books.models import Posting, PostingTx
from qiaojiejie.books.rules import Lines
from qiaojiejie.core import bulk, clock
from qiaojiejie.core.db import db, lock_key


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


def post_many(*, kind: str, lines: Mapping[str, Lines]) -> int:
    """``post`` many movements of one kind at once, their lines by ref; how many were not booked already.

    Raises ValueError when one does not sum to zero.
    """
    for ref, each in lines.items():
        if sum(each.values()) != 0:
            raise ValueError(f"{kind} {ref} does not balance: {each}")
    now = clock.now()
    made = bulk.insert(PostingTx, [{"kind": kind, "ref": ref, "at": now} for ref in sorted(lines)],
                       returning=("id", "ref"), skip_conflicts=True)
    bulk.insert(Posting, [{"tx_id": tx.id, "account": account, "amount_fen": amount}
                          for tx in made for account, amount in lines[tx.ref].items() if amount])
    return len(made)


def lock(account: str) -> None:
    """Until this transaction ends nobody else who asks for it splits or sets aside what stands on an account.

    Taken last: after the booking, its payment and its refund.
    """
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(lock_key(f"books:{account}"))))
