"""Read a family's favourites, each as the search shows her today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import paging
from qiaojiejie.core.db import db
from qiaojiejie.favourites import rules
from qiaojiejie.favourites.models import Favourite
from qiaojiejie.households.models import Household
from qiaojiejie.search import queries as search


@dataclass(frozen=True)
class Shown:
    """A favourite as its family sees it; ``worker`` is None while families can't find her."""

    worker_id: UUID
    called: str
    status: str
    created_at: datetime
    worker: dict[str, Any] | None

    @property
    def status_name(self) -> str:
        """The status in Chinese."""
        return rules.STATUSES[self.status]


def find(household_id: UUID, worker_id: UUID) -> Favourite | None:
    """A family's mark on a worker, if there is one."""
    return db.session.scalar(sa.select(Favourite).where(Favourite.household_id == household_id,
                                                        Favourite.worker_id == worker_id))


def count(household_id: UUID) -> int:
    """How many favourites a family keeps."""
    stmt = sa.select(sa.func.count()).select_from(Favourite).where(Favourite.household_id == household_id)
    return db.session.scalars(stmt).one()


def page(account_id: UUID, *, worker_id: UUID | None = None, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of the favourites of the family an account opened, newest first; of one worker: whether she is one."""
    own = sa.select(Household.id).where(Household.account_id == account_id).scalar_subquery()
    stmt = sa.select(Favourite).where(Favourite.household_id == own)
    if worker_id is not None:
        stmt = stmt.where(Favourite.worker_id == worker_id)
    found = paging.keyset(stmt, [Favourite.id], cursor=cursor, limit=limit,
                          scope=paging.scope_of("favourites", [account_id, worker_id]))
    return paging.Page(shown(found.items), found.next_cursor)


def shown(favourites: Sequence[Favourite]) -> list[Shown]:
    """Favourites with who they are today, in one query."""
    today = {row.id: row for row in search.cards([each.worker_id for each in favourites])}
    return [_shown(each, today[each.worker_id]) for each in favourites]


def _shown(favourite: Favourite, today: search.Card) -> Shown:
    status = rules.status(barred=today.barred, listed=today.card is not None, employed=today.employed)
    return Shown(worker_id=favourite.worker_id, called=today.called, status=status, created_at=favourite.created_at,
                 worker=today.card if status == "available" else None)
