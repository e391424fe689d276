"""Read what moved at Stripe, and hold it against the books."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.clearing.errors import ClearingRunNotFound
from qiaojiejie.clearing.models import ClearingDifference, ClearingRun, StripeMovement
from qiaojiejie.core import metrics, paging
from qiaojiejie.core.db import db, read

#: one statement, so that sums and differences are of one moment
_COMPARED = """
    SELECT coalesce(CAST(sum(stripe_fen) AS bigint), 0) AS stripe_fen,
           coalesce(CAST(sum(books_fen) AS bigint), 0) AS books_fen,
           count(*) FILTER (WHERE kind IS NOT NULL AND at > :young) AS in_flight,
           coalesce(jsonb_agg(jsonb_build_object('source', source, 'kind', kind, 'stripe_fen', stripe_fen,
                                                 'books_fen', books_fen) ORDER BY source)
                    FILTER (WHERE kind IS NOT NULL AND at <= :young), '[]') AS differences,
           (SELECT count(*) FROM stripe_movement) AS movements,
           (SELECT id FROM stripe_movement ORDER BY created_at DESC, id DESC LIMIT 1) AS upto
    FROM clearing_source"""


@dataclass(frozen=True)
class Compared:
    """Stripe's account and the books at one moment: fen in each, sources that differ and are too young to count, and
    the differences as ``clearing_difference`` keeps them."""

    stripe_fen: int
    books_fen: int
    in_flight: int
    differences: list[dict[str, Any]]
    movements: int
    upto: str | None


def compared(young: datetime) -> Compared:
    """Everything that ever moved held against the books; what moved after ``young`` on either side is in flight."""
    [row] = read(_COMPARED, {"young": young})
    return Compared(**row._mapping)


def newest() -> datetime | None:
    """When the newest movement we know was made, by Stripe's clock."""
    return db.session.scalar(sa.select(StripeMovement.created_at).order_by(
        StripeMovement.created_at.desc(), StripeMovement.id.desc()).limit(1))


def known(ids: Iterable[str]) -> set[str]:
    """Which of these movements we have."""
    return set(db.session.scalars(sa.select(StripeMovement.id).where(StripeMovement.id.in_(list(ids)))))


def ran(night: date) -> bool:
    """Whether a night was compared."""
    return bool(db.session.scalar(sa.select(sa.exists().where(ClearingRun.night == night))))


def run(run_id: UUID) -> ClearingRun:
    """A comparison. Raises ClearingRunNotFound."""
    found = db.session.get(ClearingRun, run_id)
    if found is None:
        raise ClearingRunNotFound()
    return found


def runs(*, cursor: str | None = None, limit: int = paging.LIMIT) -> paging.Page:
    """Comparisons, newest first, one page."""
    return paging.keyset(sa.select(ClearingRun), [ClearingRun.id], scope=paging.scope_of("clearing"), cursor=cursor,
                         limit=limit)


def differences(run_id: UUID, *, cursor: str | None = None, limit: int = paging.LIMIT) -> paging.Page:
    """What a comparison found, by source, one page. Raises ClearingRunNotFound."""
    return paging.keyset(
        sa.select(ClearingDifference).where(ClearingDifference.run_id == run(run_id).id), [ClearingDifference.source],
        descending=False, scope=paging.scope_of("clearing_differences", str(run_id)), cursor=cursor, limit=limit)


def movements(*, source: str | None = None, cursor: str | None = None, limit: int = paging.LIMIT) -> paging.Page:
    """What moved at Stripe, newest first, one page; of one ``source`` when it is given."""
    stmt = sa.select(StripeMovement)
    if source is not None:
        stmt = stmt.where(StripeMovement.source == source)
    return paging.keyset(stmt, [StripeMovement.created_at, StripeMovement.id],
                         scope=paging.scope_of("clearing_movements", source), cursor=cursor, limit=limit)


@metrics.measure("clearing_differences", "What the last comparison with Stripe's account found different")
def last_differences() -> int:
    """How many differences the last comparison found."""
    return db.session.scalar(sa.select(ClearingRun.differences).order_by(ClearingRun.id.desc()).limit(1)) or 0
