"""Read the ledger."""

from collections.abc import Sequence

import sqlalchemy as sa

from qiaojiejie.core.db import db
from qiaojiejie.ledger.models import LedgerEntry


def get(entry_id: int) -> LedgerEntry:
    """One entry by its id."""
    return db.session.get_one(LedgerEntry, entry_id)


def about(subject: str, *facts: str) -> Sequence[LedgerEntry]:
    """Entries about a subject in the order they happened, of the named facts or of all."""
    stmt = sa.select(LedgerEntry).where(LedgerEntry.subject == subject).order_by(LedgerEntry.id)
    if facts:
        stmt = stmt.where(LedgerEntry.fact.in_(facts))
    return db.session.scalars(stmt).all()
