"""Read publications; what is missing; a period's figures."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from qiaojiejie.booking import facts as booking
from qiaojiejie.core import clock, paging
from qiaojiejie.core.db import db
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.publications import rules
from qiaojiejie.publications.errors import PublicationNotFound
from qiaojiejie.publications.models import Publication
from qiaojiejie.publications.queries.figures import count
from qiaojiejie.transparency.rules import Leaf

__all__ = ["count", "get", "leaves", "missing", "page", "period"]


def page(*, cursor: str | None, limit: int, kind: str | None = None) -> paging.Page:
    """Every edition of every period, the newest period first, one page."""
    stmt = sa.select(Publication)
    if kind is not None:
        stmt = stmt.where(Publication.kind == kind)
    return paging.keyset(stmt, [Publication.to_day, Publication.id], scope=paging.scope_of("publications", kind),
                         cursor=cursor, limit=limit)


def period(kind: str, name: str) -> rules.Period:
    """A period by its kind and name. Raises PublicationNotFound when there is none such."""
    found = rules.parse(kind, name)
    if found is None:
        raise PublicationNotFound()
    return found


def get(kind: str, name: str, edition: int | None = None) -> Publication:
    """An edition of a period, the newest unless one is named. Raises PublicationNotFound."""
    asked = period(kind, name)
    stmt = sa.select(Publication).where(Publication.kind == asked.kind, Publication.period == asked.name)
    if edition is not None:
        stmt = stmt.where(Publication.edition == edition)
    found = db.session.scalars(stmt.order_by(Publication.edition.desc()).limit(1)).first()
    if found is None:
        raise PublicationNotFound()
    return found


def missing(today: date, limit: int) -> list[rules.Period]:
    """Periods since the first paid order that should be published by a day and are not, the newest first."""
    first = db.session.scalar(sa.select(LedgerEntry.at).where(LedgerEntry.fact == booking.CONFIRMED)
                              .order_by(LedgerEntry.id).limit(1))
    if first is None:
        return []
    known = {(row.kind, row.period) for row in db.session.execute(
        sa.select(Publication.kind, Publication.period).where(Publication.edition == 1))}
    due = [each for each in rules.to_publish(clock.local(first).date(), today) if (each.kind, each.name) not in known]
    return sorted(due, key=lambda each: each.last, reverse=True)[:limit]


def leaves(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """How publications stand in the public log: which period and edition, and the digest of its JSON."""
    return {entry.id: Leaf("publication", dict(entry.data)) for entry in entries}
