"""Free time over HTTP: what everybody may see."""

from typing import Any
from uuid import UUID

from qiaojiejie.calendars import queries
from qiaojiejie.calendars.routes import blp
from qiaojiejie.calendars.schemas import AvailabilityFilter, AvailabilityOut
from qiaojiejie.core.access import public, visitor
from qiaojiejie.core.errors import Unauthorized
from qiaojiejie.core.http import refuses
from qiaojiejie.households import queries as households
from qiaojiejie.households.errors import AddressNotFound
from qiaojiejie.workers.errors import WorkerNotFound


@blp.route("/workers/<uuid:worker_id>/availability", methods=["GET"])
@public
@refuses(WorkerNotFound, Unauthorized, AddressNotFound)
@blp.arguments(AvailabilityFilter, location="query")
@blp.response(200, AvailabilityOut)
def show_availability(asked: dict[str, Any], worker_id: UUID) -> dict[str, Any]:
    """阿姨的空闲时间 · When a worker can be booked

    Open to everybody, for workers on the list: the stretches between `from` and `until` in which a visit can be
    booked, and with `minutes` the half hours at which one of that length can begin. Her buffers are already kept free.
    Who is signed in may name an address of hers: then the way to it and from it is kept free, too.
    """
    return queries.availability(worker_id, cell=cell_of(asked.pop("address_id", None)), **asked)


def cell_of(address_id: UUID | None) -> int | None:
    """Where an address of the asker's book is. Only she may ask: from many places one could tell where others live."""
    if address_id is None:
        return None
    who = visitor()
    if who is None:
        raise Unauthorized()
    return households.own_address(who.account_id, address_id).cell
