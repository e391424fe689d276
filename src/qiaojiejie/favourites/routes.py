"""A family's favourites over HTTP: its own alone."""

from typing import Any
from uuid import UUID

from qiaojiejie.core.access import Role, actor, allow
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.favourites import queries, service as favourites
from qiaojiejie.favourites.errors import FavouritesFull
from qiaojiejie.favourites.schemas import FavouriteFilter, FavouriteOut, FavouritePageOut
from qiaojiejie.workers.errors import WorkerNotFound

blp = Blueprint("favourites", description="收藏的阿姨 · Workers a family wants to find again")


@blp.route("/me/favourites", methods=["GET"])
@allow(Role.HOUSEHOLD)
@blp.arguments(FavouriteFilter, location="query")
@blp.response(200, FavouritePageOut)
def list_favourites(filters: dict[str, Any]) -> Page:
    """我的收藏 · List my favourites

    Newest first, each with her card as the search shows it. Who left or is barred stays in the list and says so.
    """
    return queries.page(actor().account_id, **filters)


@blp.route("/me/favourites/<uuid:worker_id>", methods=["PUT"])
@allow(Role.HOUSEHOLD)
@refuses(WorkerNotFound, FavouritesFull)
@blp.response(200, FavouriteOut)
def keep(worker_id: UUID) -> queries.Shown:
    """收藏阿姨 · Mark a worker as a favourite

    One marked already keeps her place. At most 200; nobody but the family learns of it.
    """
    return favourites.keep(actor=actor(), worker_id=worker_id)


@blp.route("/me/favourites/<uuid:worker_id>", methods=["DELETE"])
@allow(Role.HOUSEHOLD)
@blp.response(204)
def forget(worker_id: UUID) -> None:
    """取消收藏 · Remove a worker from my favourites

    The answer is the same when she was none.
    """
    favourites.forget(actor=actor(), worker_id=worker_id)
