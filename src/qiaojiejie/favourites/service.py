"""Mark a worker, and take the mark away. Both may be said twice."""

from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.favourites import queries
from qiaojiejie.favourites.errors import FavouritesFull
from qiaojiejie.favourites.models import Favourite
from qiaojiejie.favourites.rules import MOST_FAVOURITES
from qiaojiejie.households import queries as household_queries, service as households
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers.errors import WorkerNotFound


def keep(*, actor: Actor, worker_id: UUID) -> queries.Shown:
    """Mark a worker families can find; one marked already keeps her place.

    Raises WorkerNotFound, for one who is on no list too; FavouritesFull.
    """
    household = households.open_for(account_id=actor.account_id)
    household_queries.of_account(actor.account_id, lock=True)  # its favourites are counted: one at a time
    found = queries.find(household.id, worker_id)
    if found is None:
        if not workers.get(worker_id).listed:
            raise WorkerNotFound()
        if queries.count(household.id) >= MOST_FAVOURITES:
            raise FavouritesFull(most=MOST_FAVOURITES)
        found = Favourite(household_id=household.id, worker_id=worker_id, created_at=clock.now())
        db.session.add(found)
        db.session.flush()
    return queries.shown([found])[0]


def forget(*, actor: Actor, worker_id: UUID) -> None:
    """Take a mark away; there need be none."""
    household = household_queries.find_of_account(actor.account_id)
    if household is not None:
        db.session.execute(sa.delete(Favourite).where(Favourite.household_id == household.id,
                                                      Favourite.worker_id == worker_id))
