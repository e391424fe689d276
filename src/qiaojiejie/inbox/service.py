"""Take events in, and have each looked after by the room whose object it speaks of."""

from collections.abc import Callable

from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.core import clock, jobs
from qiaojiejie.core.db import db
from qiaojiejie.inbox import queries
from qiaojiejie.inbox.models import WebhookEvent

#: how an object's id begins → the job that looks at the object
RECEIVERS: dict[str, str] = {}


def receives(prefix: str, *, name: str) -> Callable[[Callable[[str], None]], Callable[[str], None]]:
    """Make a job ``name`` (``room.verb``) of a function of an object's id; each event about such an object defers it.

    The function asks the outside system how the object stands; it may run more than once.
    """

    def register(func: Callable[[str], None]) -> Callable[[str], None]:
        def look(event_id: str) -> None:
            event = queries.event(event_id)
            if event.handled_at is None:
                func(event.object_id)
                queries.event(event_id).handled_at = clock.now()

        RECEIVERS[prefix] = name
        jobs.task(name)(look)
        return func

    return register


def receive(*, id: str, type: str, object_id: str) -> bool:
    """Store an event and defer its job, in this transaction; False when it is there already.

    An event about an object nobody looks after is stored as handled.
    """
    job = _job(object_id)
    now = clock.now()
    stmt = insert(WebhookEvent).values(id=id, type=type, object_id=object_id, received_at=now,
                                       handled_at=None if job else now)
    if db.session.execute(stmt.on_conflict_do_nothing().returning(WebhookEvent.id)).scalar() is None:
        return False
    if job:
        jobs.defer(job, event_id=id)
    return True


def remind() -> None:
    """Defer jobs again for events that have waited too long."""
    for event in queries.waiting():
        job = _job(event.object_id)
        if job:
            jobs.defer(job, event_id=event.id)


def _job(object_id: str) -> str | None:
    return RECEIVERS.get(object_id.partition("_")[0] + "_")
